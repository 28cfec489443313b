#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what STYLE says of the sources and a compiler cannot.

Prints one line per fault (file:line: what) and one "ok NAME" or "not ok NAME"
per check; the exit status is 1 if there was a fault.

    lint.py [--root DIR] [--build DIR] [CHECK ...]
"""
import argparse
import os
import re
import subprocess
import sys

FILE_LINES = 600
FUNCTION_LINES = 60
CODE = (".c", ".cc", ".h")
SCRIPTS = (".py", ".sh")
TREES = ("daemon", "plugins", "tests", "packaging")
# Folders whose results may depend on nothing but what is passed in.
PURE = ("text", "model", "decode", "enrich", "rule", "match", "correlate",
        "alert", "state")


def files(root, trees=TREES, ends=CODE):
    """Yields (path relative to root, its lines)."""
    for tree in trees:
        for folder, names, entries in os.walk(os.path.join(root, tree)):
            names[:] = sorted(n for n in names if not n.startswith(".")
                              and n not in ("build", "data", "corpus",
                                            "__pycache__"))
            for entry in sorted(entries):
                path = os.path.join(folder, entry)
                if not ends or entry.endswith(ends):
                    with open(path, encoding="utf-8",
                              errors="replace") as file:
                        yield (os.path.relpath(path, root),
                               file.read().splitlines())


def layers(root):
    """Folder -> layer, from the one place that has it: CMakeLists.txt."""
    with open(os.path.join(root, "CMakeLists.txt"), encoding="utf-8") as file:
        text = file.read()
    return {folder: int(layer)
            for layer, names in re.findall(r"set\(layer_(\d) ([^)]*)\)", text)
            for folder in names.split()}


def check_layers(args):
    """A folder includes itself and lower layers, never a sibling."""
    order = layers(args.root)
    include = re.compile(r'\s*#\s*include\s+"([^"]+)"')
    for path, lines in files(args.root, ("daemon", "tests/unit")):
        parts = path.split(os.sep)
        unit = parts[0] == "tests"
        folder = parts[2] if unit else parts[1]
        if folder == "main.c":
            continue
        if folder not in order:
            yield f"{path}:1: {folder}/ is in no layer of CMakeLists.txt"
            continue
        for number, line in enumerate(lines, 1):
            found = include.match(line)
            if not found:
                continue
            other, slash, _ = found[1].partition("/")
            if unit and other in ("support", "unit"):
                continue
            if not slash or other not in order:
                yield (f'{path}:{number}: include as "folder/header.h", '
                       f'not "{found[1]}"')
            elif other != folder and order[other] >= order[folder]:
                yield f"{path}:{number}: {folder}/ may not know {other}/"


def check_edges(args):
    """librdkafka ends inside kafka/, the clock at the I/O edges."""
    clock = re.compile(r"\b(clock_gettime|gettimeofday|time|localtime\w*"
                       r"|mktime)\s*\(")
    random = re.compile(r"\b(rand|random|drand48|getrandom|getentropy)\s*\(")
    for path, lines in files(args.root, ("daemon",)):
        folder = path.split(os.sep)[1]
        for number, line in enumerate(lines, 1):
            if "<librdkafka/" in line and folder != "kafka":
                yield f"{path}:{number}: librdkafka ends inside kafka/"
            if '"base/clock.h"' in line and folder in PURE:
                yield f"{path}:{number}: {folder}/ has no clock"
            if clock.search(line) and not line.lstrip().startswith(
                    ("*", "/*")) and folder != "base":
                yield f"{path}:{number}: base/clock.c alone reads the clock"
            if random.search(line) and folder in PURE:
                yield f"{path}:{number}: {folder}/ has no randomness"


def check_length(args):
    """Files of at most 600 lines, functions of at most 60."""
    for path, lines in files(args.root, ends=CODE + SCRIPTS):
        if len(lines) > FILE_LINES:
            yield f"{path}:{len(lines)}: {len(lines)} lines"
        if path.endswith(SCRIPTS):
            continue
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start is not None:
                length = number - start + 1
                if length > FUNCTION_LINES:
                    yield f"{path}:{start}: a function of {length} lines"
                start = None


def check_spdx(args):
    """The licence stands in the first line, after a #! at most."""
    for path, lines in files(args.root, ends=CODE + SCRIPTS):
        if lines and lines[0].startswith("#!"):
            lines = lines[1:]
        if not lines or "SPDX-License-Identifier: " not in lines[0]:
            yield f"{path}:1: no SPDX line"


def check_words(args):
    """Nothing of one machine or one day: the tree stands alone."""
    banned = (
        (re.compile(r"(?<![\w.$}/])/(?:home|root|work|mnt|Users)/\w"),
         "a path of one machine"),
        (re.compile(r"\bissues? #?\d+\b", re.I), "an issue number"),
        (re.compile(r"\b(?:FIX" r"ME|XX" r"X)\b"), "unfinished work"),
        (re.compile(r"\bTO" r"DO\b(?!\(?[^:]*safe)"), "unfinished work"),
        (re.compile(r"@auth" r"or\b|^\W*Auth" r"or:", re.I), "an author tag"),
    )
    for path, lines in files(args.root, TREES + ("rules", "systemd"), ()):
        for number, line in enumerate(lines, 1):
            for pattern, what in banned:
                # Sigma rules have a key of that name.
                if what == "an author tag" and path.endswith(".yml"):
                    continue
                if pattern.search(line):
                    yield f"{path}:{number}: {what}: {line.strip()[:60]}"


def objects(build):
    for folder, _, entries in os.walk(build):
        for entry in entries:
            found = re.search(r"/integrity_(\w+)\.dir/.*/(\w+)\.(c|cc)\.o$",
                              os.path.join(folder, entry))
            if found:
                yield os.path.join(folder, entry), found[1], found[2]


def check_exports(args):
    """foo.c exports only foo_*.

    An object may be spread over files: foo_bar.c exports foo_* too if there is
    a foo.c, foo.h or foo_internal.h, and every file in foo/ may.
    """
    if args.build is None:
        return
    for path, folder, stem in sorted(objects(args.build)):
        words = stem.split("_")
        names = [stem, folder]
        for count in range(1, len(words)):
            name = "_".join(words[:count])
            if any(os.path.exists(os.path.join(
                    args.root, "daemon", folder, name + end))
                   for end in (".c", ".h", "_internal.h")):
                names.append(name)
        listing = subprocess.run(
            ["nm", "-g", "--defined-only", "--format=posix", path],
            check=True, capture_output=True, text=True).stdout
        for line in listing.splitlines():
            name, kind = line.split()[:2]
            # Weak ones are C++ inline functions, __ is the sanitizers'.
            if kind in "wWVvu" or name.startswith("__"):
                continue
            if not re.match(rf"({'|'.join(names)})(_|$)", name):
                yield f"{folder}/{stem}: exports {name}"


CHECKS = {
    "layers": check_layers,
    "edges": check_edges,
    "length": check_length,
    "spdx": check_spdx,
    "words": check_words,
    "exports": check_exports,
}


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(
        os.path.dirname(os.path.abspath(__file__)))))
    parser.add_argument("--build", help="built tree, for the check `exports`")
    parser.add_argument("checks", nargs="*", metavar="CHECK",
                        help=", ".join(CHECKS))
    args = parser.parse_args(argv)
    status = 0
    for name in args.checks or CHECKS:
        faults = list(CHECKS[name](args))
        for fault in faults:
            print(fault)
        print(f"{'not ok' if faults else 'ok'} lint.{name}")
        status |= bool(faults)
    return status


if __name__ == "__main__":
    sys.exit(main())
