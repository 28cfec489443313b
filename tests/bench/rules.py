#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes rules-50/: 50 Sigma rules of mixed style and 5 correlations.

Always the same ones.  Each style has some that the records of events.c hit
at the rate told in their description, and others that nothing ever hits, as
most rules of a real set do on most days.
"""
import os
import random
import shutil
import uuid

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules-50")
RANDOM = random.Random(20261124)
WORDS = ("boyfriend gossip newspaper reporter wedding divorce neighbour "
         "landlord tenant footballer celebrity lottery casino auction "
         "betting insurance solicitor custody").split()

# style: [(rate, detection lines)]; "never" ones are made below.
HIT = {
    "equality": [
        ("0.2 %", ["event.action: export", "system.name: [pnc, hr]",
                   "user.rank: [constable, sergeant]"]),
        ("0.2 %", ["record.kind: SEALED"]),
        ("0.02 %", ["subject.flags: honeytoken"]),
        ("0.1 %", ["event.action: override"]),
    ],
    "contains": [
        ("0.1 %", ["reason.text|contains: [asked me, nosy, told me to]"]),
        ("0.1 %", ["reason.text|contains: favour"]),
        ("0.15 %", ["query.text|contains|all: ['16-', blonde]"]),
    ],
    "startswith": [
        ("0.1 %", ["case.id|startswith: TEST/"]),
        ("0.1 %", ["reason.text|startswith: [curious, just looking]"]),
    ],
    "endswith": [
        ("0.2 %", ["host.name|endswith: -public"]),
    ],
    "re": [
        ("0.15 %", ["reason.text|re: '^[a-z]{1,4}$'"]),
        ("0.15 %", ["query.text|re|i: '\\b1[0-9]-2[0-9]\\b'"]),
    ],
    "cidr": [
        ("0.3 %", ["source.ip|cidr: [10.99.0.0/16, 10.98.0.0/16]"]),
    ],
    "list": [
        ("0.1 %", ["user.id|expand: '%leavers%'", "event.action: logon"]),
        ("0.2 %", ["subject.id|expand: '%watched%'"]),
    ],
    "fieldref": [
        ("0.2 %", ["user.postcode|fieldref: subject.postcode"]),
    ],
    "compare": [
        ("0.3 %", ["query.results|gte: 500"]),
    ],
    "hours": [
        ("0.1 %", ["event.local_hour: [5, 6, 7]", "event.action: export"]),
    ],
}
COUNTS = {"equality": 9, "contains": 9, "startswith": 5, "endswith": 4,
          "re": 5, "cidr": 3, "list": 3, "fieldref": 3, "compare": 2,
          "hours": 2}


def words(count):
    return ", ".join(RANDOM.sample(WORDS, count))


def network():
    return f"192.{RANDOM.randrange(256)}.{RANDOM.randrange(256)}.0/24"


NEVER = {
    "equality": lambda: [f"event.action: [purge, mask, {words(1)}]",
                         f"system.name: [{words(2)}]"],
    "contains": lambda: [f"reason.text|contains: [{words(3)}]"],
    "startswith": lambda: [f"case.id|startswith: {words(1).upper()}/"],
    "endswith": lambda: [f"reason.text|endswith: [{words(2)}]"],
    "re": lambda: [f"query.text|re: '^{words(1)} [0-9]{{2,}}x'"],
    "cidr": lambda: [f"source.ip|cidr: [{network()}, {network()}]"],
    "list": lambda: ["record.id|expand: '%leavers%'"],
    "fieldref": lambda: ["user.id|fieldref: subject.id"],
    "compare": lambda: ["duration.ms|gt: 100000"],
    "hours": lambda: [f"event.local_weekday: {RANDOM.randrange(6, 8)}",
                      f"event.action: {words(1)}"],
}
# name, rate, detection lines
BASES = [
    ("exported", "1 %", ["event.action: export"]),
    ("denied", "0.5 %", ["event.outcome: denied"]),
    ("printed_remotely", "0.25 %", ["event.action: print", "remote: true"]),
    ("searched_anpr", "5 %", ["event.action: search", "system.name: anpr"]),
    ("opened_vip", "1 %", ["subject.flags|contains: vip"]),
]
# name, kind, bases, group-by, timespan, condition
CORRELATIONS = [
    ("export_burst", "event_count", "exported", "user.id", "1h", "gte: 5"),
    ("denied_often", "event_count", "denied", "user.id", "10m", "gte: 3"),
    ("printing_unit", "event_count", "printed_remotely", "user.unit", "1d",
     "gt: 8"),
    ("trawl", "value_count", "searched_anpr", "user.id", "8h",
     "field: subject.id, gt: 60"),
    ("swarm", "value_count", "opened_vip", "subject.id", "1d",
     "field: user.id, gte: 4"),
]


def identity(name):
    return uuid.uuid5(uuid.NAMESPACE_DNS, name + ".bench.invalid")


def event_rule(name, rate, lines):
    detection = "".join(f"    {line}\n" for line in lines)
    return (f"title: {name}\nid: {identity(name)}\nname: {name}\n"
            f"description: hits {rate} of the records\nlevel: medium\n"
            "logsource: {category: record_access}\n"
            f"detection:\n  selection:\n{detection}"
            "  weekly_test:\n    user.id: P4999\n    reason.code: R99\n"
            "  condition: selection and not weekly_test\n"
            "integrityd:\n"
            f"  sentence: \"{{user.id}}, {{subject.id}}: {name}\"\n")


def correlation(name, kind, base, group, timespan, condition):
    return (f"title: {name}\nid: {identity(name)}\nname: {name}\n"
            f"level: high\ncorrelation:\n  type: {kind}\n"
            f"  rules: [{base}]\n  group-by: [{group}]\n"
            f"  timespan: {timespan}\n  condition: {{{condition}}}\n"
            "integrityd:\n"
            f"  sentence: \"{{{group}}}: {{count}} within {{timespan}}\"\n")


def write(name, text):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(os.path.join(FOLDER, "lists"))
    for style, count in COUNTS.items():
        hits = HIT[style]
        rules = [event_rule(f"{style}_{i + 1}", *hits[i])
                 for i in range(len(hits))]
        rules += [event_rule(f"{style}_{i + 1}", "none", NEVER[style]())
                  for i in range(len(hits), count)]
        write(f"{style}.yml", "---\n".join(rules))
    write("correlations.yml", "---\n".join(
        [event_rule(*base) for base in BASES]
        + [correlation(*one) for one in CORRELATIONS]))
    write("lists/leavers.txt", "".join(
        f"P{user:04d}\n" for user in RANDOM.sample(range(2000, 5000), 500)))
    write("lists/watched.txt", "".join(
        f"pn:{subject:06x}\n"
        for subject in RANDOM.sample(range(40000, 200000), 2000)))


if __name__ == "__main__":
    main()
