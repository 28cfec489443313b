#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""integrityctl explain as scripts and people call it: exit statuses, streams,
ways to give events, the JSON; its verdicts against those of backtest, its
windows against a count in Python.
"""
import gzip
import json
import os
import random
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
CSV = os.path.join(EUGENE, "EPDSearchAuditLogs.csv")

RULES = """
title: A view of somebody
id: 0a9f1c1e-0007-4a63-9f0e-000000000001
name: view
level: low
logsource: {product: x}
detection:
  sel: {event.action: view}
  own: {subject.id|fieldref: user.id}
  condition: sel and not own
---
title: Many views
name: many
level: high
correlation:
  type: event_count
  rules: [view]
  group-by: [user.id]
  timespan: 30m
  condition: {gte: 12}
---
title: Views of many
name: subjects
level: high
correlation:
  type: value_count
  rules: [view]
  group-by: [user.id]
  timespan: 30m
  condition: {field: subject.id, gte: 9}
"""

VIEW = {"@timestamp": "2026-03-02T10:00:00Z", "user.id": "P1",
        "event.action": "view", "subject.id": "s1"}
START = 10 * 3600


def stamp(second):
    return (f"2026-03-02T{second // 3600:02d}:{second // 60 % 60:02d}:"
            f"{second % 60:02d}")


class Explain(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.rules = self.write("rules.yml", RULES.encode())
        self.event = self.write("event.json",
                                json.dumps(VIEW, indent=2).encode())

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def explain(self, *arguments, rules=None, **options):
        """(exit status, stdout, stderr)"""
        options.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run(
            [CONTROL, "explain", *arguments, "--rules", rules or self.rules],
            check=False, stderr=subprocess.PIPE, cwd=self.folder, **options)
        return (done.returncode, (done.stdout or b"").decode(),
                done.stderr.decode())


class Contract(Explain):
    def test_fires(self):
        """A base rule of the same file makes no alert of its own."""
        self.assertEqual(self.explain("view", "-e", self.event),
                         (0, "view: match, but no alert of its own (sel "
                             "matched)\n"
                             "  PASS sel\n"
                             "    PASS event.action = \"view\"\n"
                             "  PASS not own\n"
                             "    FAIL subject.id = field user.id      "
                             "actual \"s1\", user.id \"P1\"\n", ""))

    def test_does_not_fire(self):
        event = self.write("own.json", json.dumps(
            {**VIEW, "subject.id": "p1"}).encode())
        status, out, _ = self.explain("view", "-e", event)
        self.assertEqual(status, 1, out)
        self.assertIn("filtered by own", out)
        self.assertEqual(out.count("<- filtered here"), 1)

    def test_the_ways_to_name_a_rule(self):
        want = self.explain("view", "-e", self.event)
        for name in ("A view of somebody",
                     "0a9f1c1e-0007-4a63-9f0e-000000000001"):
            self.assertEqual(self.explain(name, "-e", self.event), want)

    def test_the_ways_to_give_an_event(self):
        want = self.explain("view", "-e", self.event)
        line = json.dumps(VIEW).encode() + b"\n"
        self.assertEqual(self.explain("view", "-e",
                                      self.write("line.ndjson", line)), want)
        self.assertEqual(self.explain("view", "-e", self.write(
            "line.ndjson.gz", gzip.compress(line))), want)
        with open(self.event, "rb") as file:
            self.assertEqual(self.explain("view", "-e", "-", stdin=file),
                             want)
        self.assertEqual(self.explain("view", "-e", "-", input=line), want)

    def test_several_from_a_pipe(self):
        lines = json.dumps(VIEW).encode() + b"\n{}\n"
        status, out, _ = self.explain("view", "-e", "-", input=lines)
        self.assertEqual(status, 0)
        self.assertIn(" (1 of 2 events match)\n", out)

    def test_rules_that_do_not_load(self):
        bad = self.write("bad.yml", RULES.replace("sel and", "sle and")
                         .encode())
        status, out, errors = self.explain("view", "-e", self.event, rules=bad)
        self.assertEqual((status, out), (2, ""))
        self.assertIn("IR0503", errors)

    def test_what_cannot_be_read(self):
        status, out, errors = self.explain("view", "-e", "missing.json")
        self.assertEqual((status, out), (3, ""))
        self.assertIn("missing.json", errors)
        status, _, errors = self.explain("view", "-e", self.event, "-m",
                                         "missing.yml")
        self.assertEqual(status, 3, errors)
        with open("/dev/full", "wb") as full:
            status, _, errors = self.explain("view", "-e", self.event,
                                             stdout=full)
        self.assertEqual(status, 3)
        self.assertIn("standard output", errors)

    def test_usage(self):
        for arguments, said in (
                ((), "which rule"),
                (("view",), "-e EVENT.json is needed"),
                (("view", "many", "-e", self.event), "one rule at a time"),
                (("veiw", "-e", self.event), "did you mean `view`?"),
                (("view", "-e", self.event, "--logsource", "x"),
                 "--logsource takes"),
                (("view", "-e", self.event, "--colour", "never"),
                 "did you mean --color?")):
            status, out, errors = self.explain(*arguments)
            self.assertEqual((status, out), (64, ""), arguments)
            self.assertIn(said, errors)

    def test_help_names_it(self):
        done = subprocess.run([CONTROL, "--help"], check=True,
                              stdout=subprocess.PIPE)
        self.assertRegex(done.stdout.decode(), r"\n  explain +why ")
        status, out, _ = self.explain("--help")
        self.assertEqual(status, 0)
        for option in ("--event", "--rules", "--lists", "--mapping",
                       "--logsource", "--output", "--color"):
            self.assertIn(option, out)

    def test_color(self):
        plain = self.explain("view", "-e", self.event)[1]
        self.assertNotIn("\033", plain)
        colored = self.explain("view", "-e", self.event, "--color",
                               "always")[1]
        self.assertIn("\033[32mPASS\033[0m", colored)


class Json(Explain):
    def run_json(self, *arguments, **options):
        status, out, errors = self.explain(*arguments, "-o", "json",
                                           **options)
        self.assertEqual(errors, "")
        return status, json.loads(out)

    def test_the_tree(self):
        status, found = self.run_json("view", "-e", self.event)
        self.assertEqual(status, 0)
        self.assertTrue(found["fires"])
        self.assertEqual(found["rule"]["name"], "view")
        event, = found["events"]
        self.assertEqual(event["time"], "2026-03-02T10:00:00.000Z")
        tree = event["rules"][0]["tree"]
        self.assertEqual((tree["kind"], tree["verdict"]), ("and", "PASS"))
        sel, own = tree["children"]
        self.assertEqual((sel["kind"], sel["source"], sel["negated"]),
                         ("identifier", "sel", False))
        self.assertEqual((own["verdict"], own["negated"]), ("PASS", True))
        test, = own["children"]
        self.assertEqual(
            {key: test[key] for key in ("kind", "verdict", "source", "field",
                                        "actual", "other_field", "other")},
            {"kind": "test", "verdict": "FAIL",
             "source": "subject.id|fieldref: user.id", "field": "subject.id",
             "actual": "s1", "other_field": "user.id", "other": "P1"})

    def test_values_of_every_kind(self):
        rules = self.write("kinds.yml", (
            "title: k\nname: k\nlevel: low\nlogsource: {product: x}\n"
            "detection:\n  sel: {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}\n"
            "  condition: sel\n").encode())
        values = {"a": -2.5, "b": 123456789012345678901234567890, "c": True,
                  "d": None, "e": [1, "\u20ac\u0000", None], "f": {"x": 1}}
        _, found = self.run_json("k", "-e", "-", rules=rules,
                                 input=json.dumps(values).encode())
        tests = found["events"][0]["rules"][0]["tree"]["children"]
        got = {test["field"]: test["actual"] for test in tests}
        # A number that is out of range is matched as its text.
        self.assertEqual(got, {**values, "b": str(values["b"]), "f": {},
                               "g": None})
        self.assertEqual([test["field"] for test in tests if test["missing"]],
                         ["g"])
        self.assertEqual([lack["field"] for lack in
                          found["events"][0]["rules"][0]["lacks"]], ["g"])

    def test_deep_conditions(self):
        """Deeper than a JSON writer of ours goes in one piece."""
        condition = "sel"
        for _ in range(12):
            condition = f"(own or not (own and not ({condition})))"
        rules = self.write("deep.yml", RULES.replace(
            "sel and not own", condition).encode())
        status, found = self.run_json("view", "-e", self.event, rules=rules)
        self.assertEqual(status, 0)
        depth, node = 0, found["events"][0]["rules"][0]["tree"]
        while "children" in node:
            node = node["children"][-1]
            depth += 1
        self.assertGreater(2 * depth, 32)

    def test_rejected(self):
        status, found = self.run_json("view", "-e", "-",
                                      input=b'{"a":1,"a":2}')
        self.assertEqual(status, 1)
        self.assertFalse(found["fires"])
        self.assertEqual(found["events"][0]["rejected"]["code"], "IR1002")


class Engine(Explain):
    """The verdicts are the engine's, the windows those of the definition."""

    def windows(self, rule, events):
        lines = "".join(json.dumps(event) + "\n" for event in events)
        _, out, _ = self.explain(rule, "-o", "json", "-e", "-",
                                 input=lines.encode())
        return json.loads(out)

    def check(self, rule, events, measure, limit):
        found = self.windows(rule, events)
        hits = {}
        for event in events:
            if event["subject.id"] != event["user.id"]:
                hits.setdefault(event["user.id"], []).append(
                    (event["second"], event["subject.id"]))
        span, now = 1800, max(event["second"] for event in events)
        windows = {one["group"]["user.id"]: one for one in found["windows"]}
        fires = False
        for user, ones in hits.items():
            for second, _ in ones:
                fires |= measure([s for at, s in ones if
                                  second - span <= at <= second]) >= limit
            newest = max(ones)[0]
            held = [(at, s) for at, s in ones if at >= newest - span]
            if newest + span >= now or user in windows:
                one = windows.pop(user)
                count = measure([s for _, s in held])
                self.assertEqual(
                    (one["full"], one["newest"][:19], one["empties"][:19]),
                    (count >= limit, stamp(newest), stamp(newest + span)))
                # A full window forgets what cannot change its answer.
                if not one["full"]:
                    self.assertEqual((one["count"], one["oldest"][:19]),
                                     (count, stamp(min(held)[0])))
        self.assertEqual(windows, {})
        self.assertEqual(found["fires"], fires)
        return fires

    def test_random_windows(self):
        numbers = random.Random(20260302)
        fired = {True: 0, False: 0}
        for _ in range(12):
            count = numbers.randrange(1, 240)
            events = []
            for _ in range(count):
                second = START + numbers.randrange(2 * 3600)
                events.append({
                    "@timestamp": stamp(second) + "Z", "second": second,
                    "event.action": "view",
                    "user.id": f"P{numbers.randrange(3)}",
                    "subject.id": numbers.choice(
                        ["P0", "P1"] + [f"s{i}" for i in range(12)])})
            fired[self.check("many", events, len, 12)] += 1
            fired[self.check("subjects", events,
                             lambda seen: len(set(seen)), 9)] += 1
        self.assertGreater(min(fired.values()), 2)

    def test_fires_where_backtest_does(self):
        rules = os.path.join(EUGENE, "rules")
        mapping = os.path.join(EUGENE, "eugene.mapping.yml")
        alerts = subprocess.run(
            [CONTROL, "backtest", "-f", CSV, "--rules", rules, "--mapping",
             mapping, "-o", "ndjson"], check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout.decode().splitlines()
        fired = {json.loads(line)["rule"]["name"] for line in alerts}
        fired = {name for name in fired if not name.startswith("integrityd.")}
        self.assertTrue(fired)
        for name in fired:
            status, out, errors = self.explain(
                name, "-e", CSV, "--mapping", mapping, rules=rules)
            self.assertEqual(status, 0, out[:2000] + errors)


if __name__ == "__main__":
    unittest.main()
