#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records as somebody would write them who wants not to be seen, through a
real broker and the real daemon to a real rsyslog: each is rejected with its
reason or stands in the evidence of an alert, and no receiver reads a message
that the daemon did not send."""
import base64
import hashlib
import json
import os
import random
import re
import shutil
import sys
import tempfile
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.daemon import Daemon, config, tcp
from support.kafka_broker import Broker
from support.rsyslog import Rsyslog
from support.wait import wait_until

HOSTILE = os.path.join(process.ROOT, "tests", "data", "hostile")
MIB = 1 << 20
# What is told of every record that can be read, with all that it says.
RULE = """
title: Anything at all
id: 2f0d3a52-3d1c-4a0e-9d53-7a2f1c0e6b11
name: anything
level: low
detection:
  nobody:
    user.id: nobody
    reason.text: nothing
    n: 1.5
  condition: not nobody
integrityd:
  sentence: "{user.id} gave {reason.text} for {n}"
"""
# RFC 5424, section 6.  Text after the structured data: no control characters,
# though the RFC only advises against them.
NAME = r"[!-~]{1,%d}"
SD_NAME = r"[!#-<>-\\^-~]{1,32}"
MESSAGE = re.compile(
    r"<(\d{1,2}|1[0-8]\d|19[01])>1 "
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d) "
    + " ".join(NAME % most for most in (255, 48, 128, 32))
    + r" (-|(\[" + SD_NAME + "( " + SD_NAME
    + r'="([^"\\\]\x00-\x1f\x7f]|\\["\\\]])*")*\])+)'
    r"( \ufeff?[^\x00-\x1f\x7f-\x9f]*)?")
FORGED = "\n<13>1 2026-03-02T21:14:07Z siem su - - - session opened for root"


def reason(text):
    return json.dumps({"user.id": "P1", "reason.text": text}).encode()


def objects(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


def generated():
    """What need not lie in a file: (name, record, its code or None)."""
    keys = ",".join(f'"k{i}":{i}' for i in range(20000))
    return [
        ("just_within_the_limit",
         reason("x" * (MIB - len(reason("")))), None),
        ("a_byte_beyond_the_limit",
         reason("x" * (MIB + 1 - len(reason("")))), "IR1004"),
        ("near_the_limit_of_the_topic",
         reason("]\n" * ((4 * MIB - 4096) // 3)), "IR1004"),
        ("objects_10000_deep", objects(10000), "IR1003"),
        ("objects_10000_deep_and_cut", objects(10000)[:-5000], None),
        ("keys_20000", b"{" + keys.encode() + b"}", None),
        ("nul_newline_bracket", reason("a\0b" + FORGED + "\0]"), None),
        ("closes_the_data", reason('x"] [origin ip="::1"]' + FORGED), None),
        ("counts_octets", reason("x\n72 " + FORGED[1:] + "\r\n"), None),
        ("line_separators", reason("a\u2028b\u2029c\x85d\v\f" + FORGED), None),
        ("escapes_to_a_terminal", reason("\x1b]0;x\x07\x9b31m\x7f"), None),
        ("user_forges", json.dumps({"user.id": FORGED}).encode(), None),
        ("text_of_emoji", reason("\U0001f575" * 70000), None),
        ("id_of_40_digits", b'{"user.id": ' + b"9" * 40 + b"}", None),
        ("year_as_number", b'{"@timestamp": 9223372036854775807, '
                           b'"user.id": "P1"}', "IR1005"),
        ("any_bytes", random.Random(5424).randbytes(65536), "IR1007"),
        ("braces_open", b"[{" * 200000, None),
    ]


def recorded():
    for name in sorted(os.listdir(HOSTILE)):
        with open(os.path.join(HOSTILE, name), "rb") as file:
            record = file.read()
        if record:
            yield name, record, None


class Hostile(unittest.TestCase):
    def begin(self, limit, heap="512m"):
        """A broker that takes records of so many bytes, and a receiver."""
        self.limit = limit
        self.broker = Broker({"message.max.bytes": str(limit)}, heap=heap)
        self.addCleanup(self.broker.close)
        self.broker.start()
        self.receiver = Rsyslog()
        self.addCleanup(self.receiver.close)
        self.receiver.start()
        self.folder = tempfile.mkdtemp(prefix="integrity-hostile-")
        self.addCleanup(shutil.rmtree, self.folder)

    def produce(self, topic, records):
        """One record per file, as it is, in this order, and one without a
        byte, which kcat takes behind a key only; returns them all."""
        paths = []
        for name, record, _ in records:
            paths.append(os.path.join(self.folder, name))
            with open(paths[-1], "wb") as file:
                file.write(record)
        self.broker.create_topic(topic, 1)
        to = ["-P", "-t", topic, "-p", "0", "-X",
              f"message.max.bytes={self.limit}"]
        self.broker.kcat(*to, *paths)
        self.broker.kcat(*to, "-Z", "-K", ":", input=b"key:\n")
        records = records + [("nothing", b"", "IR1001")]
        self.assertEqual(self.broker.end_offsets(topic), {0: len(records)})
        return records

    def start(self, topic, destinations):
        rules = os.path.join(self.folder, "anything.yml")
        with open(rules, "w", encoding="utf-8") as file:
            file.write(RULE)
        self.daemon = Daemon(config(self.broker, [topic], [rules],
                                    destinations))
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        self.daemon.logged("started")

    def read(self, topic):
        """JSON values of an internal topic."""
        return [json.loads(record["payload"])
                for record in self.broker.consume(topic)]

    def judged(self, topic, count):
        """({offset: rejected record}, {offset: evidence}) of a topic, once
        its records are all judged."""
        wait_until(lambda: self.broker.committed("integrityd").get(
            (topic, 0), (0,))[0] == count, 60, self.daemon.log_text)
        rejected = {}
        if "integrity.rejected" in self.broker.topics():
            rejected = {each["offset"]: each
                        for each in self.read("integrity.rejected")
                        if each["topic"] == topic}
        evidence = {each["offset"]: each
                    for alert in self.read("integrity.alerts")
                    for each in alert["evidence"]
                    if each["topic"] == topic}
        return rejected, evidence

    def check_record(self, name, record, code, rejected, evidence):
        self.assertNotEqual(rejected is None, evidence is None,
                            "rejected, or evidence")
        self.assertEqual((rejected or evidence)["sha256"],
                         hashlib.sha256(record).hexdigest())
        if rejected is None:
            self.assertIsNone(code, "was to be rejected")
            return
        self.assertRegex(rejected["code"], r"^IR10\d\d$")
        if code is not None:
            self.assertEqual(rejected["code"], code)
        self.assertRegex(rejected["reason"], r"^[ -~]{10,}$")
        self.assertEqual(rejected["bytes_total"], len(record))
        kept = base64.b64decode(rejected["bytes_base64"])
        self.assertEqual(kept, record[:65536])
        print(f"{name}: {rejected['code']} {rejected['reason']}")

    def check_messages(self, way, messages):
        """What came one way: whole, in order, nothing between."""
        parts = {}
        for message in messages:
            with self.subTest(way=way, raw=message["raw"][:300]):
                self.assertTrue(MESSAGE.fullmatch(message["raw"]))
                self.assertEqual(message["app_name"], "integrityd")
                self.assertEqual(message["procid"],
                                 str(self.daemon.process.pid))
                (data,) = message["sdata"].values()
                part, of = (data.get("part") or "1/1").split("/")
                parts.setdefault(int(data["sequence"]), []).append(
                    (int(part), int(of)))
                if message["msg"].lstrip("\ufeff ").startswith("{"):
                    json.loads(message["msg"])
        for number, found in parts.items():
            self.assertEqual(found, [(i + 1, len(found))
                                     for i in range(len(found))], number)
        self.assertEqual(list(parts), list(range(1, len(parts) + 1)))
        return len(parts)

    def test_rejected_or_alerted_and_nothing_forged(self):
        records = list(recorded()) + generated()
        self.assertGreaterEqual(len(records), 78)
        self.begin(4 * MIB)
        records = self.produce("hostile", records)
        ways = {"tcp": tcp("tcp", self.receiver.port),
                "unix-stream": {"name": "lines", "transport": "unix-stream",
                                "address": self.receiver.stream,
                                "format": "plain"},
                "udp": {"name": "udp", "transport": "udp", "format": "plain",
                        "address": f"127.0.0.1:{self.receiver.port}"}}
        for way in ways.values():
            way.update(audience="investigators", heartbeat="1h")
        self.start("hostile", list(ways.values()))
        rejected, evidence = self.judged("hostile", len(records))
        for offset, (name, record, code) in enumerate(records):
            with self.subTest(name):
                self.check_record(name, record, code, rejected.get(offset),
                                  evidence.get(offset))
        self.assertGreater(len(rejected), 30)
        self.assertGreater(len(evidence), 30)
        # Its own alerts (that records were rejected) have numbers, too.
        alerts = len(self.read("integrity.alerts"))

        def came():
            """{way: alerts whose first message came}, without heartbeats."""
            seen = {way: [] for way in ways}
            for message in self.receiver.messages():
                if message["msgid"] != "heartbeat":
                    seen[message["input"]].append(message)
            last = {way: max((int(re.search(r'sequence="(\d+)"',
                                            each["structured_data"])[1])
                              for each in found), default=0)
                    for way, found in seen.items()}
            return seen if set(last.values()) == {alerts} else None

        seen = wait_until(came, 60, self.daemon.log_text)
        self.assertIsNone(self.daemon.process.poll())
        self.assertEqual(self.daemon.stop(), 0)
        seen = came()
        for way, messages in seen.items():
            self.assertEqual(self.check_messages(way, messages), alerts)
        print(f"{len(rejected)} rejected, {len(evidence)} in alerts, "
              f"{alerts} alerts in", {way: len(messages) for way, messages
                                      in seen.items()}, "messages")

    def test_a_hundred_megabytes_hold_nothing_up(self):
        """Nearly the largest request that a broker takes by its defaults;
        librdkafka's own limit on answers would stop at it for ever."""
        huge = 100_000_000
        self.begin(huge + MIB, heap="1g")
        records = self.produce("huge", [
            ("huge", reason("x" * (huge - len(reason("")))), "IR1004"),
            ("behind", reason("behind it"), None),
        ])
        self.start("huge", [tcp("tcp", self.receiver.port)])
        rejected, evidence = self.judged("huge", len(records))
        for offset, (name, record, code) in enumerate(records):
            self.check_record(name, record, code, rejected.get(offset),
                              evidence.get(offset))
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
