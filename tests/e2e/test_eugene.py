#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""4,294 real search audits: produced into Kafka and read by the daemon, and
the same file by backtest. Both find the same episodes, and those are what an
independent script computes from the file.
"""
import csv
import json
import os
import subprocess
import sys
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.daemon import CONTROL, Daemon, alerts, config, episodes
from support.kafka_broker import Broker
from support.wait import wait_until

FOLDER = os.path.join(process.ROOT, "tests", "data", "eugene")
CSV = os.path.join(FOLDER, "EPDSearchAuditLogs.csv")
MAPPING = os.path.join(FOLDER, "eugene.mapping.yml")
RULES = os.path.join(FOLDER, "rules")
SCRIPT = os.path.join(FOLDER, "expected.py")


def script(*args):
    done = subprocess.run([sys.executable, SCRIPT, *args], check=True,
                          stdout=subprocess.PIPE)
    return done.stdout.decode()


def backtest(*more):
    done = subprocess.run(
        [CONTROL, "backtest", "-f", CSV, "--rules", RULES, "--mapping",
         MAPPING, "-o", "ndjson", *more], check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.splitlines()]


def independent():
    """The script's episodes in the form of episodes()."""
    found = [json.loads(line) for line in
             script("--episodes").splitlines()]
    return sorted(
        (one["rule"], tuple(sorted((key, str(value)) for key, value
                                   in one["group"].items())),
         one["first"], one["last"], one["count"]) for one in found)


class Eugene(unittest.TestCase):
    maxDiff = 4000

    def test_backtest_finds_what_the_script_computes(self):
        self.assertEqual(episodes(backtest()), independent())

    def test_counts(self):
        want = json.loads(script())
        found = backtest()

        def count(rule):
            return sum(alert["rule"]["name"] == rule for alert in found)

        self.assertEqual(count("alpr_blank_reason"), 5)
        self.assertEqual(count("alpr_junk_reason"), 3)
        self.assertEqual(count("alpr_vague_reason"), 1063)
        self.assertEqual(count("alpr_outside_hours"), 672)
        # The script's own figures, so that this list cannot go stale.
        text = json.dumps(want)
        for number in (5, 3, 1063, 672):
            self.assertIn(str(number), text)

    def test_daemon_finds_the_same(self):
        with Broker() as broker:
            broker.create_topic("alpr", 1)
            with open(CSV, newline="", encoding="utf-8") as file:
                broker.produce("alpr", [json.dumps(row) for row in
                                        csv.DictReader(file)], partition=0)
            made = config(broker, [{"topic": "alpr", "mapping": MAPPING}],
                          [RULES])
            with Daemon(made) as daemon:
                wait_until(
                    lambda: broker.committed("integrityd").get(
                        ("alpr", 0), (0, ""))[0] == 4294, 60,
                    daemon.log_text)
                self.assertEqual(daemon.stop(), 0)
            live = alerts(broker)
        # The stream has no end that would close or settle the last ones.
        replayed = backtest("--no-close")
        keys = {one[:3] for one in episodes(live)}
        want = [one for one in episodes(replayed)]
        self.assertEqual(
            [one for one in want if one[:3] not in keys], [])
        self.assertEqual(episodes(live), want)


if __name__ == "__main__":
    unittest.main()
