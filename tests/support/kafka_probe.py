# SPDX-License-Identifier: Apache-2.0
"""A running kafka_probe: a core of one line each, one alert a record."""
import os
import subprocess
import threading

from support import process
from support.wait import wait_until

PROBE = os.environ.get("KAFKA_PROBE", os.path.join(
    process.BUILD, "tests", "kafka_probe"))


class Probe:
    """The process and the lines it has told so far."""

    def __init__(self, bootstrap, instance, *args, **environment):
        self.process = process.start(
            [PROBE, bootstrap, instance, *map(str, args)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, **environment))
        self.lines = []
        self.errors = []
        self.threads = [
            threading.Thread(target=self.read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.lines),
                         (self.process.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def read(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))

    def told(self, start):
        return [line for line in list(self.lines) if line.startswith(start)]

    def complained(self, text):
        return [line for line in list(self.errors) if text in line]

    def wait(self, condition, what, seconds=30):
        wait_until(condition, seconds, lambda: "%s; told: %s; log: %s" % (
            what, self.lines[-15:], self.errors[-15:]))

    def wait_told(self, start, count=1, seconds=30):
        self.wait(lambda: len(self.told(start)) >= count,
                  f"{count} x {start!r}", seconds)
        return self.told(start)

    def end(self):
        """SIGTERM; the exit status."""
        status = process.stop(self.process)
        self.join()
        return status

    def exit(self, seconds=30):
        """The exit status of one that ends by itself."""
        status = self.process.wait(seconds)
        self.join()
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.join()

    def join(self):
        for thread in self.threads:
            thread.join(10)
        for stream in (self.process.stdin, self.process.stdout,
                       self.process.stderr):
            stream.close()


def numbers(first, last):
    return [f'{{"n":{i}}}' for i in range(first, last)]
