# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks of the daemon share: records, rules, processor time."""
import json
import os
import subprocess

from support import process

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(HERE, "rules-50")
TICK = os.sysconf("SC_CLK_TCK")


def records(count):
    """Lines of JSON, as bytes, always the same ones."""
    made = subprocess.run(
        [os.path.join(process.BUILD, "tests", "bench_pipeline"), "--write",
         str(count)], check=True, stdout=subprocess.PIPE)
    return made.stdout


def cpu_seconds(pid):
    """Processor time of all threads of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def starved_seconds(pid):
    """How long its main thread was ready to run and had no processor."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e9


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def report(bench, stage, **values):
    print(json.dumps({"bench": bench, "stage": stage,
                      **{key: round(value, 3) if isinstance(value, float)
                         else value for key, value in values.items()}}),
          flush=True)
