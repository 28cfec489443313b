#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What somebody might do to a record so that a rule does not see it. Each
must be matched, or refused in sight.
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

RULES = """
title: A word
name: word
logsource: {product: x}
level: low
detection:
  sel: {reason.text|contains: honeypot}
  condition: sel
---
title: A keyword
name: keyword
logsource: {product: x}
level: low
detection:
  sel: [honeypot]
  condition: sel
---
title: An expression
name: expression
logsource: {product: x}
level: low
detection:
  sel: {reason.text|re: 'honeypot\\z'}
  condition: sel
---
title: A number
name: number
logsource: {product: x}
level: low
detection:
  sel: {query.hits|gt: 50}
  condition: sel
---
title: A name
name: person
logsource: {product: x}
level: low
detection:
  sel: {user.id: P1}
  condition: sel
"""

TEXT = ["expression", "keyword", "word"]
# The digits of a number that no double holds.
HUGE = "9" * 5000

MATCHED = [
    ("behind a lot of padding",
     json.dumps({"reason.text": "x" * 900000 + "honeypot"}), TEXT),
    ("behind many code points",
     json.dumps({"reason.text": "\u20ac" * 100000 + "honeypot"},
                ensure_ascii=False), TEXT),
    ("after a NUL", r'{"reason.text":"\u0000honeypot"}', TEXT),
    ("after a line break", r'{"reason.text":"\nhoneypot"}', TEXT),
    ("in escapes", r'{"re\u0061son\u002etext":"h\u006fneypot"}', TEXT),
    ("under a name with blanks", '{"reason . text":"honeypot"}', TEXT),
    ("both ways of writing a name with blanks",
     '{"reason.text":"x","reason .text":"honeypot"}', TEXT),
    ("last of a long array",
     json.dumps({"reason.text": ["x"] * 50000 + ["honeypot"]}), TEXT),
    ("in an array of objects",
     '{"reason":[{"text":"x"},[{"text":["honeypot"]}]]}', TEXT),
    ("by a letter that folds to another",
     '{"reason.text":"HONEYPOT"}', ["keyword", "word"]),
    ("among bytes that are no UTF-8",
     b'{"reason.text":"\xff\xfehoneypot"}', TEXT),
    ("behind a byte order mark",
     b'\xef\xbb\xbf{"reason.text":"honeypot"}', TEXT),
    ("a number too large for anything", '{"query.hits":1e400}', ["number"]),
    ("many digits", '{"query.hits":%s}' % HUGE, ["number"]),
    ("many digits in a string", '{"query.hits":"%s"}' % HUGE, ["number"]),
    ("many decimals in a string", '{"query.hits":"50.%s1"}' % ("0" * 5000),
     []),  # rounded to 50, as the number would be
    ("a number in a string with blanks", '{"query.hits":" 51 "}', ["number"]),
    ("an exponent", '{"query.hits":"5.1e1"}', ["number"]),
    ("flat, whatever the nested one says",
     '{"user":{"id":"P2"},"user.id":"P1"}', ["person"]),
]

REFUSED = [
    ("twice", '{"user.id":"P1","user.id":"P2"}', "IR1002"),
    ("twice by an escape", r'{"user.id":"P1","user\u002eid":"P2"}', "IR1002"),
    ("twice further in", '{"user":{"id":"P1","id":"P2"}}', "IR1002"),
    ("twice where nobody looks", '{"a":[{"b":1,"b":2}],"user.id":"P1"}',
     "IR1002"),
    ("cut off", '{"user.id":"P1"', "IR1001"),
    ("no object", '["P1"]', "IR1006"),
    ("too deep", '{"a":' * 100 + "1" + "}" * 100, "IR1003"),
    ("no time", '{"@timestamp":"yesterday","user.id":"P1"}', "IR1005"),
    ("two times", '{"@timestamp":["2026-03-02T10:00:00Z"],"user.id":"P1"}',
     "IR1005"),
    ("too large", '{"user.id":"P1","a":"%s"}' % ("x" * 1100000), "IR1004"),
]


class Evasion(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        with open(os.path.join(cls.folder.name, "rules.yml"), "w",
                  encoding="utf-8") as file:
            file.write(RULES)

    def backtest(self, records):
        data = b"".join((one if isinstance(one, bytes) else one.encode()) +
                        b"\n" for one in records)
        done = subprocess.run(
            [CONTROL, "backtest", "-f", "-", "--rules",
             os.path.join(self.folder.name, "rules.yml")], input=data,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_matched(self):
        alerts = self.backtest([one[1] for one in MATCHED])
        for number, (name, _, want) in enumerate(MATCHED):
            with self.subTest(name):
                self.assertEqual(
                    sorted(alert["rule"]["name"] for alert in alerts
                           if any(one["offset"] == number
                                  for one in alert["evidence"])), want)

    def test_refused_in_sight(self):
        for name, record, code in REFUSED:
            with self.subTest(name):
                alerts = self.backtest([record])
                self.assertEqual([alert["rule"]["name"] for alert in alerts],
                                 ["integrityd.rejected"])
                self.assertEqual(alerts[0]["about"], f"- {code}")

    def test_every_refused_record_is_in_the_count(self):
        alerts = self.backtest(["{"] * 5000 + ['{"user.id":"P1"}'] +
                               ["["] * 7)
        self.assertEqual(
            sum(alert["count"] for alert in alerts
                if alert["rule"]["name"] == "integrityd.rejected"), 5007)
        self.assertEqual(len({alert["alert"] for alert in alerts}),
                         len(alerts))


if __name__ == "__main__":
    unittest.main()
