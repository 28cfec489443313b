#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kafka -> integrityd -> rsyslog, one path through all stages."""
import hashlib
import json
import os
import re
import sys
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.daemon import Daemon, alerts, config, own_alerts, tcp
from support.kafka_broker import Broker
from support.rsyslog import Rsyslog
from support.wait import wait_until

RULE = """
title: Honeytoken record was opened
id: 6d8b1c5e-55ce-4d0e-9c8f-0b3f5f1f6f10
name: bait
level: critical
detection:
  bait:
    subject.flags: honeytoken
  condition: bait
integrityd:
  sentence: "{user.id} opened the bait record {record.id}"
  triage: [Who told whom about it?]
"""
SECOND_RULE = """
title: Any logon
id: 5a7c4f58-7a3e-4d0e-9d0d-5cf6f5d3a7a1
name: logon
level: low
detection:
  logon:
    event.action: logon
  condition: logon
"""


def event(second, **fields):
    return json.dumps({"@timestamp": f"2026-03-02T21:14:{second:02d}Z",
                       **fields})


def bait(second, user):
    return event(second, **{"user.id": user, "record.id": "OCC/25/01912",
                            "subject.flags": ["vip", "honeytoken"]})


class Path(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()
        cls.broker.__enter__()
        cls.addClassCleanup(cls.broker.close)
        cls.receiver = Rsyslog()
        cls.receiver.__enter__()
        cls.addClassCleanup(cls.receiver.close)

    def open(self, topic, group, destinations, rules=RULE):
        """A daemon with a group of its own and its own rules."""
        self.broker.create_topic(topic, 2)
        made = config(self.broker, [topic], [], destinations)
        made["kafka"]["group"] = group
        daemon = self.daemon = Daemon(made, instance=group)
        self.addCleanup(daemon.close)
        self.rules = os.path.join(daemon.folder, "rules")
        os.mkdir(self.rules)
        self.write_rules(rules)
        made["rules"] = [self.rules]
        daemon.configure(made)
        return daemon

    def write_rules(self, text):
        with open(os.path.join(self.rules, "test.yml"), "w",
                  encoding="utf-8") as file:
            file.write(text)

    def of_users(self, users):
        """The alerts of integrity.alerts whose sentence names one of them."""
        return [alert for alert in alerts(self.broker)
                if any(user in alert["sentence"] for user in users)]

    def frames(self, user, count):
        def enough():
            found = [line for line in self.receiver.messages()
                     if user in line["msg"]]
            return found if len(found) >= count else None

        return wait_until(enough, 30,
                          lambda: f"{count} frames about {user}; its log:\n"
                          + self.daemon.log_text())

    def test_one_alert_all_the_way(self):
        daemon = self.open("way", "way", [tcp("way", self.receiver.port)])
        record = bait(7, "P4471")
        self.broker.produce("way", [record], partition=1)
        daemon.start()
        (frame,) = self.frames("P4471", 1)
        self.assertEqual(frame["version"], "1")
        self.assertEqual(frame["app_name"], "integrityd")
        # Facility 13 (log audit), severity 2 (critical).
        self.assertEqual(frame["pri"], str(13 * 8 + 2))
        self.assertEqual(frame["procid"], str(daemon.process.pid))
        self.assertRegex(frame["structured_data"],
                         r'^\[integrity@32473 .*alert="ir-[0-9a-f]{16}"')
        body = json.loads(frame["msg"])
        self.assertEqual(body["message"],
                         "P4471 opened the bait record OCC/25/01912")
        self.assertEqual(body["rule"]["name"], "bait")
        self.assertEqual(body["event"]["kind"], "alert")
        (alert,) = self.of_users(["P4471"])
        self.assertEqual(alert["kind"], "open")
        self.assertEqual(alert["first"], "2026-03-02T21:14:07.000Z")
        (evidence,) = alert["evidence"]
        self.assertEqual(
            (evidence["topic"], evidence["partition"], evidence["offset"]),
            ("way", 1, 0))
        self.assertEqual(evidence["sha256"],
                         hashlib.sha256(record.encode()).hexdigest())
        self.assertIn(alert["alert"], frame["structured_data"])
        self.assertEqual(daemon.stop(), 0)
        offset, metadata = self.broker.committed("way")[("way", 1)]
        self.assertEqual(offset, 1)
        # 2026-03-02T21:14:07Z
        self.assertIn("t=1772486047000000", metadata)

    def test_rejected_is_kept(self):
        daemon = self.open("broken", "broken", [])
        self.broker.produce("broken", ['{"user.id": "P1", "user.id": "P2"}'],
                            partition=0)
        daemon.start()

        def kept():
            return [value for value in
                    (json.loads(record["payload"]) for record in
                     self.broker.consume("integrity.rejected"))
                    if value["topic"] == "broken"]

        daemon.logged("started")
        (rejected,) = wait_until(
            lambda: "integrity.rejected" in self.broker.topics() and kept(),
            30, daemon.log_text)
        self.assertEqual(rejected["code"], "IR1002")
        self.assertEqual((rejected["partition"], rejected["offset"]), (0, 0))
        self.assertEqual(
            rejected["sha256"], hashlib.sha256(
                b'{"user.id": "P1", "user.id": "P2"}').hexdigest())
        told = [alert for alert in own_alerts(self.broker, "rejected")
                if "broken" in alert["sentence"]]
        self.assertEqual(len(told), 1)

    def test_dead_destination_loses_and_delays_nothing(self):
        (dead_port,) = process.free_ports(1)
        daemon = self.open("two", "two", [
            tcp("dead", dead_port), tcp("live", self.receiver.port)])
        self.broker.produce("two", [bait(1, "P9001"), bait(2, "P9002")],
                            partition=0)
        daemon.start()
        self.frames("P9001", 1)
        self.frames("P9002", 1)
        with Rsyslog(port=dead_port) as late:
            users = wait_until(
                lambda: {user for user in ("P9001", "P9002")
                         for line in late.messages() if user in line["msg"]}
                == {"P9001", "P9002"}, 60,
                lambda: f"the late receiver has both:\n{daemon.log_text()}")
            self.assertTrue(users)
            numbers = [int(re.search(r'sequence="(\d+)"',
                                     line["structured_data"])[1])
                       for line in late.messages()
                       if "part=" not in line["structured_data"]]
            self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(daemon.stop(), 0)

    def test_reload(self):
        daemon = self.open("reload", "reload",
                           [tcp("reload", self.receiver.port)])
        daemon.start()
        daemon.logged("started")
        self.broker.produce("reload", [bait(1, "P7001")], partition=0)
        self.frames("P7001", 1)
        self.write_rules(RULE.replace("condition: bait", "condition: bite"))
        daemon.reload()
        daemon.logged("the old rules stay")
        self.assertIn("test.yml:9:14", daemon.log_text())
        self.broker.produce("reload", [bait(2, "P7002")], partition=0)
        self.frames("P7002", 1)
        self.write_rules(RULE + "---" + SECOND_RULE)
        daemon.reload()
        daemon.logged("loaded anew with 2 rules")
        self.broker.produce("reload", [
            event(3, **{"user.id": "P7003", "event.action": "logon"})],
            partition=0)
        self.frames("P7003", 1)
        self.assertEqual(daemon.stop(), 0)

    def test_gap_by_retention_is_told(self):
        daemon = self.open("gap", "gap", [])
        self.broker.produce("gap", [bait(i, f"P600{i}") for i in range(4)],
                            partition=0)
        daemon.start()
        wait_until(lambda: len(self.of_users(["P6003"])) == 1, 30,
                   daemon.log_text)
        self.assertEqual(daemon.stop(), 0)
        self.broker.produce("gap", [bait(i, f"P601{i}") for i in range(4)],
                            partition=0)
        self.broker.delete_records("gap", 0, 6)
        daemon.start()
        wait_until(lambda: len(self.of_users(["P6013"])) == 1, 30,
                   daemon.log_text)
        self.assertEqual(self.of_users(["P6010", "P6011"]), [])
        self.assertEqual(len(self.of_users(["P6012"])), 1)
        told = wait_until(lambda: own_alerts(self.broker, "gap"), 30,
                          daemon.log_text)
        self.assertEqual(len(told), 1)
        self.assertIn("from offset 4 to 5", told[0]["sentence"])


if __name__ == "__main__":
    unittest.main()
