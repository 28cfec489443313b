#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reloads under load: no event is lost or counted twice, the old rules fire
until the swap, and windows of unchanged correlations are kept.
"""
import json
import os
import re
import sys
import threading
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support.daemon import Daemon, alerts, config, episodes
from support.kafka_broker import Broker
from support.wait import wait_until

CHUNKS = 40
CHUNK = 500
RELOADS = 12
# Every hundredth record is an export; all of them are one officer's.
EVERY = 100
RULES = """
title: Export
id: 4c8dbf0a-43d3-4a8c-9b0b-0f4b1f6f7a01
name: export
level: low
detection:
  export:
    event.action: export
  condition: export
integrityd:
  sentence: "export of {record.id}"
---
title: Many exports%s
id: 0cf8a2ce-3ac2-4a79-8a0a-51c6b1a1d202
name: many_exports
level: medium
correlation:
  type: event_count
  rules: [export]
  group-by: [user.id]
  timespan: 365d
  condition: {gte: %d}
  generate: true
"""
BROKEN = RULES.replace("condition: export\n", "condition: exprot\n")


def record(number):
    return json.dumps({
        "@timestamp": 1772486047 + number, "user.id": "P1",
        "record.id": f"R{number}",
        "event.action": "export" if number % EVERY == 0 else "view"})


class Reload(unittest.TestCase):
    def setUp(self):
        self.broker = Broker()
        self.addCleanup(self.broker.close)
        self.broker.start()
        self.broker.create_topic("load", 1)
        made = config(self.broker, [{"topic": "load",
                                     "time_format": "epoch_s"}], [],
                      limits={"batch_records": 200,
                              "batch_interval": "5ms"})
        self.daemon = Daemon(made)
        self.addCleanup(self.daemon.close)
        self.rules = os.path.join(self.daemon.folder, "rules")
        os.mkdir(self.rules)
        made["rules"] = [self.rules]
        self.daemon.configure(made)
        self.write(RULES % ("", 3))

    def write(self, text):
        path = os.path.join(self.rules, "export.yml")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def produce(self):
        for chunk in range(CHUNKS):
            self.broker.produce("load", [
                record(number) for number in
                range(chunk * CHUNK, (chunk + 1) * CHUNK)], partition=0)

    def reloads(self):
        """How many reloads the log tells of, done or refused."""
        return len(re.findall("loaded anew|reload refused",
                              self.daemon.log_text()))

    def test_under_load(self):
        self.daemon.start()
        self.daemon.logged("started")
        producer = threading.Thread(target=self.produce)
        producer.start()
        for number in range(1, RELOADS + 1):
            # A title changes nothing that windows rest on; every third one
            # does not load.
            self.write(BROKEN % ("", 3) if number % 3 == 0 else
                       RULES % (f" ({number})", 3))
            self.daemon.reload()
            wait_until(lambda want=number: self.reloads() >= want, 30,
                       self.daemon.log_text)
        producer.join()
        total = CHUNKS * CHUNK
        wait_until(lambda: self.broker.committed("integrityd").get(
            ("load", 0), (0, ""))[0] == total, 60, self.daemon.log_text)
        self.assertEqual(self.daemon.stop(), 0)
        found = alerts(self.broker)
        said = [alert["sentence"] for alert in found
                if alert["rule"]["name"] == "export"]
        self.assertEqual(sorted(said), sorted(
            f"export of R{number}" for number in range(0, total, EVERY)))
        # One episode over all reloads, which holds every export.
        (episode,) = [one for one in episodes(found)
                      if one[0] == "many_exports"]
        doubled = [alert["count"] for alert in found
                   if alert["rule"]["name"] == "many_exports"]
        self.assertEqual(doubled, [3, 6, 12, 24, 48, 96, 192])
        self.assertEqual(episode[2], "2026-03-02T21:14:07.000Z")
        self.assertNotIn("start anew", self.daemon.log_text())

    def test_a_changed_correlation_starts_anew_and_says_so(self):
        self.daemon.start()
        self.daemon.logged("started")
        self.broker.produce("load", [record(0), record(EVERY)], partition=0)
        wait_until(lambda: self.broker.committed("integrityd").get(
            ("load", 0), (0, ""))[0] == 2, 30, self.daemon.log_text)
        self.write(RULES % ("", 2))
        self.daemon.reload()
        self.daemon.logged("the windows of many_exports start anew")
        self.daemon.logged("loaded anew")
        self.broker.produce("load", [record(2 * EVERY), record(3 * EVERY)],
                            partition=0)
        (alert,) = wait_until(
            lambda: [alert for alert in alerts(self.broker)
                     if alert["rule"]["name"] == "many_exports"], 30,
            self.daemon.log_text)
        self.assertEqual(alert["count"], 2)
        self.assertEqual(alert["first"], "2026-03-02T21:17:27.000Z")
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
