#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""integrityd against two syslog daemons that are not ours, over every way in.

What rsyslog and syslog-ng parsed is held against integrity.alerts, hostile
values included; receivers that die, hang, reset, never read or present a
wrong certificate lose nothing and hold up nobody; and `integrityctl alerts
verify` finds in their logs what is in the topic, and what was tampered with.
"""
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.certificates import Certificates
from support.daemon import CONTROL, Daemon, alerts, config
from support.kafka_broker import Broker
from support.rsyslog import Rsyslog
from support.syslogng import SyslogNg
from support.wait import wait_until

# No id and no name: what names the rule in structured data is its title.
TITLE = 'Say "no" \\ or ] to \U0001f600\u202e'
RULE = {
    "title": TITLE, "level": "high",
    "detection": {"export": {"event.action": "export"},
                  "condition": "export"},
    "integrityd": {"sentence": "{user.id} exported {record.id}: "
                               "{reason.text}"},
}
HOSTILE = (
    "nul \0 within", "line\nfeed\r\n<13>1 - - - - - - forged", "closed]",
    'quoted "a" \\"b\\" \\', "bidi \u202etxt.exe\u202c \u2066x\u2069",
    "\U0001f600\U0001f468\u200d\U0001f469", "n" * 300,
    '[integrity@32473 alert="ir-0" sequence="1"]', "\ufeff\ufffe",
    "\u2028separated\u2029\x85\x1b[31m\x7f", "<191>1 2026", "99 <13>1 - ",
    "caf\u00e9 \u4e2d\u6587", "{\"a\": [\"]\", \"}\"]}",
)
TRANSPORTS = ("tcp", "udp", "unix", "unix-stream", "tls")


def event(number, user="P1", record=None, reason="x" * 900):
    return json.dumps({
        "@timestamp": f"2026-03-02T21:{number // 60 % 60:02d}:"
                      f"{number % 60:02d}Z",
        "event.action": "export", "user.id": user,
        "record.id": record or f"R{number}", "reason.text": reason})


def destination(name, transport, receiver, tls=None, **more):
    made = {"name": name, "transport": transport,
            "audience": "investigators", "heartbeat": "1s", **more}
    if transport in ("tcp", "udp"):
        made["address"] = f"127.0.0.1:{receiver.port}"
    elif transport == "tls":
        made["address"] = f"127.0.0.1:{receiver.tls_port}"
        made["tls"] = {"ca_file": tls.ca, "certificate_file": tls.client,
                       "key_file": tls.client_key}
    else:
        made["address"] = (receiver.socket if transport == "unix"
                           else receiver.stream)
    # By it the receivers tell one destination's frames from another's.
    made["app_name"] = name
    return made


def of_app(receiver, name):
    return [each for each in receiver.messages() if each["app_name"] == name]


def parameters(message):
    return message["sdata"]["integrity@32473"]


class Receivers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        cls.addClassCleanup(cls.certificates.close)
        cls.broker = Broker()
        cls.addClassCleanup(cls.broker.close)
        cls.broker.start()

    def open(self, group, destinations):
        self.broker.create_topic(group, 2)
        made = config(self.broker, [group], [], destinations,
                      control={"socket": "none"})
        made["kafka"]["group"] = group
        daemon = Daemon(made, instance=group)
        self.addCleanup(daemon.close)
        path = os.path.join(daemon.folder, "rule.yml")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(RULE, file)
        self.socket = os.path.join(daemon.folder, "control")
        made["rules"] = [path]
        made["control"] = {"socket": self.socket}
        daemon.configure(made)
        return daemon

    def receiver(self, kind, **options):
        made = kind(**options)
        self.addCleanup(made.close)
        made.start()
        return made

    def status(self, name):
        """What the daemon says of a destination."""
        done = subprocess.run(
            [CONTROL, "status", "--socket", self.socket, "-o", "json"],
            stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            return None
        (found,) = [each for each in json.loads(done.stdout)["destinations"]
                    if each["name"] == name]
        return found

    def control(self, *arguments):
        done = subprocess.run([CONTROL, *arguments], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.returncode, done.stdout + done.stderr

    def users_at(self, receiver, name):
        """The users told to it, by the sentences it has parsed."""
        return {found[1] for found in (
            re.match("(P[0-9]+) exported", json.loads(each["msg"])["message"])
            for each in of_app(receiver, name)
            if each["msgid"] != "heartbeat"
            and "message" in json.loads(each["msg"])) if found}

    def wait_users(self, daemon, receiver, name, want, deadline=40):
        wait_until(lambda: self.users_at(receiver, name) >= want, deadline,
                   lambda: f"{name} at {receiver.name}: "
                   f"{len(self.users_at(receiver, name))} of {len(want)}; "
                   f"{self.status(name)}\n{daemon.log_text()}", 0.2)


class Parsed(Receivers):
    """Every transport to both receivers, from one daemon."""

    def setUp(self):
        self.receivers = [self.receiver(kind, tls=self.certificates)
                          for kind in (Rsyslog, SyslogNg)]
        self.ways = [
            (f"{receiver.name}-{transport}", transport, receiver)
            for receiver in self.receivers for transport in TRANSPORTS]
        more = []
        for receiver in self.receivers:
            more += [
                destination(f"{receiver.name}-plain", "tcp", receiver,
                            format="plain"),
                destination(f"{receiver.name}-reference", "tcp", receiver,
                            audience="reference"),
                destination(f"{receiver.name}-parts", "tcp", receiver,
                            max_message_size=2048)]
        self.topic = self._testMethodName
        self.daemon = self.open(self.topic, [
            destination(name, transport, receiver, self.certificates)
            for name, transport, receiver in self.ways] + more)

    def frames(self, receiver, name, want):
        """{alert: its first frame}, once all `want` alerts are there."""
        def enough():
            found = {}
            for each in of_app(receiver, name):
                if each["msgid"] != "heartbeat":
                    alert = parameters(each)["alert"]
                    found.setdefault(alert, []).append(each)
            return found if found.keys() >= want else None

        return wait_until(enough, 40, lambda: f"{name}: {len(want)} alerts; "
                          f"{self.status(name)}\n{self.daemon.log_text()}",
                          0.2)

    def check_header(self, frame, alert, name):
        self.assertEqual(
            {key: frame[key] for key in ("pri", "msgid", "procid",
                                         "app_name", "hostname")},
            {"pri": str(13 * 8 + 3), "msgid": "open", "app_name": name,
             "procid": str(self.daemon.process.pid),
             "hostname": socket.gethostname()})
        self.assertEqual(frame["timestamp"].replace("+00:00", "Z"),
                         alert["delay"]["decided_time"])
        got = dict(parameters(frame))
        self.assertRegex(got.pop("chain"), "^[0-9a-f]{64}$")
        self.assertGreater(int(got.pop("sequence")), 0)
        got.pop("part", None)
        self.assertEqual(got, {
            "alert": alert["alert"], "level": "high", "kind": "open",
            "revision": "1",
            # Nothing that could turn a line around.
            "rule": TITLE.replace("\u202e", "\ufffd")})

    def check_body(self, frame, alert):
        """The alert as it is in the topic, key by key."""
        body = json.loads(frame["msg"])
        self.assertEqual(body["event"]["id"], alert["alert"])
        self.assertEqual(body["event"]["sequence"],
                         int(parameters(frame)["sequence"]))
        for key, value in alert.items():
            if key in body["integrity"]:
                self.assertEqual(body["integrity"][key], value, key)
        self.assertEqual(body["integrity"]["evidence"], alert["evidence"])
        self.assertIn("actor", body["integrity"])
        for each in frame["msg"]:
            self.assertTrue(" " <= each <= "~", ascii(frame["msg"]))

    def test_all_ways(self):
        self.broker.produce(self.topic, [
            event(number, user=value, record=value, reason=value)
            for number, value in enumerate(HOSTILE)], partition=0)
        self.daemon.start()
        found = wait_until(
            lambda: "integrity.alerts" in self.broker.topics()
            and len(alerts(self.broker)) >= len(HOSTILE)
            and alerts(self.broker), 40, self.daemon.log_text)
        by_id = {alert["alert"]: alert for alert in found}
        self.assertEqual(len(by_id), len(HOSTILE))
        self.assertEqual({alert["actor"]["user.id"][0] for alert in found},
                         set(HOSTILE))
        for name, transport, receiver in self.ways:
            with self.subTest(name):
                self.check_way(name, transport, receiver, by_id)
        for receiver in self.receivers:
            with self.subTest(receiver.name):
                self.check_plain(receiver, by_id)
                self.check_reference(receiver, by_id)
                self.check_parts(receiver, by_id)
                # Nobody's text became a message of its own.
                names = {each["app_name"] for each in receiver.messages()}
                self.assertEqual(
                    {name for name in names
                     if not name.startswith(receiver.name)}, set())
        code, text = self.control(
            "alerts", "verify", "--from-topic", "--config", self.daemon.path)
        self.assertEqual(code, 0, text)
        self.assertEqual(self.daemon.stop(), 0)

    def check_way(self, name, transport, receiver, by_id):
        frames = self.frames(receiver, name, by_id.keys())
        for alert, (frame, *_) in frames.items():
            if alert not in by_id:
                continue  # the program's own
            self.check_header(frame, by_id[alert], name)
            self.check_body(frame, by_id[alert])
            self.assertEqual(frame["input"], receiver.datagrams
                             if transport == "unix" else transport)

    def check_plain(self, receiver, by_id):
        frames = self.frames(receiver, f"{receiver.name}-plain",
                             by_id.keys())
        for alert in by_id:
            (frame, *_) = frames[alert]
            text = frame["msg"].lstrip("\ufeff")
            self.assertTrue(text.endswith(", high]"), text)
            self.assertIn(alert, text)
            self.assertNotRegex(text, "[\0-\x1f\x7f-\x9f\u2028-\u202e"
                                "\u2066-\u2069]")

    def check_reference(self, receiver, by_id):
        frames = self.frames(receiver, f"{receiver.name}-reference",
                             by_id.keys())
        for alert in by_id:
            (frame,) = frames[alert]
            self.assertEqual(set(parameters(frame)), {
                "alert", "rule", "level", "sequence", "chain"})
            self.assertNotIn("exported", frame["raw"])
            self.assertNotIn("integrity", json.loads(frame["msg"]))

    def check_parts(self, receiver, by_id):
        """What does not fit follows, and together it is the alert."""
        frames = self.frames(receiver, f"{receiver.name}-parts",
                             by_id.keys())
        several = 0
        for alert in by_id:
            parts = [parameters(frame).get("part", "1/1")
                     for frame in frames[alert]]
            total = int(parts[0].split("/")[1])
            several += total > 1
            self.assertEqual(parts, [f"{n}/{total}"
                                     for n in range(1, total + 1)])
            told = {}
            for frame in frames[alert]:
                self.assertLessEqual(len(frame["raw"].encode()), 2048)
                told.update(json.loads(frame["msg"]).get("integrity", {}))
            for key in ("count", "delay_ms", "peak", "kind"):
                self.assertEqual(told.get(key), by_id[alert].get(key), key)
        self.assertGreater(several, 0)

    def test_heartbeats_without_alerts(self):
        self.daemon.start()
        for name, _, receiver in self.ways:
            with self.subTest(name):
                beats = wait_until(
                    lambda: [each for each in of_app(receiver, name)
                             if each["msgid"] == "heartbeat"][1:], 40,
                    lambda: f"two heartbeats of {name}\n"
                    + self.daemon.log_text(), 0.1)
                told = parameters(beats[-1])
                body = json.loads(beats[-1]["msg"])
                self.assertEqual(beats[-1]["pri"], str(13 * 8 + 6))
                self.assertEqual(told["interval"], "1")
                self.assertEqual(told["rules"], "1")
                self.assertEqual(told["rejected"], "0")
                self.assertEqual(told["chain"], body["integrity"]["chain"])
                self.assertEqual(told["ruleset"], body["rule"]["ruleset"])
                self.assertEqual(body["event"]["action"], "heartbeat")
                self.assertNotIn("alert", told)
        self.assertEqual(self.daemon.stop(), 0)


class Deaf(threading.Thread):
    """Listens on a port of its own and treats connections badly: resets
    them, or accepts and never reads."""

    def __init__(self, resets):
        super().__init__(daemon=True)
        self.resets = resets
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.peers = []
        self.count = 0
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            self.peers.append(peer)
            if self.resets:
                peer.recv(1000)
                self.reset(peer)

    @staticmethod
    def reset(peer):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))
        peer.close()

    def close(self):
        # shutdown() wakes the thread in accept(), close() alone does not.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for peer in self.peers:
            if peer.fileno() >= 0:
                self.reset(peer)


class Troubled(Receivers):
    """Receivers that do what receivers should not."""

    def test_nothing_is_lost_and_nobody_waits(self):
        other = Certificates("other")
        self.addCleanup(other.close)
        good = self.receiver(Rsyslog)
        hangs = self.receiver(SyslogNg)
        dies = self.receiver(Rsyslog)
        wrong = self.receiver(SyslogNg, tls=other)
        resets, deaf = Deaf(True), Deaf(False)
        daemon = self.open("troubled", [
            destination("good", "tcp", good),
            destination("hangs", "tcp", hangs),
            destination("dies", "tcp", dies),
            destination("wrong", "tls", wrong, self.certificates),
            destination("resets", "tcp", resets),
            destination("deaf", "tcp", deaf)])
        daemon.start()
        self.broker.produce("troubled", [event(0, "P0")], partition=0)
        for name, receiver in (("good", good), ("hangs", hangs),
                               ("dies", dies)):
            self.wait_users(daemon, receiver, name, {"P0"})
        hangs.freeze()
        dies.kill()
        users = {f"P{number}" for number in range(4000)}
        began = time.monotonic()
        self.broker.produce("troubled", [
            event(number, f"P{number}") for number in range(1, 4000)],
            partition=0)
        self.wait_users(daemon, good, "good", users)
        self.assertLess(time.monotonic() - began, 15)
        self.check_states(daemon, resets)
        hangs.thaw()
        dies.start()
        wrong.stop()
        wrong.tls = self.certificates
        wrong.start()
        resets.close()
        deaf.close()
        cured = [self.receiver(Rsyslog, port=each.port)
                 for each in (resets, deaf)]
        for name, receiver in (
                ("hangs", hangs), ("dies", dies), ("wrong", wrong),
                ("resets", cured[0]), ("deaf", cured[1])):
            with self.subTest(name):
                self.wait_users(daemon, receiver, name, users, 60)
                self.assertTrue(self.status(name)["connected"])
        self.check_verify(daemon, dies)
        self.assertEqual(daemon.stop(), 0)
        # Without the first alerts nothing can be recomputed.
        self.broker.delete_records("integrity.alerts", 0, 3)
        code, text = self.control("alerts", "verify", "--from-topic",
                                  "--config", daemon.path)
        self.assertEqual(code, 3, text)
        self.assertIn("before offset 3 are gone", text)
        code, text = self.control("alerts", "verify", "--from-topic",
                                  "--bootstrap", self.broker.bootstrap)
        self.assertEqual(code, 64, text)

    def check_states(self, daemon, resets):
        """Each is told by name and reason, to the operator and the log."""
        wait_until(lambda: resets.count > 1, 20, daemon.log_text)
        for name, reason in (("dies", "Connection refused|reset|closed"),
                             ("wrong", "certificate")):
            found = wait_until(
                lambda: (lambda s: s if s and not s["connected"] else None)(
                    self.status(name)), 20, lambda: str(self.status(name)))
            self.assertRegex(found["last_error"], reason)
            self.assertIn(f"destination {name}: ", daemon.log_text())
        for name in ("hangs", "deaf"):
            found = self.status(name)
            self.assertGreater(found["queue_frames"], 0, found)

    def check_verify(self, daemon, receiver):
        """Its log against the topic, and with one line changed or gone."""
        code, text = self.control(
            "alerts", "verify", "--from-topic", "--config", daemon.path,
            "--log", receiver.output)
        self.assertEqual(code, 0, text)
        self.assertIn("no break", text)
        # More than 4 MiB went to it, so some of it is settled.
        self.assertRegex(text, r"\ngood: offset [0-9]+, sequence and chain "
                         r"agree\n")
        dump = os.path.join(daemon.folder, "topic.ndjson")
        with open(dump, "w", encoding="utf-8") as file:
            file.writelines(record["payload"] + "\n" for record
                            in self.broker.consume("integrity.alerts"))
        with open(receiver.output, encoding="utf-8") as file:
            lines = file.read().splitlines(keepends=True)
        sequences = [int(parameters(each)["sequence"])
                     for each in receiver.messages()]
        # One that came once, amid others.
        number = next(n for n in sequences[1000:]
                      if sequences.count(n) == 1 and n < max(sequences) - 5)
        at = sequences.index(number)
        log = os.path.join(daemon.folder, "tampered.json")
        changed = re.sub(r'chain=\\"(.)', lambda found: 'chain=\\"'
                         + ("0" if found[1] != "0" else "1"), lines[at])
        self.assertNotEqual(changed, lines[at])
        for what, line in (("missing", ""), ("chain", changed)):
            with self.subTest(what):
                with open(log, "w", encoding="utf-8") as file:
                    file.writelines(lines[:at] + [line] + lines[at + 1:])
                code, text = self.control(
                    "alerts", "verify", "--log", log, "--topic-dump", dump,
                    "-o", "json")
                self.assertEqual(code, 1, text)
                (found,) = json.loads(text)["breaks"]
                self.assertEqual((found["kind"], found["sequence"]),
                                 (what, number))
        code, text = self.control("alerts", "verify", "--log",
                                  daemon.path)
        self.assertEqual(code, 3, text)


if __name__ == "__main__":
    unittest.main()
