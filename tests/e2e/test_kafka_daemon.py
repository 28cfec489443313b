#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The real integrityd where Kafka takes less, or has forgotten more, than it
should."""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
from support.daemon import Daemon, alerts, config, own_alerts, tcp
from support.kafka_broker import Broker
from support.rsyslog import Rsyslog
from support.wait import wait_until

LIMIT = 2000
# The text of an alert, in which the value stands, is as long as we like.
RULE = """title: Everything that is seen
id: 11111111-2222-4333-8444-555555555555
name: view
status: test
level: high
logsource: {product: records}
detection:
    selection: {event.action: view}
    condition: selection
integrityd:
    sentence: "{user.id} looked at {record.id}"
"""


def event(second, user, record):
    return json.dumps({"@timestamp": f"2026-03-02T21:14:{second:02}Z",
                       "event.action": "view", "user.id": user,
                       "record.id": record})


class DaemonTest(unittest.TestCase):
    def setUp(self):
        self.broker = Broker()
        self.broker.__enter__()
        self.addCleanup(self.broker.close)
        self.receiver = Rsyslog()
        self.addCleanup(self.receiver.close)
        self.receiver.start()
        self.broker.create_topic("audit", 1)
        self.made = made = config(self.broker, [{"topic": "audit", "logsource":
                                     {"product": "records"}}], [],
                      [tcp("siem", self.receiver.port)])
        self.daemon = Daemon(made)
        self.addCleanup(self.daemon.close)
        rules = os.path.join(self.daemon.folder, "view.yml")
        with open(rules, "w", encoding="utf-8") as file:
            file.write(RULE)
        made["rules"] = [rules]
        self.daemon.configure(made)

    def limit(self, topic, size):
        with self.broker.connect() as connection:
            connection.set_topic(topic, {"max.message.bytes": str(size)})

    def wait_alerts(self, count):
        wait_until(lambda: len(alerts(self.broker)) >= count, 30,
                   lambda: f"{count} alerts\n" + self.daemon.log_text())
        return alerts(self.broker)

    def test_limits(self):
        """An alert and a rejected record that their topics do not take are
        made smaller, and the monitor goes on."""
        daemon = self.daemon
        daemon.start()
        daemon.logged("assigned")
        for topic in ("integrity.alerts", "integrity.rejected"):
            self.limit(topic, LIMIT)
        self.broker.produce("audit", [
            event(1, "P1", "R1"), event(2, "P2", "R" * 5000),
            '{"x": "' + "y" * 5000, event(3, "P3", "R3")])
        found = self.wait_alerts(3)
        self.assertEqual([alert["sentence"][:2] for alert in found],
                         ["P1", "P2", "P3"])
        cut = found[1]
        self.assertTrue(cut["truncated"])
        self.assertEqual((cut["rule"]["name"], cut["count"], cut["first"]),
                         ("view", 1, "2026-03-02T21:14:02.000Z"))
        self.assertLess(len(json.dumps(cut)), LIMIT)
        (record,) = self.broker.consume("integrity.rejected")
        rejected = json.loads(record["payload"])
        self.assertEqual((rejected["topic"], rejected["partition"],
                          rejected["offset"]), ("audit", 0, 2))
        self.assertNotIn("bytes_base64", rejected)
        self.assertEqual(len(rejected["sha256"]), 64)
        daemon.logged("for its size: reduced from")
        # The topic keeps the producer's time: dates are worth less.
        (feed,) = own_alerts(self.broker, "feed")
        self.assertIn("CreateTime", feed["sentence"])
        self.broker.produce("audit", [event(5, "P5", "R5")])
        self.wait_alerts(4)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.broker.committed("integrityd")[("audit", 0)][0],
                         5)

    def test_positions_lost(self):
        """Without the positions it had it does not start by itself."""
        daemon = self.daemon
        daemon.configure(dict(self.made, destinations=[]))
        self.broker.produce("audit", [event(1, "P1", "R1")])
        daemon.start()
        daemon.logged("assigned")
        self.wait_alerts(1)
        self.assertEqual(daemon.stop(), 0)
        # What a destination does a minute after it has sent one.
        self.broker.kcat("-G", "integrityd.dest.siem", "-c", "1", "-X",
                         "auto.offset.reset=earliest", "integrity.alerts",
                         stdout=subprocess.DEVNULL)
        daemon.configure(self.made)
        with self.broker.connect() as connection:
            connection.delete_topic("audit")
        wait_until(lambda: "audit" not in self.broker.topics(), 20, "gone")
        self.broker.create_topic("audit", 1)
        wait_until(lambda: not self.broker.committed("integrityd"), 20,
                   "the positions went with the topic")
        self.broker.produce("audit", [event(2, "P2", "R2")])
        daemon.start()
        self.assertEqual(daemon.wait(), 78)
        daemon.logged("destination siem has sent alerts up to offset")
        daemon.logged("--start-from earliest")
        daemon.start("--start-from", "earliest")
        self.assertEqual([alert["sentence"] for alert in self.wait_alerts(2)],
                         ["P1 looked at R1", "P2 looked at R2"])
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
