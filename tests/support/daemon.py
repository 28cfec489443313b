# SPDX-License-Identifier: Apache-2.0
"""The real integrityd, with a configuration of its own."""
import json
import os
import shutil
import signal
import tempfile

from support import process
from support.wait import wait_until

PROGRAM = os.path.join(process.BUILD, "integrityd")
CONTROL = os.path.join(process.BUILD, "integrityctl")


class Daemon:
    """One integrityd; `config` is a dict in the form of the YAML file.

    JSON is YAML, so the file is written as JSON.
    """

    def __init__(self, config, instance="1"):
        self.folder = tempfile.mkdtemp(prefix="integrity-daemon-")
        self.path = os.path.join(self.folder, "integrityd.yaml")
        self.log = os.path.join(self.folder, "daemon.log")
        self.instance = instance
        self.process = None
        self.configure(config)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.close()

    def configure(self, config):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(config, file)

    def start(self, *options):
        with open(self.log, "ab") as log:
            self.process = process.start(
                [PROGRAM, "--config", self.path, "--instance",
                 self.instance, *options], stdout=log, stderr=log)

    def logged(self, text, deadline=30):
        """Waits until the log holds `text`."""
        wait_until(lambda: text in self.log_text(), deadline,
                   lambda: f"`{text}` in the log:\n{self.log_text()}")

    def log_text(self):
        return process.tail(self.log, 200)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        """SIGTERM; returns the exit status."""
        return process.stop(self.process)

    def wait(self, deadline=30):
        """Waits until it has ended by itself; returns the exit status."""
        wait_until(lambda: self.process.poll() is not None, deadline,
                   lambda: f"integrityd ends; its log:\n{self.log_text()}")
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def config(broker, topics, rules, destinations=(), **more):
    """The smallest configuration around the given parts."""
    made = {
        "kafka": {"bootstrap": broker.bootstrap, "group": "integrityd",
                  "shards": 4,
                  "librdkafka": {"session.timeout.ms": 6000}},
        "inputs": [topic if isinstance(topic, dict) else {"topic": topic}
                   for topic in topics],
        "rules": rules,
        "destinations": list(destinations),
    }
    made.update(more)
    return made


def tcp(name, port, **more):
    return {"name": name, "transport": "tcp",
            "address": f"127.0.0.1:{port}", "audience": "investigators",
            **more}


def alerts(broker):
    """The values of integrity.alerts, in order, without our own ones."""
    return [alert for alert in
            (json.loads(record["payload"])
             for record in broker.consume("integrity.alerts"))
            if alert["rule"]["type"] != "self"]


def own_alerts(broker, name):
    """The program's own alerts of a name, such as "gap"."""
    return [alert for alert in
            (json.loads(record["payload"])
             for record in broker.consume("integrity.alerts"))
            if alert["rule"]["name"] == "integrityd." + name]


def episodes(values):
    """What was found, as a sorted list: (rule, group, first, last, count),
    by the last revision of each alert that was not merged away."""
    last = {}
    for alert in values:
        if alert["rule"]["type"] != "self":
            last[alert["alert"]] = alert
    return sorted(
        (alert["rule"]["name"],
         tuple(sorted((key, str(value))
                      for key, value in alert["group"].items())),
         alert["first"], alert["last"], alert["count"])
        for alert in last.values() if alert["kind"] != "merged")
