#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records per second from a topic of a real broker, with rules-50/.

    from_kafka.py [--records N] [--runs N]

The records stand in the topic before the daemon starts.  Measured is what
lies between the first and the last committed offset that was seen, so
neither the start of the daemon nor the join of its group is in it; but the
daemon's processor time is that of its whole life, for it reads ahead.  The
broker's JVM shares the machine: its processor time is told beside ours, and
`starved_s` is how long our main thread waited for a processor.
"""
import argparse
import os
import statistics
import sys
import time

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from bench import load
from support.daemon import Daemon, config
from support.kafka_broker import Broker
from support.wait import wait_until

PARTITIONS = 4


def fill(broker, topic, count):
    broker.create_topic(topic, PARTITIONS)
    broker.kcat("-P", "-t", topic, "-z", "lz4", "-X", "linger.ms=20",
                input=load.records(count))


def run(broker, topic, count, number):
    """One daemon with a group of its own over the whole topic."""
    group = f"bench{number}"
    made = config(broker, [{"topic": topic, "lateness": "1h"}], [load.RULES])
    made["kafka"]["group"] = group
    marks = []

    def mark():
        if daemon.process.poll() is not None:
            raise RuntimeError(daemon.log_text())
        done = sum(offset for (of, _), (offset, _)
                   in broker.committed(group).items() if of == topic)
        if done > 0:
            marks.append((done, time.monotonic(),
                          load.cpu_seconds(daemon.process.pid),
                          load.cpu_seconds(broker.process.pid),
                          load.starved_seconds(daemon.process.pid)))
        return done == count

    with Daemon(made, instance=group) as daemon:
        wait_until(mark, 300, daemon.log_text, 0.05)
        resident = load.resident_bytes(daemon.process.pid)
        if daemon.stop() != 0:
            raise RuntimeError(daemon.log_text())
    first, last = marks[0], marks[-1]
    wall, cpu, java, starved = (last[i] - first[i] for i in (1, 2, 3, 4))
    return {"records": last[0] - first[0], "wall_s": wall,
            "starved_s": starved,
            "events_per_s": (last[0] - first[0]) / wall,
            "events_per_cpu_s": count / last[2],
            "cores": cpu / wall, "broker_cores": java / wall,
            "resident_mb": resident / 1e6}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1000000)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    with Broker(heap="1g") as broker:
        fill(broker, "bench", args.records)
        runs = [run(broker, "bench", args.records, number)
                for number in range(args.runs)]
    values = {key: statistics.median(one[key] for one in runs)
              for key in runs[0]}
    cpu = [one["events_per_cpu_s"] for one in runs]
    load.report("kafka", "daemon", runs=args.runs, **values,
                spread_percent=(max(cpu) - min(cpu)) / values[
                    "events_per_cpu_s"] * 100)


if __name__ == "__main__":
    main()
