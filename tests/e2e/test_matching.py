#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/data/matching.json: detections as people write them, with records
that they match and records that they do not, from the Sigma specification
and, where that is silent, the decisions of this project. All of them in one
run: rules do not disturb each other.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.daemon import CONTROL

CASES = os.path.join(process.ROOT, "tests", "data", "matching.json")


def document(number, case):
    lines = ["---", f"title: rule {number}", f"name: r{number}",
             "level: low", "logsource: {product: x}", "detection:"]
    lines += ["  " + line for line in case["detection"]]
    return "\n".join(lines + [f"  condition: {case['condition']}", ""])


class Matching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(CASES, encoding="utf-8") as file:
            cls.cases = json.load(file)
        cls.records = [(number, record, want)
                       for number, case in enumerate(cls.cases)
                       for key, want in (("match", True), ("no_match", False))
                       for record in case[key]]

    def hits(self):
        """(rule, record) of every alert."""
        with tempfile.TemporaryDirectory() as folder:
            rules = os.path.join(folder, "rules.yml")
            with open(rules, "w", encoding="utf-8") as file:
                file.writelines(document(*case)
                                for case in enumerate(self.cases))
            done = subprocess.run(
                [CONTROL, "backtest", "-f", "-", "--rules", rules],
                input="".join(record + "\n" for _, record, _ in
                              self.records).encode(),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        alerts = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([alert["sentence"] for alert in alerts
                          if alert["rule"]["type"] == "self"], [])
        return {(alert["rule"]["name"], alert["evidence"][0]["offset"])
                for alert in alerts}

    def test_matches(self):
        hits = self.hits()
        self.assertGreater(len(self.records), 300)
        for offset, (number, record, want) in enumerate(self.records):
            case = self.cases[number]
            with self.subTest(case["name"], detection=case["detection"],
                              record=record):
                self.assertEqual((f"r{number}", offset) in hits, want)


if __name__ == "__main__":
    unittest.main()
