#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes fold_table.h from Unicode's CaseFolding.txt (statuses C and S).

    python3 fold_table.py /usr/share/unicode/CaseFolding.txt > fold_table.h

A range holds every code point from first to last in steps of 1 or 2 whose
folded form lies the same distance away.
"""
import sys

HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/* Made by fold_table.py from {source}; do not edit. */
#ifndef BASE_FOLD_TABLE_H
#define BASE_FOLD_TABLE_H

#include <stdint.h>

static const struct fold_range {{
	uint32_t first, last;
	int32_t distance; /* to the folded form */
	uint32_t step;
}} fold_ranges[] = {{
	/* clang-format off */"""

TAIL = """	/* clang-format on */
};

#endif"""


def read(path):
    with open(path, encoding="utf-8") as lines:
        source = lines.readline().strip("# \n")
        pairs = []
        for line in lines:
            parts = [part.strip() for part in line.split("#")[0].split(";")]
            if len(parts) >= 3 and parts[1] in ("C", "S"):
                pairs.append((int(parts[0], 16), int(parts[2], 16)))
    return source, sorted(pairs)


def ranges(pairs):
    """Greedy: a run goes on while the step and the distance stay."""
    found = []
    for code_point, folded in pairs:
        distance = folded - code_point
        if found:
            run = found[-1]
            step = code_point - run["last"]
            if distance == run["distance"] and step in (run["step"] or 1,
                                                        run["step"] or 2):
                run["last"], run["step"] = code_point, step
                continue
        found.append({"first": code_point, "last": code_point,
                      "distance": distance, "step": 0})
    return found


def main():
    source, pairs = read(sys.argv[1])
    print(HEAD.format(source=source))
    cells = ["{ 0x%x, 0x%x, %d, %d }," % (run["first"], run["last"],
                                          run["distance"], run["step"] or 1)
             for run in ranges(pairs)]
    line = ""
    for cell in cells:
        if line and len(line) + 1 + len(cell) > 72:
            print("\t" + line)
            line = ""
        line += (" " if line else "") + cell
    print("\t" + line)
    print(TAIL)


if __name__ == "__main__":
    main()
