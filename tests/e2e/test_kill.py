#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon at ten random points under load, and of the broker:
every expected alert stands once in integrity.alerts, none is missing at the
receiver, and what comes twice there carries the same id and number.

Windows live in memory until the change log exists, so the rules here look at
single events only.
"""
import json
import os
import random
import re
import sys
import time
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support.daemon import Daemon, alerts, config, tcp
from support.kafka_broker import Broker
from support.rsyslog import Rsyslog
from support.wait import wait_until

SEED = int(os.environ.get("KILL_SEED", "20261124"))
RECORDS = 60000
HIT_EVERY = 40
KILLS = 10
BROKER_KILLS = 3
PARTITIONS = 4
RULE = """
title: Export by anybody
id: 0a3c8d5c-0b43-47b6-8a57-3f0f2f7b9c11
name: export
level: medium
detection:
  export:
    event.action: export
  condition: export
integrityd:
  sentence: "{user.id} exported {record.id}"
"""


def record(number):
    action = "export" if number % HIT_EVERY == 0 else "view"
    return json.dumps({
        "@timestamp": 1772486047 + number // 100, "user.id": "P1",
        "record.id": f"R{number}", "event.action": action,
        "reason.text": "x" * 400})


class Kill(unittest.TestCase):
    def setUp(self):
        self.broker = Broker()
        self.addCleanup(self.broker.close)
        self.broker.start()
        self.receiver = Rsyslog()
        self.addCleanup(self.receiver.close)
        self.receiver.start()

    def produce(self):
        """All records, spread over the partitions."""
        for partition in range(PARTITIONS):
            self.broker.produce("load", [
                record(number)
                for number in range(partition, RECORDS, PARTITIONS)],
                partition=partition)

    def open(self):
        mapping = os.path.join(self.receiver.folder, "mapping.yml")
        with open(mapping, "w", encoding="utf-8") as file:
            file.write("name: load\ntime: {format: epoch_s}\n"
                       "fields: {}\n")
        rules = os.path.join(self.receiver.folder, "rules")
        os.mkdir(rules)
        with open(os.path.join(rules, "r.yml"), "w",
                  encoding="utf-8") as file:
            file.write(RULE)
        return Daemon(config(
            self.broker, [{"topic": "load", "time_format": "epoch_s"}],
            [rules], [tcp("acu", self.receiver.port)],
            # Small batches: many transactions to be killed in.
            limits={"batch_records": 500, "batch_interval": "5ms"}))

    def read(self):
        """How far the committed offsets are, over all partitions."""
        return sum(offset for (topic, _), (offset, _) in
                   self.broker.committed("integrityd").items()
                   if topic == "load")

    def kill_at_random(self, daemon, chance):
        """Kills when a random share of what was left has been read."""
        start = self.read()
        goal = start + chance.randrange(1, max(2, (RECORDS - start) // 6))
        wait_until(lambda: self.read() >= goal, 60, daemon.log_text, 0.005)
        # Somewhere within a transaction, not always behind one.
        end = time.monotonic() + chance.random() * 0.03
        while time.monotonic() < end:
            pass
        daemon.kill()

    def expected(self):
        return {f"P1 exported R{number}"
                for number in range(0, RECORDS, HIT_EVERY)}

    def check_topic(self):
        found = alerts(self.broker)
        sentences = [alert["sentence"] for alert in found]
        self.assertEqual(len(sentences), len(set(sentences)), "twice")
        self.assertEqual(set(sentences), self.expected())
        ids = [alert["alert"] for alert in found]
        self.assertEqual(len(ids), len(set(ids)))
        return {alert["alert"]: alert["sentence"] for alert in found}

    def check_receiver(self, daemon, ids):
        def places():
            seen = {}
            for line in self.receiver.messages():
                data = line["structured_data"]
                if line["msgid"] == "heartbeat":
                    continue
                alert = re.search(r'alert="([^"]+)"', data)[1]
                if alert in ids:
                    seen.setdefault(alert, set()).add(
                        re.search(r'sequence="(\d+)"', data)[1])
            return seen

        wait_until(lambda: len(places()) == len(ids), 90,
                   lambda: f"{len(places())} of {len(ids)} at the receiver; "
                   f"log:\n{daemon.log_text()}", 0.2)
        several = {alert: numbers for alert, numbers in places().items()
                   if len(numbers) != 1}
        self.assertEqual(several, {}, "one alert under several numbers")

    def test_ten_kills(self):
        chance = random.Random(SEED)
        print(f"seed {SEED}")
        self.broker.create_topic("load", PARTITIONS)
        self.produce()
        daemon = self.open()
        self.addCleanup(daemon.close)
        for _ in range(KILLS):
            daemon.start()
            self.kill_at_random(daemon, chance)
        daemon.start()
        wait_until(lambda: self.read() == RECORDS, 120, daemon.log_text)
        ids = self.check_topic()
        self.check_receiver(daemon, ids)
        self.assertEqual(daemon.stop(), 0)

    def keep_running(self, daemon):
        """What systemd does: any end but 78 is started again."""
        status = daemon.process.poll()
        if status is not None:
            self.assertNotEqual(status, 78, daemon.log_text())
            daemon.start()
        return True

    def test_broker_killed(self):
        chance = random.Random(SEED)
        self.broker.create_topic("load", PARTITIONS)
        self.produce()
        daemon = self.open()
        self.addCleanup(daemon.close)
        daemon.start()
        for _ in range(BROKER_KILLS):
            goal = self.read() + chance.randrange(1, RECORDS // 6)
            wait_until(lambda want=goal: self.keep_running(daemon)
                       and self.read() >= want, 90, daemon.log_text)
            self.broker.kill()
            self.broker.start()
        wait_until(lambda: self.keep_running(daemon)
                   and self.read() == RECORDS, 120, daemon.log_text)
        ids = self.check_topic()
        self.check_receiver(daemon, ids)
        self.assertEqual(daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
