#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a producer to a syslog receiver: how late an alert arrives.

    to_syslog.py [--rate N] [--seconds N] [--runs N]

A steady stream of records, one in 25 of which a single-event rule hits, goes
through a real broker and the daemon with rules-50/ and that rule to a TCP
receiver.  A record carries the time at which it was written to the producer;
the alert's sentence carries it on; the receiver takes the difference.
"""
import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from bench import load
from support import process
from support.daemon import Daemon, config, tcp
from support.kafka_broker import Broker
from support.wait import wait_until

HIT_EVERY = 25
WARM_UP_S = 5
RULE = """
title: A record of the benchmark
id: 3f4c1f3e-8a53-4c56-9e0a-8c7b5f1d2e60
name: probe
level: medium
detection:
  probe:
    bench.sent|exists: true
  condition: probe
integrityd:
  sentence: "sent {bench.sent}."
"""


class Receiver(threading.Thread):
    """Takes octet-counted frames (RFC 6587) and stamps them."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.delays = {}  # time sent: seconds until it came first
        self.frames = 0

    def run(self):
        while True:
            peer, _ = self.listener.accept()
            with peer:
                self.read(peer)

    def read(self, peer):
        data = b""
        while True:
            more = peer.recv(1 << 20)
            now = time.monotonic_ns()
            if not more:
                return
            data += more
            while (found := re.match(rb"(\d+) ", data)) is not None:
                end = found.end() + int(found[1])
                if len(data) < end:
                    break
                self.take(data[found.end():end], now)
                data = data[end:]

    def take(self, frame, now):
        self.frames += 1
        found = re.search(rb"sent (\d+)\.", frame)
        if found:
            self.delays.setdefault(int(found[1]),
                                   (now - int(found[1])) / 1e9)


def send(broker, topic, lines, rate):
    """Writes a line every 1/rate s; returns the times of those that hit and
    how far it was behind at worst."""
    sent, behind = [], 0
    # Lines must not wait in a buffer on either side of the pipe.
    with subprocess.Popen(
            ["kcat", "-b", broker.bootstrap, "-P", "-t", topic, "-X",
             "linger.ms=1"], stdin=subprocess.PIPE, bufsize=0,
            preexec_fn=process.die_with_parent) as kcat:
        start = time.monotonic_ns()
        for number, line in enumerate(lines):
            due = start + number * 1000000000 // rate
            now = time.monotonic_ns()
            if now < due:
                time.sleep((due - now) / 1e9)
                now = time.monotonic_ns()
            behind = max(behind, now - due)
            if number % HIT_EVERY == 0:
                sent.append(now)
                line = b'{"bench.sent":%d,%s' % (now, line[1:])
            kcat.stdin.write(line + b"\n")
        kcat.stdin.close()
    return sent, behind / 1e9


def run(broker, number, lines, rate):
    topic = f"latency{number}"
    broker.create_topic(topic, 4)
    receiver = Receiver()
    receiver.start()
    with tempfile.TemporaryDirectory() as folder:
        rule = os.path.join(folder, "probe.yml")
        with open(rule, "w", encoding="utf-8") as file:
            file.write(RULE)
        made = config(broker, [topic], [load.RULES, rule],
                      [tcp("bench", receiver.port)])
        made["kafka"]["group"] = topic
        with Daemon(made, instance=topic) as daemon:
            wait_until(lambda: any(of == topic for of, _ in
                                   broker.committed(topic)) or
                       "assigned" in daemon.log_text(), 60, daemon.log_text)
            sent, behind = send(broker, topic, lines, rate)
            # A further run is told the alerts of those before it, too.
            wait_until(lambda: receiver.delays.keys() >= set(sent), 60,
                       lambda: f"{len(receiver.delays)} of {len(sent)}\n"
                       + daemon.log_text())
            if daemon.stop() != 0:
                raise RuntimeError(daemon.log_text())
    kept = sorted(receiver.delays[at] for at in sent
                  if at >= sent[0] + WARM_UP_S * 10**9)
    return {"alerts": len(kept), "behind_ms": behind * 1000,
            "p50_ms": kept[len(kept) // 2] * 1000,
            "p99_ms": kept[len(kept) * 99 // 100] * 1000,
            "max_ms": kept[-1] * 1000}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=25)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    count = args.rate * (args.seconds + WARM_UP_S)
    lines = load.records(count).splitlines()
    with Broker(heap="1g") as broker:
        runs = [run(broker, number, lines, args.rate)
                for number in range(args.runs)]
    values = {key: statistics.median(one[key] for one in runs)
              for key in runs[0]}
    load.report("latency", "produce to syslog", rate=args.rate,
                seconds=args.seconds, runs=args.runs, **values,
                worst_p99_ms=max(one["p99_ms"] for one in runs))


if __name__ == "__main__":
    main()
