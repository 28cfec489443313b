#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each check of lint.py catches its fault and passes what is right."""
import argparse
import os
import subprocess
import tempfile
import unittest

import lint

CMAKE = "set(layer_0 base)\nset(layer_4 match\n\talert)\n"
SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
LONG = "\tx();\n"

# name, check, file, its text, what the fault says (None: no fault)
CASES = (
    ("lower layer", "layers", "daemon/match/a.c",
     '#include "base/span.h"\n#include "match/b.h"\n', None),
    ("sibling", "layers", "daemon/match/a.c",
     '#include "alert/x.h"\n', "a.c:1: match/ may not know alert/"),
    ("higher layer", "layers", "daemon/base/a.h",
     '\n# include "match/x.h"\n', "a.h:2: base/ may not know match/"),
    ("no folder", "layers", "daemon/match/a.c",
     '#include "b.h"\n', 'not "b.h"'),
    ("unknown folder", "layers", "daemon/odd/a.c", "", "odd/ is in no layer"),
    ("test of a sibling", "layers", "tests/unit/match/test_a.c",
     '#include "support/testing.h"\n#include "alert/x.h"\n',
     "test_a.c:2: match/ may not know alert/"),
    ("main knows all", "layers", "daemon/main.c",
     '#include "alert/x.h"\n', None),
    ("kafka elsewhere", "edges", "daemon/alert/a.c",
     "#include <librdkafka/rdkafka.h>\n", "ends inside kafka/"),
    ("kafka at home", "edges", "daemon/kafka/a.c",
     "#include <librdkafka/rdkafka.h>\n", None),
    ("a clock in a stage", "edges", "daemon/match/a.c",
     '#include "base/clock.h"\n', "match/ has no clock"),
    ("the system's clock", "edges", "daemon/engine/a.c",
     "\tnow = time(NULL);\n", "alone reads the clock"),
    ("a word that ends so", "edges", "daemon/engine/a.c",
     "\tnow = event_time(event);\n", None),
    ("chance in a stage", "edges", "daemon/correlate/a.c",
     "\tx = random();\n", "has no randomness"),
    ("file of 600", "length", "daemon/base/a.c", "\n" * 600, None),
    ("file of 601", "length", "daemon/base/a.c", "\n" * 601, "601 lines"),
    ("function of 60", "length", "daemon/base/a.c",
     "{\n" + LONG * 58 + "}\n", None),
    ("function of 61", "length", "daemon/base/a.c",
     "{\n" + LONG * 59 + "}\n", "a.c:1: a function of 61 lines"),
    ("table of 100", "length", "daemon/base/a.c",
     "x[] = {\n" + LONG * 98 + "};\n", None),
    ("licence", "spdx", "daemon/base/a.c", SPDX, None),
    ("licence of a script", "spdx", "tests/a.py",
     "#!/usr/bin/env python3\n# SPDX-License-Identifier: Apache-2.0\n", None),
    ("no licence", "spdx", "daemon/base/a.h", "\n" + SPDX, "no SPDX line"),
    ("machine path", "words", "tests/a.sh",
     "cd /" + "home/me/src\n", "a path of one machine"),
    ("a variable's folder", "words", "tests/a.sh",
     'cp x "$top/' + 'root/x"\n', None),
    ("issue number", "words", "daemon/base/a.c",
     "/* see is" + "sue 12 */\n", "an issue number"),
    ("unfinished", "words", "daemon/base/a.c",
     "/* TO" + "DO: later */\n", "unfinished work"),
    ("unfinished but safe", "words", "daemon/base/a.c",
     "/* TO" + "DO(safe: nobody calls it) */\n", None),
    ("author", "words", "daemon/base/a.c",
     " * @aut" + "hor somebody\n", "an author tag"),
)


class Lint(unittest.TestCase):
    def faults(self, check, root, build=None):
        return list(lint.CHECKS[check](
            argparse.Namespace(root=root, build=build)))

    def test_samples(self):
        for name, check, path, text, want in CASES:
            with self.subTest(name), tempfile.TemporaryDirectory() as root:
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full))
                with open(full, "w", encoding="utf-8") as file:
                    file.write(text)
                with open(os.path.join(root, "CMakeLists.txt"), "w",
                          encoding="utf-8") as file:
                    file.write(CMAKE)
                got = self.faults(check, root)
                if want is None:
                    self.assertEqual(got, [])
                else:
                    self.assertEqual(len(got), 1, got)
                    self.assertIn(want, got[0])

    def test_exports(self):
        source = ("int foo_bar(void) { return 0; }\n"
                  "int base_foo_x = 1;\n"
                  "static int hidden(void) { return 0; }\n"
                  "int stray(void) { return hidden(); }\n"
                  "int foobar(void) { return 0; }\n")
        with tempfile.TemporaryDirectory() as root:
            folder = os.path.join(root, "integrity_base.dir", "daemon")
            os.makedirs(folder)
            os.makedirs(os.path.join(root, "daemon", "base"))

            def faults(name):
                path = os.path.join(folder, name + ".c.o")
                subprocess.run(["cc", "-x", "c", "-c", "-", "-o", path],
                               input=source, text=True, check=True)
                found = sorted(self.faults("exports", root, root))
                os.unlink(path)
                return [fault.split()[-1] for fault in found]

            self.assertEqual(faults("foo"), ["foobar", "stray"])
            self.assertEqual(faults("foo_part"),
                             ["foo_bar", "foobar", "stray"])
            open(os.path.join(root, "daemon/base/foo.h"), "wb").close()
            self.assertEqual(faults("foo_part"), ["foobar", "stray"])


if __name__ == "__main__":
    unittest.main()
