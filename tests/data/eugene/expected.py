#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the rules in rules/ must find in EPDSearchAuditLogs.csv.

Written from the definitions, with Python's standard library only and nothing
of the engine: every window is looked at in full, nothing is incremental.

    expected.py              counts and episodes as one JSON object
    expected.py --episodes   one line per alert: rule, group, first, last, count

An episode: a hit is satisfied if the condition holds over the hits in
[t - timespan, t], both ends included.  Satisfied hits more than one timespan
apart belong to different episodes.  An episode covers the hits in the windows
of its satisfied hits; first is the earliest of those, last the latest
satisfied hit, count how many it covers, peak the greatest measure over one
window.
"""

import bisect
import collections
import csv
import datetime
import json
import os
import re
import sys
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
CITY = zoneinfo.ZoneInfo("America/Los_Angeles")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MINUTE = 60 * 1000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def read_records():
    path = os.path.join(HERE, "EPDSearchAuditLogs.csv")
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    records = []
    for offset, row in enumerate(rows):
        utc = datetime.datetime.strptime(
            row["searchDate"], "%Y-%m-%d %H:%M:%S.%f"
        ).replace(tzinfo=datetime.timezone.utc)
        local = utc.astimezone(CITY)
        records.append({
            "offset": offset,
            "ms": (utc - EPOCH) // datetime.timedelta(milliseconds=1),
            "user.id": row["userId"],
            "reason.text": row["reason"],
            "query.scope": row["cameraCount"],
            "local_date": local.date().isoformat(),
            "local_hour": local.hour,
        })
    return records


# ---- kinds of reason, by words and sets where the rules use patterns ----

def words_of(reason):
    return re.sub(r"[+*.]", " ", reason).lower().split()


def is_blank(reason):
    return reason.strip() == ""


def is_junk(reason):
    if is_blank(reason):
        return False
    if not any(c.isalnum() for c in reason):
        return True
    if " ".join(words_of(reason)) in {
            "test", "testing", "asdf", "qwerty", "none", "n/a", "blah",
            "mickey mouse"}:
        return True
    letters = set(reason.lower())
    enough = {"x": 2, "z": 2, "a": 4, "s": 4, "w": 4}
    return len(letters) == 1 and \
        len(reason) >= enough.get(letters.pop(), len(reason) + 1)


def is_vague(reason):
    if reason.lower() in {"police", "cfs", "inestigation", "ivestigations"}:
        return True
    if reason.lower().startswith("daytime search"):
        return True
    words = words_of(reason)
    if len(words) == 2 and words[0] in {"crim", "criminal"}:
        words = words[1:]
    return len(words) == 1 and words[0].startswith("inv") and \
        words[0].isascii() and words[0].isalpha()


def is_outside_hours(record):
    return record["local_hour"] < 6 or record["local_hour"] >= 22


# ---- episodes ----

def episodes(hits, span_ms, measure, is_enough):
    """hits: records of one group in time order."""
    times = [hit["ms"] for hit in hits]

    def window(at_ms):
        return (bisect.bisect_left(times, at_ms - span_ms),
                bisect.bisect_right(times, at_ms))

    satisfied = []
    for at_ms in times:
        low, high = window(at_ms)
        size = measure(hits[low:high])
        if is_enough(size):
            satisfied.append((at_ms, low, high, size))
    runs = []
    for hit in satisfied:
        if runs and hit[0] - runs[-1][-1][0] <= span_ms:
            runs[-1].append(hit)
        else:
            runs.append([hit])
    for run in runs:
        covered = set()
        for _, low, high, _ in run:
            covered.update(range(low, high))
        yield {
            "first": times[min(covered)],
            "last": run[-1][0],
            "count": len(covered),
            "peak": max(size for _, _, _, size in run),
        }


def distinct(field):
    return lambda hits: len({hit[field] for hit in hits})


# rule, base, group-by, timespan, measure, condition
EVERY = "alpr_search"
NIGHT = "alpr_outside_hours"
CORRELATIONS = [
    ("alpr_night_days", NIGHT, ["user.id"], 30 * DAY,
     distinct("local_date"), lambda n: n >= 8),
    ("alpr_officer_days", EVERY, ["user.id"], 365 * DAY,
     distinct("local_date"), lambda n: n >= 1),
    ("alpr_officer_days_20", EVERY, ["user.id"], 365 * DAY,
     distinct("local_date"), lambda n: n >= 20),
    ("alpr_officer_days_month", EVERY, ["user.id"], 30 * DAY,
     distinct("local_date"), lambda n: n >= 15),
    ("alpr_burst", EVERY, ["user.id"], 10 * MINUTE, len, lambda n: n >= 3),
    ("alpr_some", EVERY, ["user.id"], 30 * MINUTE, len,
     lambda n: 3 <= n <= 4),
    ("alpr_busy", EVERY, [], 15 * MINUTE, len, lambda n: n >= 7),
    ("alpr_shared_reason", EVERY, ["reason.text"], 12 * HOUR,
     distinct("user.id"), lambda n: n > 8),
    ("alpr_same_scope", EVERY, ["user.id", "query.scope"], 24 * HOUR, len,
     lambda n: n >= 6),
]


def correlate(hits_of):
    found = {}
    for rule, base, group_by, span_ms, measure, is_enough in CORRELATIONS:
        groups = collections.defaultdict(list)
        for hit in hits_of[base]:
            groups[tuple(hit[field] for field in group_by)].append(hit)
        found[rule] = [
            {"group": dict(zip(group_by, key)), **episode}
            for key, hits in groups.items()
            for episode in episodes(hits, span_ms, measure, is_enough)
        ]
        found[rule].sort(key=lambda e: (e["first"], sorted(e["group"].items())))
    return found


def utc_text(ms):
    at = EPOCH + datetime.timedelta(milliseconds=ms)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (ms % 1000)


def main():
    records = read_records()
    hits_of = {
        "alpr_blank_reason":
            [r for r in records if is_blank(r["reason.text"])],
        "alpr_junk_reason": [r for r in records if is_junk(r["reason.text"])],
        "alpr_vague_reason":
            [r for r in records if is_vague(r["reason.text"])],
        NIGHT: [r for r in records if is_outside_hours(r)],
    }
    found = correlate({**hits_of, EVERY: records})
    for found_here in found.values():
        for episode in found_here:
            episode["first"] = utc_text(episode["first"])
            episode["last"] = utc_text(episode["last"])

    if "--episodes" in sys.argv[1:]:
        lines = [
            {"rule": rule, "group": {}, "first": utc_text(hit["ms"]),
             "last": utc_text(hit["ms"]), "count": 1}
            for rule, hits in hits_of.items() for hit in hits
        ] + [
            {"rule": rule, "group": e["group"], "first": e["first"],
             "last": e["last"], "count": e["count"]}
            for rule, found_here in found.items() for e in found_here
        ]
        for line in sorted(json.dumps(x, sort_keys=True) for x in lines):
            print(line)
        return

    days = collections.defaultdict(set)
    for record in records:
        days[record["user.id"]].add(record["local_date"])
    hours = collections.Counter(r["local_hour"] for r in records)
    json.dump({
        "records": len(records),
        "officers": len(days),
        "reasons": {
            "blank": len(hits_of["alpr_blank_reason"]),
            "junk": len(hits_of["alpr_junk_reason"]),
            "vague": len(hits_of["alpr_vague_reason"]),
        },
        "outside_hours": len(hits_of[NIGHT]),
        "by_local_hour": [hours[hour] for hour in range(24)],
        "officer_days": {user: len(dates)
                         for user, dates in sorted(days.items())},
        "single_event_rules": {rule: [hit["offset"] for hit in hits]
                               for rule, hits in hits_of.items()},
        "episodes": found,
    }, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
