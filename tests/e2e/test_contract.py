#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts rely on: exit statuses, what goes to which stream, and every
key of an alert.
"""
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.daemon import CONTROL

EUGENE = os.path.join(process.ROOT, "tests", "data", "eugene")

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ID = re.compile(r"ir-[0-9a-f]{16}")
HEX = re.compile(r"[0-9a-f]{64}")
LEVELS = {"informational", "low", "medium", "high", "critical"}
KINDS = {"open", "update", "close", "merged"}
SELF = {"gap", "late", "torn", "limit", "unknown", "rejected", "ruleset",
        "rule-refused", "restart", "table-stale", "canary", "feed"}

RULES = """
title: A view
id: 0a9f1c1e-0001-4a63-9f0e-000000000001
name: view
level: low
logsource: {product: x}
detection:
  sel: {event.action: view}
  condition: sel
---
title: Three views
id: 0a9f1c1e-0001-4a63-9f0e-000000000002
name: three
level: high
correlation:
  type: event_count
  rules: [view]
  group-by: [user.id]
  timespan: 10s
  condition: {gte: 3}
---
title: Views by anybody
name: anybody
level: medium
correlation:
  type: value_count
  rules: [view]
  timespan: 90m
  condition: {field: user.id, gte: 2, lt: 9.5}
---
title: A bait
name: bait
level: critical
logsource: {product: x}
detection:
  sel: {subject.id: bait}
  condition: sel
integrityd:
  group: [user.id]
  suppress: 10s
---
title: A search
name: search
level: informational
logsource: {product: x}
detection:
  sel: {event.action: search}
  condition: sel
"""


def view(second, user="P1", **more):
    return json.dumps({"@timestamp": f"2026-03-02T10:00:{second:06.3f}Z",
                       "user.id": user, "event.action": "view", **more})


# Two bursts of P1, joined at last by a late record between them.
RECORDS = [view(0), view(1), view(2), view(20), view(21), view(22),
           view(11.5), view(11.6), view(11.7), view(30, "P2"),
           view(31, None, **{"subject.id": "bait"}),
           view(32, "\u0007\u20ac\"", **{"subject.id": "bait"}),
           json.dumps({"event.action": "search"}), "no JSON"] + \
    [view(40 + i / 100) for i in range(20)]


class Contract(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.rules = cls.write("rules.yml", RULES)
        cls.records = cls.write("audit.ndjson", "\n".join(RECORDS) + "\n")

    @classmethod
    def write(cls, name, content):
        path = os.path.join(cls.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        with open(path, "wb") as file:
            file.write(content)
        return path

    def run_control(self, *arguments, **options):
        """(exit status, stdout, stderr)"""
        options.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run([CONTROL, *arguments], check=False,
                              stderr=subprocess.PIPE, cwd=self.folder,
                              **options)
        out = done.stdout.decode() if done.stdout is not None else ""
        return done.returncode, out, done.stderr.decode()

    def backtest(self, *arguments, **options):
        status, out, errors = self.run_control(
            "backtest", "--rules", self.rules, *arguments, **options)
        self.assertEqual(status, 0, errors)
        return [json.loads(line) for line in out.splitlines()]


class Alerts(Contract):
    def check_text(self, value):
        self.assertIsInstance(value, str)
        self.assertNotEqual(value, "")

    def check_whole(self, value, least):
        self.assertIs(type(value), int)
        self.assertGreaterEqual(value, least)

    def check_evidence(self, alert, topic):
        times = []
        for one in alert["evidence"]:
            self.assertEqual(one["topic"], topic)
            self.assertEqual(one["partition"], 0)
            self.check_whole(one["offset"], 0)
            self.assertRegex(one["time"], TIME)
            self.assertRegex(one["sha256"], HEX)
            times.append(one["time"])
        self.assertEqual(times, sorted(times))
        self.assertGreaterEqual(times[0], alert["first"])
        self.assertLessEqual(times[-1], alert["last"])
        self.assertLessEqual(len(times), min(alert["count"], 10))

    def check_self(self, alert):
        self.assertEqual(sorted(alert["rule"]),
                         ["level", "name", "title", "type"])
        self.assertIn(alert["rule"]["name"].removeprefix("integrityd."), SELF)
        self.assertEqual((alert["kind"], alert["revision"], alert["group"],
                          alert["evidence"]), ("open", 1, {}, []))

    def check_rule(self, alert):
        rule = alert["rule"]
        self.check_text(rule["title"])
        self.assertRegex(rule["version"], re.compile(r"sha256:[0-9a-f]{64}"))
        self.assertIn(rule["type"], {"event", "event_count", "value_count"})
        self.assertIs(type(alert["peak"]), int)
        if rule["type"] == "event":
            self.assertNotIn("condition", alert)
            return
        self.check_whole(alert["timespan_ms"], 1)
        operators = set(alert["condition"]) - {"field"}
        self.assertTrue(operators)
        self.assertLessEqual(operators,
                             {"gt", "gte", "lt", "lte", "eq", "neq"})
        self.assertEqual("field" in alert["condition"],
                         rule["type"] == "value_count")

    def check_alert(self, alert, topic):
        self.assertRegex(alert["alert"], ID)
        self.assertIn(alert["kind"], KINDS)
        self.check_whole(alert["revision"], 1)
        self.assertIn(alert["rule"]["level"], LEVELS)
        self.assertRegex(alert["first"], TIME)
        self.assertRegex(alert["last"], TIME)
        self.assertLessEqual(alert["first"], alert["last"])
        self.check_whole(alert["count"], 1)
        self.assertIs(type(alert["delay_ms"]), int)
        self.check_text(alert["sentence"])
        self.assertIsInstance(alert["group"], dict)
        for value in alert["group"].values():
            self.assertIsInstance(value, str)
        self.assertEqual("into" in alert, alert["kind"] == "merged")
        if alert["rule"]["type"] == "self":
            self.check_self(alert)
            return
        self.check_rule(alert)
        self.check_evidence(alert, topic)

    def check_all(self, alerts, topic):
        last = {}
        for alert in alerts:
            self.check_alert(alert, topic)
            before = last.get(alert["alert"])
            if before is None:
                self.assertEqual((alert["kind"], alert["revision"]),
                                 ("open", 1))
            else:
                self.assertIn(before["kind"], ("open", "update"))
                self.assertEqual(alert["revision"], before["revision"] + 1)
                self.assertEqual(alert["group"], before["group"])
                self.assertGreaterEqual(alert["count"], before["count"])
            last[alert["alert"]] = alert

    def test_every_kind(self):
        alerts = self.backtest("-f", self.records)
        self.check_all(alerts, "audit.ndjson")
        self.assertEqual({alert["kind"] for alert in alerts},
                         {"open", "update", "close"})
        self.assertEqual({alert["rule"]["name"] for alert in alerts},
                         {"three", "anybody", "bait", "search",
                          "integrityd.rejected"})

    def test_values_of_one(self):
        alerts = self.backtest("-f", self.records)
        # The definitions, by hand: 0 1 2 and what is linked to it by
        # neighbours no more than 10 s apart, up to the 20 of 40 s.
        closed = [alert for alert in alerts if alert["kind"] == "close" and
                  alert["rule"]["name"] == "three"]
        self.assertEqual(
            [(alert["group"], alert["first"], alert["last"], alert["count"])
             for alert in closed],
            [({"user.id": "P1"}, "2026-03-02T10:00:00.000Z",
              "2026-03-02T10:00:22.000Z", 9),
             ({"user.id": "P1"}, "2026-03-02T10:00:40.000Z",
              "2026-03-02T10:00:40.190Z", 20)])
        self.assertEqual(closed[0]["condition"], {"gte": 3})
        self.assertEqual(closed[0]["timespan_ms"], 10000)
        self.assertEqual(closed[0]["rule"]["id"],
                         "0a9f1c1e-0001-4a63-9f0e-000000000002")
        anybody = [alert for alert in alerts
                   if alert["rule"]["name"] == "anybody"][-1]
        self.assertEqual(anybody["group"], {})
        self.assertEqual(anybody["condition"],
                         {"field": "user.id", "gte": 2, "lt": 9.5})
        # Without its group a suppressed rule tells of each by itself.
        self.assertEqual(
            [(alert["kind"], alert["group"]) for alert in alerts
             if alert["rule"]["name"] == "bait"],
            [("open", {}), ("open", {"user.id": "\u0007\u20ac\""}),
             ("close", {"user.id": "\u0007\u20ac\""})])

    def test_merged(self):
        # Over batches: the two bursts are told before they are one.
        noise = [view(25 + i / 1000, "P9") for i in range(5000)]
        path = self.write("merged.ndjson", "\n".join(
            RECORDS[:6] + noise + RECORDS[6:]) + "\n")
        alerts = self.backtest("-f", path)
        self.check_all(alerts, "merged.ndjson")
        mine = [alert for alert in alerts
                if alert["rule"]["name"] == "three" and
                alert["group"] == {"user.id": "P1"}]
        merged = [alert for alert in mine if alert["kind"] == "merged"]
        self.assertEqual(len(merged), 1)
        self.assertEqual(merged[0]["into"], mine[0]["alert"])
        self.assertNotEqual(merged[0]["alert"], mine[0]["alert"])

    def test_real_searches(self):
        status, out, errors = self.run_control(
            "backtest", "-f", os.path.join(EUGENE, "EPDSearchAuditLogs.csv"),
            "--rules", os.path.join(EUGENE, "rules"), "--mapping",
            os.path.join(EUGENE, "eugene.mapping.yml"))
        self.assertEqual(status, 0, errors)
        alerts = [json.loads(line) for line in out.splitlines()]
        self.assertGreater(len(alerts), 1000)
        self.check_all(alerts, "EPDSearchAuditLogs.csv")

    def test_names_of_files(self):
        with open(self.records, "rb") as file:
            content = file.read()
        packed = self.write("deep/audit.ndjson.gz", gzip.compress(content))
        plain = self.backtest("-f", self.records)
        self.check_all(self.backtest("-f", packed), "audit.ndjson.gz")
        for data in (content, gzip.compress(content)):
            piped = self.backtest("-f", "-", input=data)
            self.check_all(piped, "-")
            self.assertEqual(len(piped), len(plain))

    def test_a_log_that_begins_within_a_record(self):
        path = self.write("rotated.ndjson", 'iew"}\n' + view(1) + "\n" +
                          json.dumps({"event.action": "search"}) + "\n")
        alerts = self.backtest("-f", path)
        self.check_all(alerts, "rotated.ndjson")
        self.assertEqual(
            sorted((alert["rule"]["name"], alert["count"])
                   for alert in alerts),
            [("integrityd.rejected", 1), ("search", 1)])

    def test_the_end_of_the_file(self):
        alerts = self.backtest("-f", self.records)
        short = self.backtest("-f", self.records, "--no-close")
        self.assertEqual(short, [alert for alert in alerts
                                 if not alert.get("closed_by_end")])
        self.assertLess(len(short), len(alerts))


class Programs(Contract):
    def check_status(self, want, *arguments, out="", **options):
        status, got, errors = self.run_control(*arguments, **options)
        self.assertEqual(status, want, errors)
        if out is not None:
            self.assertEqual(got, out)
        return errors

    def test_usage(self):
        good = ["backtest", "-f", self.records, "--rules", self.rules]
        for arguments in (
                [], ["no-such-verb"], ["backtest"],
                ["backtest", "-f", self.records],
                ["backtest", "--rules", self.rules],
                good + ["-f"], good + ["extra"], good + ["--no-such-option"],
                good + ["--lateness", "5"], good + ["--lateness", "-5m"],
                good + ["-o", "xml"], good + ["--logsource", "product"],
                good + ["--logsource", "colour=red"]):
            with self.subTest(arguments=arguments):
                self.assertNotEqual(self.check_status(64, *arguments), "")

    def test_rules_that_do_not_load(self):
        bad = self.write("bad.yml", RULES.replace("gte: 3", "gte: many"))
        empty = os.path.join(self.folder, "no-rules")
        os.makedirs(empty, exist_ok=True)
        for rules in (bad, empty, "no-such-file.yml", "/dev/null"):
            with self.subTest(rules=rules):
                errors = self.check_status(2, "backtest", "-f", self.records,
                                           "--rules", rules)
                self.assertIn("IR0", errors)
                self.check_status(2, "check", rules, out=None)

    def test_input_that_cannot_be_read(self):
        twin = self.write("twin/audit.ndjson", "")
        for files in (["no-such-file"], [self.folder],
                      [self.records, twin], ["-", "-"]):
            with self.subTest(files=files):
                arguments = [part for file in files for part in ("-f", file)]
                self.check_status(3, "backtest", "--rules", self.rules,
                                  *arguments, stdin=subprocess.DEVNULL)

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            for arguments in (["backtest", "-f", self.records, "--rules",
                               self.rules], ["check", self.rules]):
                with self.subTest(arguments[0]):
                    errors = self.check_status(3, *arguments, stdout=full)
                    self.assertIn("No space left", errors)

    def test_a_reader_that_ends(self):
        # As other filters do: by the signal, and no summary is told.
        path = self.write("long.ndjson", (json.dumps(
            {"event.action": "search"}) + "\n") * 20000)
        with subprocess.Popen(
                [CONTROL, "backtest", "-f", path, "--rules", self.rules],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            running.stdout.readline()
            running.stdout.close()
            self.assertNotIn(b"records", running.stderr.read())
            self.assertEqual(running.wait(30), -signal.SIGPIPE)

    def test_no_records(self):
        empty = self.write("empty.ndjson", "")
        good = ["backtest", "-f", empty, "--rules", self.rules]
        self.assertIn("0 records", self.check_status(0, *good))
        status, out, _ = self.run_control(*good, "-o", "json")
        self.assertEqual((status, json.loads(out)), (0, []))

    def test_json_is_one_array(self):
        status, out, _ = self.run_control(
            "backtest", "-f", self.records, "--rules", self.rules, "-o",
            "json")
        self.assertEqual(status, 0)
        self.assertEqual(json.loads(out), self.backtest("-f", self.records))

    def test_logsource(self):
        self.assertEqual(
            [alert["rule"]["name"] for alert in self.backtest(
                "-f", self.records, "--logsource", "product=y")],
            ["integrityd.rejected"])
        self.assertEqual(
            self.backtest("-f", self.records, "--logsource",
                          "product=X,service=s"),
            self.backtest("-f", self.records))

    def test_check_for_programs(self):
        self.write("tested/views.yml", RULES)
        self.write("tested/views.test.yml", json.dumps({"tests": [
            {"name": "fails\nby far", "start": "2026-03-02T21:00:00Z",
             "events": [{"at": "+0s", "event": {"event.action": "search"}}],
             "expect": []},
            {"name": "passes", "start": "2026-03-02T21:00:00Z",
             "events": [{"at": "+0s", "event": {"event.action": "other"}}],
             "expect": []}]}))
        status, out, errors = self.run_control("check", "tested", "-o",
                                               "json")
        self.assertEqual(status, 1, errors)
        told = json.loads(out)
        self.assertEqual([told[key] for key in (
            "rules", "files", "errors", "passed", "failed", "untested")],
            [5, 1, 0, 1, 1, 0])
        failed = [one for one in told["findings"] if "test" in one]
        self.assertEqual(len(failed), 1)
        self.assertIn("search", failed[0]["message"])
        status, out, _ = self.run_control("check", "tested", "-o", "ndjson")
        self.assertEqual(status, 1)
        self.assertEqual([json.loads(line) for line in out.splitlines()],
                         told["findings"])
        status, out, _ = self.run_control("check", self.rules, "-o", "json")
        self.assertEqual((status, json.loads(out)["failed"]), (0, 0))


if __name__ == "__main__":
    unittest.main()
