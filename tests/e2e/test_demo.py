#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""integrityctl demo: the whole path in one process, and nothing behind it."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process

PROGRAM = os.path.join(process.BUILD, "integrityctl")
RULES = os.path.join(process.ROOT, "rules")
SECONDS = 60


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="integrity-test-demo-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *arguments):
        return process.start(
            [PROGRAM, "demo", "--rules", RULES, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": self.folder})

    def run_to_end(self, *arguments):
        """Its exit status, the alerts, the account."""
        demo = self.start("-o", "ndjson", *arguments)
        out, err = demo.communicate(timeout=SECONDS)
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual("account", lines[-1]["type"], err)
        return demo.returncode, lines[:-1], lines[-1]

    @staticmethod
    def episodes(alerts):
        """What does not depend on the order of arrival."""
        return sorted(
            (body["rule"]["name"], body["integrity"]["kind"],
             json.dumps(body["integrity"]["group"], sort_keys=True),
             body["event"]["start"])
            for body in (alert["message"] for alert in alerts)
            if body["integrity"]["type"] != "self")

    def test_finds_what_was_planted(self):
        status, alerts, account = self.run_to_end("--speed", "0")
        self.assertEqual(0, status, account)
        planted = [c for c in account["cases"] if "planted" in c]
        self.assertGreaterEqual(len(planted), 3)
        for case in planted:
            self.assertTrue(case["found"], case)
        for key in ("rejected", "late", "others", "unexpected", "lost",
                    "repeated", "bad_frames"):
            self.assertEqual(0, account[key], key)
        self.assertEqual(account["cited"], account["proven"])
        self.assertGreater(account["cited"], 0)
        self.assertEqual(list(range(1, len(alerts) + 1)),
                         sorted(alert["sequence"] for alert in alerts))
        self.assertEqual([], os.listdir(self.folder))

    def test_seed_decides(self):
        _, one, _ = self.run_to_end("--speed", "0", "--seed", "3")
        _, same, _ = self.run_to_end("--speed", "0", "--seed", "3")
        _, other, _ = self.run_to_end("--speed", "0", "--seed", "4")
        self.assertEqual(self.episodes(one), self.episodes(same))
        self.assertNotEqual(self.episodes(one), self.episodes(other))

    def test_misses_without_the_rules(self):
        demo = process.start(
            [PROGRAM, "demo", "--speed", "0", "--rules",
             os.path.join(RULES, "reason")], stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": self.folder})
        out, _ = demo.communicate(timeout=SECONDS)
        self.assertEqual(1, demo.returncode)
        self.assertIn(b"MISSED", out)

    def test_interrupted(self):
        # At once, when it has opened, and between alerts.
        for marker in (None, b"A force of", b"  evidence  "):
            with self.subTest(after=marker):
                demo = self.start()
                while marker is not None and \
                        marker not in demo.stdout.readline():
                    self.assertIsNone(demo.poll())
                demo.send_signal(signal.SIGINT)
                _, err = demo.communicate(timeout=20)
                # Before it listens to signals it ends by them.
                self.assertIn(demo.returncode, (
                    128 + signal.SIGINT, -signal.SIGINT), err)
                self.assertEqual(b"", err)
                self.assertEqual([], os.listdir(self.folder))


if __name__ == "__main__":
    unittest.main()
