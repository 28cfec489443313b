#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random events in one to four files, out of order within their lateness,
through `integrityctl backtest`, against an evaluator that is written here
from the definitions: a hit's window is [t - timespan, t]; a hit is satisfied
if the condition holds over its window; satisfied hits at most a timespan
apart are one episode, which covers the hits in their windows.
"""
import json
import operator
import os
import random
import subprocess
import sys
import tempfile
import unittest
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.daemon import CONTROL, episodes

RUNS = 50
SECOND = 1000000
LATENESS = 900 * SECOND
START = datetime(2026, 3, 27, tzinfo=timezone.utc)
OPS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt,
       "lte": operator.le, "eq": operator.eq, "neq": operator.ne}
SPANS = {"1s": SECOND, "10s": 10 * SECOND, "1m": 60 * SECOND,
         "20m": 1200 * SECOND, "2h": 7200 * SECOND}


# ---- The definitions ----

def texts(value):
    """What of a value can be grouped by and counted, as text."""
    members = value if isinstance(value, list) else [value]
    return [str(one) for one in members if one is not None]


def hits_of(rule, bases, events):
    """(group, time, counted values) of each hit of each base rule."""
    for base in rule["rules"]:
        names = rule["aliases"]
        for event in events:
            if event.get("action") not in bases[base]:
                continue
            groups = [()]
            for name in rule["group"]:
                field = names.get(name, {}).get(base, name)
                groups = [group + (text,) for group in groups
                          for text in dict.fromkeys(texts(event.get(field)))]
            values = set()
            if rule["field"] is not None:
                field = names.get(rule["field"], {}).get(base, rule["field"])
                values = set(texts(event.get(field)))
                if not values:
                    continue
            for group in groups:
                yield group, event["us"], values


def holds(rule, measure):
    return all(OPS[name](measure, limit)
               for name, limit in rule["condition"].items())


def satisfied(rule, hits):
    """Times of the satisfied hits."""
    span, counted, found = rule["span"], Counter(), []
    left = right = 0
    for at in sorted({hit[0] for hit in hits}):
        while right < len(hits) and hits[right][0] <= at:
            counted.update(hits[right][1] or {None: 1})
            right += 1
        while hits[left][0] < at - span:
            counted.subtract(hits[left][1] or {None: 1})
            counted += Counter()
            left += 1
        measure = len(counted) if rule["field"] else right - left
        if holds(rule, measure):
            found.append(at)
    return found


def expected(rule, bases, events):
    groups = defaultdict(list)
    for group, at, values in hits_of(rule, bases, events):
        groups[group].append((at, values))
    for group, hits in groups.items():
        hits.sort(key=lambda hit: hit[0])
        times = satisfied(rule, hits)
        runs = []
        for at in times:
            if runs and at - runs[-1][-1] <= rule["span"]:
                runs[-1].append(at)
            else:
                runs.append([at])
        for run in runs:
            low = run[0] - rule["span"]
            covered = [at for at, _ in hits if low <= at <= run[-1]]
            yield (rule["name"],
                   tuple(sorted(zip(rule["group"], group))),
                   stamp(min(covered)), stamp(run[-1]), len(covered))


def expected_singles(name, actions, events):
    """A rule that no correlation speaks for tells of each hit."""
    for event in events:
        if event["action"] in actions:
            yield name, (), stamp(event["us"]), stamp(event["us"]), 1


def stamp(us):
    at = START + timedelta(microseconds=us)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


# ---- Random rules and events ----

ACTIONS = ["view", "search", "print", "export", "noise"]
FIELDS = ["user.id", "subject.id", "terminal.id"]


def make_rule(rng, number, bases):
    counts = rng.random() < 0.5
    low = rng.randint(1, 6)
    condition = rng.choice([
        {"gte": low}, {"gte": low}, {"gte": low}, {"gt": low}, {"lt": low},
        {"lte": low}, {"eq": low}, {"neq": low},
        {"gte": low, "lt": low + rng.randint(1, 3)}])
    chosen = rng.sample(sorted(bases), rng.randint(1, 2))
    group = rng.sample(FIELDS[:2], rng.choice([0, 1, 1, 2]))
    field = rng.choice(FIELDS) if counts else None
    aliases = {}
    if group and rng.random() < 0.3:
        aliases[group[0]] = {chosen[0]: rng.choice(FIELDS)}
    span = rng.choice(sorted(SPANS))
    return {"name": f"rule_{number}", "rules": chosen, "group": group,
            "field": field, "aliases": aliases, "timespan": span,
            "span": SPANS[span], "condition": condition,
            "generate": rng.random() < 0.1}


def rule_document(rule):
    condition = dict(rule["condition"])
    if rule["field"] is not None:
        condition["field"] = rule["field"]
    correlation = {
        "type": "value_count" if rule["field"] else "event_count",
        "rules": rule["rules"], "timespan": rule["timespan"],
        "condition": condition}
    if rule["group"]:
        correlation["group-by"] = rule["group"]
    if rule["aliases"]:
        correlation["aliases"] = rule["aliases"]
    if rule["generate"]:
        correlation["generate"] = True
    return {"title": rule["name"], "name": rule["name"], "level": "low",
            "correlation": correlation}


def make_suppression(rng, bases):
    """A single-event rule whose later hits join its alert: an event_count
    of one, but for events that lack the group."""
    span = rng.choice(sorted(SPANS))
    base = rng.choice(sorted(bases))
    bases["suppressed"] = bases[base]
    return {"name": "suppressed", "rules": ["suppressed"],
            "group": rng.sample(FIELDS, rng.choice([1, 2])), "field": None,
            "aliases": {}, "timespan": span, "span": SPANS[span],
            "condition": {"gte": 1}, "generate": False}


def lacks_group(rule, event):
    return any(not texts(event.get(field)) for field in rule["group"])


def base_document(name, actions):
    return {"title": name, "name": name, "level": "low",
            "logsource": {"product": "x"},
            "detection": {"sel": {"action": actions}, "condition": "sel"}}


def make_value(rng, prefix, many):
    kind = rng.random()
    if kind < 0.05:
        return None
    if kind < 0.15:
        return [rng.randint(1, many) for _ in range(rng.randint(0, 3))]
    number = rng.randint(1, many)
    return rng.choice([number, str(number), f"{prefix}{number}"])


def make_events(rng, count, unit):
    """Times in steps of timespans, so that the windows' edges are hit."""
    many, at, events = rng.choice([2, 4, 12]), 0, []
    for _ in range(count):
        at += rng.choice([0, 0, 1, -1, unit, unit, unit // 2, unit + 1,
                          unit - 1, 5 * unit]) if rng.random() < 0.6 else \
            rng.randrange(unit)
        event = {"us": max(at, 0), "action": rng.choice(ACTIONS)}
        for field in FIELDS:
            if rng.random() < 0.95:
                event[field] = make_value(rng, field[0], many)
        events.append(event)
    return events


def disorder(rng, events):
    """In the order of a time that is late by up to the lateness."""
    if rng.random() < 0.3:
        return sorted(events, key=lambda event: event["us"])
    most = rng.choice([SECOND, 60 * SECOND, LATENESS])
    return sorted(events, key=lambda event:
                  event["us"] + rng.choice([0, rng.randint(0, most), most]))


def record(event):
    at = START + timedelta(microseconds=event["us"])
    made = {key: value for key, value in event.items() if key != "us"}
    made["@timestamp"] = at.isoformat()
    return json.dumps(made)


def documents(bases, rules, suppression):
    for name, actions in bases.items():
        document = base_document(name, actions)
        if name == suppression["name"]:
            document["integrityd"] = {"group": suppression["group"],
                                      "suppress": suppression["timespan"]}
        yield document
    for rule in rules:
        yield rule_document(rule)


def all_expected(bases, rules, suppression, events):
    silent = {base for rule in rules for base in rule["rules"]}
    forced = {base for rule in rules for base in rule["rules"]
              if rule["generate"]}
    for rule in rules + [suppression]:
        yield from expected(rule, bases, events)
    for name, actions in bases.items():
        if name == suppression["name"]:
            yield from expected_singles(
                name, actions, [event for event in events
                                if lacks_group(suppression, event)])
        elif name not in silent or name in forced:
            yield from expected_singles(name, actions, events)


class Random(unittest.TestCase):
    maxDiff = 4000

    def backtest(self, folder, files):
        command = [CONTROL, "backtest", "--rules",
                   os.path.join(folder, "rules.yml"), "-o", "ndjson"]
        for name in files:
            command += ["-f", os.path.join(folder, name)]
        done = subprocess.run(command, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-2000:])
        self.assertIn(b" 0 rejected, 0 late,", done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def check_tellings(self, alerts):
        """An alert opens, is updated when its count has doubled, and ends."""
        told = {}
        for alert in alerts:
            last = told.get(alert["alert"])
            if last is None:
                self.assertEqual((alert["kind"], alert["revision"]),
                                 ("open", 1))
            else:
                self.assertIn(last["kind"], ("open", "update"))
                self.assertEqual(alert["revision"], last["revision"] + 1)
                self.assertGreaterEqual(alert["count"], last["count"])
                if alert["kind"] == "update":
                    self.assertGreaterEqual(alert["count"],
                                            2 * last["count"])
            told[alert["alert"]] = alert
        for alert in told.values():
            # Without windows there is nothing to wait for.
            single = alert["rule"]["type"] == "event" and not alert["group"]
            self.assertIn(alert["kind"],
                          ["open"] if single else ["close", "merged"])
        for alert in told.values():
            if alert["kind"] == "merged":
                self.assertNotEqual(alert["into"], alert["alert"])
                self.assertIn(alert["into"], told)

    def run_one(self, seed):
        rng = random.Random(seed)
        bases = {name: rng.sample(ACTIONS[:4], rng.randint(1, 3))
                 for name in ("first", "second", "third")}
        rules = [make_rule(rng, number, bases) for number in range(8)]
        suppression = make_suppression(rng, bases)
        # Some in one batch of the replay, some over many.
        count = 9000 if seed % 10 == 0 else rng.randint(20, 400)
        events = make_events(rng, count, rng.choice(
            [SECOND, 10 * SECOND, 60 * SECOND]))
        files = [f"part{number}.ndjson"
                 for number in range(rng.randint(1, 4))]
        parts = {name: [] for name in files}
        for event in events:
            parts[rng.choice(files)].append(event)
        with tempfile.TemporaryDirectory() as folder:
            for name, part in parts.items():
                with open(os.path.join(folder, name), "w",
                          encoding="utf-8") as file:
                    file.writelines(record(event) + "\n"
                                    for event in disorder(rng, part))
            with open(os.path.join(folder, "rules.yml"), "w",
                      encoding="utf-8") as file:
                for document in documents(bases, rules, suppression):
                    file.write("---\n" + json.dumps(document) + "\n")
            alerts = self.backtest(folder, files)
        want = sorted(all_expected(bases, rules, suppression, events))
        self.assertEqual(episodes(alerts), want)
        self.check_tellings(alerts)
        return len(want)

    def test_episodes_are_those_of_the_definitions(self):
        total = 0
        for seed in range(RUNS):
            with self.subTest(seed=seed):
                total += self.run_one(seed)
        # Not a test of nothing.
        self.assertGreater(total, 100 * RUNS)


if __name__ == "__main__":
    unittest.main()
