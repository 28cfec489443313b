#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the operator sees of a running integrityd: metrics, health, status."""
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import unittest

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.daemon import CONTROL, Daemon, config, own_alerts, tcp
from support.kafka_broker import Broker
from support.rsyslog import Rsyslog
from support.wait import wait_until

RULE = """
title: Rule %(name)s
name: %(name)s
level: %(level)s
detection:
  hit:
    event.action: %(name)s
  condition: hit
integrityd:
  sentence: "{user.id} did %(name)s"
"""
WINDOW = """
---
title: Many views
name: burst
level: low
correlation:
  type: event_count
  rules: [view]
  group-by: [user.id]
  timespan: 10m
  condition: {gte: %d}
integrityd:
  sentence: "{user.id} viewed {count}"
"""
# Label names and values are printable; a value's escapes are \\\\ \\" \\n.
SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(?:,|$)')
PACKAGING = os.path.join(process.ROOT, "packaging")
PROMTOOL = shutil.which("promtool") or os.path.join(
    process.ROOT, "build", "deps", "prometheus", "usr", "bin", "promtool")


def parse(text):
    """{(name, frozenset of labels): value}, and the types by family."""
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            if name in types:
                raise ValueError(f"twice: {line}")
            types[name] = kind
        elif not line.startswith("# HELP "):
            name, labels, value = SAMPLE.match(line).groups()
            key = (name, frozenset(LABEL.findall(labels or "")))
            if key in samples:
                raise ValueError(f"twice: {line}")
            samples[key] = float(value)
    return samples, types


def rules(*names, level="low"):
    return "---".join(RULE % {"name": name, "level": level}
                      for name in names)


def event(action, second=0):
    return json.dumps({"@timestamp": f"2026-03-02T21:14:{second:02d}Z",
                       "user.id": "P4471", "event.action": action})


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Seen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()
        cls.broker.__enter__()
        cls.addClassCleanup(cls.broker.close)

    def open(self, name, texts, destinations=(), partitions=2, **more):
        """A daemon that shows itself on a port and a control socket."""
        if name not in self.broker.topics():
            self.broker.create_topic(name, partitions)
        (self.port,) = process.free_ports(1)
        made = config(self.broker, [name], [], destinations)
        made["kafka"]["group"] = name
        daemon = self.daemon = Daemon(made, instance=name)
        self.addCleanup(daemon.close)
        self.socket = os.path.join(daemon.folder, "control.sock")
        self.rules = os.path.join(daemon.folder, "rules")
        os.mkdir(self.rules)
        self.write_rules(texts)
        made["rules"] = [self.rules]
        made["metrics"] = {"address": f"127.0.0.1:{self.port}"}
        made["control"] = {"socket": self.socket}
        made.update(more)
        daemon.configure(made)
        return daemon

    def write_rules(self, text):
        with open(os.path.join(self.rules, "test.yml"), "w",
                  encoding="utf-8") as file:
            file.write(text)

    def get(self, path, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, 10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        except OSError:
            return 0, "", {}
        finally:
            connection.close()

    def metrics(self):
        return parse(self.get("/metrics")[1])[0]

    def value(self, name, **labels):
        return self.metrics().get((name, frozenset(labels.items())))

    def waits_for(self, want, name, **labels):
        wait_until(lambda: self.value(name, **labels) == want, 30,
                   lambda: f"{name}{labels} is {want}, not "
                   f"{self.value(name, **labels)}\n{self.daemon.log_text()}")

    def ready(self):
        wait_until(lambda: self.get("/readyz")[0] == 200, 30,
                   lambda: self.get("/readyz")[1] + self.daemon.log_text())

    def control(self, *arguments):
        done = subprocess.run(
            [CONTROL, *arguments, "--socket", self.socket], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
            timeout=60)
        return done.returncode, done.stdout, done.stderr

    def status(self):
        code, text, errors = self.control("status", "-o", "json")
        self.assertEqual(code, 0, errors)
        return json.loads(text)

    def test_counts_are_what_was_produced(self):
        daemon = self.open("seen", rules("view", "print"))
        self.broker.produce("seen", [event("view", i) for i in range(5)],
                            partition=0)
        self.broker.produce("seen", [event("print", 9), "no JSON"],
                            partition=1)
        daemon.start()
        self.waits_for(7, "integrityd_events_total", input="seen")
        self.ready()
        self.waits_for(0, "integrityd_consumer_lag_records", topic="seen",
                       partition="0")
        self.waits_for(0, "integrityd_consumer_lag_records", topic="seen",
                       partition="1")
        status, text, headers = self.get("/metrics")
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"],
                         "text/plain; version=0.0.4; charset=utf-8")
        samples, types = parse(text)
        for want, name, labels in (
                (1, "integrityd_events_rejected_total", {"input": "seen"}),
                (5, "integrityd_rule_hits_total", {"rule": "view"}),
                (1, "integrityd_rule_hits_total", {"rule": "print"}),
                (5, "integrityd_alerts_total",
                 {"rule": "view", "kind": "open"}),
                (0, "integrityd_alerts_total",
                 {"rule": "view", "kind": "merged"}),
                (1, "integrityd_own_alerts_total", {"name": "rejected"}),
                (1, "integrityd_own_alerts_total", {"name": "ruleset"}),
                (2, "integrityd_partitions_assigned", {}),
                (2, "integrityd_rules_loaded", {}),
                (0, "integrityd_hanging_partitions", {}),
                (0, "integrityd_credential_renewals_total", {}),
                (1, "integrityd_reload_successful", {}),
                (1, "integrityd_ready", {})):
            self.assertEqual(samples[(name, frozenset(labels.items()))],
                             want, name)
        bucket = samples[("integrityd_transaction_duration_seconds_bucket",
                          frozenset({("le", "+Inf")}))]
        self.assertEqual(
            bucket, samples[("integrityd_transactions_total",
                             frozenset({("outcome", "committed")}))])
        self.assertEqual(types["integrityd_transaction_duration_seconds"],
                         "histogram")
        # The event's time is long past; never a person among the labels.
        lag = samples[("integrityd_event_time_lag_seconds",
                       frozenset({("input", "seen")}))]
        self.assertGreater(lag, 0)
        self.assertNotIn("P4471", text)
        self.assertNotIn("P4471", daemon.log_text())
        self.checks(text)

    def checks(self, text):
        """What Prometheus itself says of the metrics."""
        if not os.path.exists(PROMTOOL):
            return
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=text,
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_lag_is_what_is_not_committed(self):
        daemon = self.open("lag", rules("view"), partitions=1,
                           limits={"batch_interval": "4s"})
        daemon.start()
        self.ready()
        self.broker.produce("lag", [event("view", i) for i in range(5)],
                            partition=0)
        # Read, and waiting for the batch to fill.
        self.waits_for(5, "integrityd_consumer_lag_records", topic="lag",
                       partition="0")
        self.assertEqual(self.value("integrityd_events_total", input="lag"),
                         0)
        self.waits_for(0, "integrityd_consumer_lag_records", topic="lag",
                       partition="0")
        self.assertEqual(self.value("integrityd_events_total", input="lag"),
                         5)

    def test_only_partitions_of_ones_own(self):
        first = self.open("shared", rules("view"))
        first.start()
        self.ready()
        with open(first.path, encoding="utf-8") as file:
            made = json.load(file)
        (port,) = process.free_ports(1)
        made["metrics"]["address"] = f"127.0.0.1:{port}"
        made["control"]["socket"] = "none"
        with Daemon(made, instance="shared-2") as second:
            def shown(at):
                self.port = at
                return {labels for name, labels in self.metrics()
                        if name == "integrityd_consumer_lag_records"}

            mine, other = self.port, port
            wait_until(
                lambda: len(shown(mine)) == 1 and len(shown(other)) == 1, 60,
                lambda: f"one each, not {shown(mine)} and {shown(other)}\n"
                + first.log_text() + second.log_text())
            self.assertEqual(len(shown(mine) | shown(other)), 2)

    def test_what_is_shipped_knows_these_metrics(self):
        daemon = self.open("shipped", rules("view"))
        daemon.start()
        self.ready()
        _, types = parse(self.get("/metrics")[1])
        known = set(types) | {name + "_bucket" for name, kind in types.items()
                              if kind == "histogram"}
        for name in ("prometheus/integrityd.rules.yml",
                     "prometheus/integrityd.test.yml",
                     "grafana/integrityd.json"):
            with open(os.path.join(PACKAGING, name),
                      encoding="utf-8") as file:
                used = set(re.findall(r"\bintegrityd_\w+", file.read()))
            self.assertGreater(len(used), 10)
            self.assertEqual(used - known, set(), name)

    def test_shipped_alerts(self):
        if not os.path.exists(PROMTOOL):
            self.skipTest("no promtool")
        done = subprocess.run(
            [PROMTOOL, "test", "rules", "integrityd.test.yml"], text=True,
            cwd=os.path.join(PACKAGING, "prometheus"), check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_http_is_no_more_than_that(self):
        daemon = self.open("http", rules("view"))
        daemon.start()
        self.ready()
        self.assertEqual(self.get("/healthz")[:2], (200, "ok\n"))
        self.assertEqual(self.get("/")[0], 404)
        self.assertEqual(self.get("/metrics", "POST")[0], 501)

    def test_unix_socket(self):
        daemon = self.open("unixly", rules("view"))
        path = os.path.join(daemon.folder, "metrics.sock")
        with open(daemon.path, encoding="utf-8") as file:
            made = json.load(file)
        made["metrics"]["address"] = "unix:" + path
        daemon.configure(made)

        def health():
            connection = UnixConnection(path)
            try:
                connection.request("GET", "/healthz")
                with connection.getresponse() as answer:
                    return answer.status
            except OSError:
                return 0
            finally:
                connection.close()

        # What a dead process leaves behind is in nobody's way.
        for _ in range(2):
            daemon.start()
            wait_until(lambda: health() == 200, 30, daemon.log_text)
            daemon.kill()
        self.assertTrue(os.path.exists(path))

    def test_not_ready_while_a_destination_is_down(self):
        (port,) = process.free_ports(1)
        daemon = self.open("down", rules("view"), [tcp("acu", port)])
        daemon.start()
        self.waits_for(2, "integrityd_partitions_assigned")
        status, text, _ = self.get("/readyz")
        self.assertEqual(status, 503)
        self.assertIn("destination acu is not connected", text)
        self.assertEqual(self.get("/healthz")[0], 200)
        code, text, _ = self.control("health")
        self.assertEqual(code, 1)
        self.assertIn("destination acu is not connected", text)
        self.broker.produce("down", [event("view")], partition=0)
        with Rsyslog(port=port):
            self.ready()
            self.assertEqual(self.control("health")[:2], (0, "ready\n"))
            self.waits_for(1, "integrityd_destination_connected",
                           destination="acu")
            (told,) = self.status()["destinations"]
            self.assertEqual((told["name"], told["connected"]),
                             ("acu", True))

    def test_not_ready_without_partitions(self):
        daemon = self.open("late", rules("view"))
        daemon.start()
        seen = wait_until(lambda: self.get("/readyz")[0], 30,
                          daemon.log_text, pause=0.001)
        # It may be quicker than we are; but then it has its partitions.
        if seen != 503:
            self.assertEqual(self.value("integrityd_partitions_assigned"), 2)
        self.ready()

    def test_status(self):
        daemon = self.open("status", rules("view"))
        self.broker.produce("status", [event("view")], partition=0)
        daemon.start()
        self.waits_for(1, "integrityd_events_total", input="status")
        self.ready()
        self.waits_for(0, "integrityd_consumer_lag_records", topic="status",
                       partition="0")
        told = self.status()
        self.assertEqual((told["instance"], told["ready"], told["lag"]),
                         ("status", True, 0))
        self.assertEqual(told["counts"]["events"], 1)
        self.assertEqual(
            [(each["topic"], each["partition"]) for each in
             told["partitions"]], [("status", 0), ("status", 1)])
        code, text, _ = self.control("status")
        self.assertEqual(code, 0)
        self.assertIn("1 loaded, 0 refused", text)
        code, text, _ = self.control("log-level", "debug")
        self.assertEqual(code, 0)
        daemon.logged("log level debug")

    def test_systemd_is_told(self):
        daemon = self.open("notify", rules("view"))
        self.broker.produce("notify", [event("view")], partition=0)
        path = os.path.join(daemon.folder, "notify.sock")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
            receiver.bind(path)
            receiver.settimeout(30)
            os.environ["NOTIFY_SOCKET"] = path
            try:
                daemon.start()
            finally:
                del os.environ["NOTIFY_SOCKET"]
            self.assertEqual(receiver.recv(4096), b"READY=1")

            def line():
                text = receiver.recv(4096).decode()
                return text if "1 events" in text and "lag 0" in text else ""

            told = wait_until(line, 30, daemon.log_text)
        self.assertRegex(
            told, r"^STATUS=1 rules; 2 partitions, lag 0, newest event \d+ h "
            r"old; 0 of 0 destinations; 1 events, \d alert records.*\n"
            r"WATCHDOG=1$")

    def test_nobody_there(self):
        self.socket = "/nowhere/control.sock"
        code, text, errors = self.control("status")
        self.assertEqual((code, text), (3, ""))
        self.assertIn("is integrityd running?", errors)

    def test_reload(self):
        daemon = self.open("anew", rules("view"))
        self.broker.produce("anew", [event("view")], partition=0)
        daemon.start()
        self.ready()
        self.write_rules(rules("view").replace("condition: hit",
                                               "condition: hot"))
        code, text, errors = self.control("reload", "--wait")
        self.assertEqual((code, text), (2, ""))
        self.assertRegex(errors, r"test\.yml:\d+:\d+")
        self.assertIn("hot", errors)
        self.assertEqual(self.value("integrityd_reload_successful"), 0)
        code, text, _ = self.control("reload", "--wait", "-o", "json")
        answer = json.loads(text)
        self.assertEqual(code, 2)
        self.assertFalse(answer["ok"])
        self.assertTrue(answer["findings"][0]["path"].endswith("test.yml"))
        self.assertRegex(daemon.log_text(), r"test\.yml:\d+:\d+: error\[IR")
        self.write_rules(rules("view", "print"))
        code, text, errors = self.control("reload", "--wait")
        self.assertEqual(code, 0)
        self.assertNotIn("error", errors)
        self.assertIn("2 rules, 1 before", text)
        self.assertEqual(self.value("integrityd_reload_successful"), 1)
        self.assertEqual(self.value("integrityd_rules_loaded"), 2)
        code, _, _ = self.control("reload")
        self.assertEqual(code, 0)
        told = wait_until(
            lambda: [alert for alert in own_alerts(self.broker, "ruleset")
                     if "asked for by user id" in alert["sentence"]
                     and "2 rules" in alert["sentence"]], 30,
            daemon.log_text)
        self.assertIn(f"user id {os.getuid()}", told[0]["sentence"])

    def test_reload_names_what_starts_anew(self):
        daemon = self.open("windows", rules("view", "print") + WINDOW % 10)
        daemon.start()
        self.ready()
        self.write_rules(rules("view", "print", "copy") + WINDOW % 10)
        code, text, _ = self.control("reload", "--wait")
        self.assertEqual((code, text), (0, "4 rules, 3 before\n"))
        self.write_rules(rules("view", "print", "copy") + WINDOW % 11)
        code, text, _ = self.control("reload", "--wait", "-o", "json")
        self.assertEqual(code, 0)
        self.assertEqual(json.loads(text)["reset"], ["burst"])
        self.write_rules(rules("view", "print", "copy") + WINDOW % 12)
        _, text, _ = self.control("reload", "--wait")
        self.assertIn("the windows of burst start anew", text)

    def test_far_fewer_rules_only_by_force(self):
        names = ["view", "print", "logon", "copy"]
        daemon = self.open("force", rules(*names))
        daemon.start()
        self.ready()
        self.broker.produce("force", [event("view")], partition=0)
        self.waits_for(0, "integrityd_consumer_lag_records", topic="force",
                       partition="0")
        self.write_rules(rules(*names[:3]))
        code, text, errors = self.control("reload", "--wait")
        self.assertEqual((code, text), (1, ""))
        self.assertIn("3 rules would be left of 4", errors)
        self.assertEqual(self.value("integrityd_rules_loaded"), 4)
        told = wait_until(
            lambda: [alert for alert in own_alerts(self.broker, "ruleset")
                     if "3 would be left of 4" in alert["sentence"]], 30,
            daemon.log_text)
        self.assertEqual(told[0]["rule"]["level"], "high")
        # By a signal, too; and a start afterwards.
        daemon.reload()
        wait_until(lambda: daemon.log_text().count("would be left of 4") >= 2,
                   30, daemon.log_text)
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        self.assertEqual(daemon.wait(), 78)
        self.assertIn("start once with --force", daemon.log_text())
        self.write_rules(rules(*names))
        daemon.start()
        self.ready()
        self.write_rules(rules(*names[:1]))
        code, text, _ = self.control("reload", "--wait", "--force")
        self.assertEqual(code, 0)
        self.assertIn("1 rules, 4 before", text)
        # What was forced once is what counts from then on, though nothing
        # new comes.
        wait_until(lambda: self.broker.committed("force")[("force", 0)][1]
                   .endswith(" r=1"), 30,
                   lambda: f"{self.broker.committed('force')}")
        self.assertEqual(daemon.stop(), 0)
        daemon.start()
        self.ready()
        self.assertEqual(self.value("integrityd_rules_loaded"), 1)


if __name__ == "__main__":
    unittest.main()
