#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ports of daemon/kafka/ on a real Apache Kafka broker.

kafka_probe is a core of one line each: one alert for each record.
"""
import os
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
from support.kafka_broker import Broker
from support.kafka_probe import Probe, numbers
from support.wait import wait_until


class PortsTest(unittest.TestCase):
    PARTITIONS = 3

    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()
        cls.addClassCleanup(cls.broker.close)

    def setUp(self):
        """A broker without topics, and a group that nobody was in."""
        self.probes = []
        self.group = self.id().rsplit(".", 1)[1]
        if self.broker.process is None:
            self.broker.start()
        self.broker.delete_topics()
        self.broker.create_topic("audit", partitions=self.PARTITIONS)

    def tearDown(self):
        for probe in self.probes:
            if probe.process.poll() is None:
                probe.kill()

    def probe(self, instance, *args):
        probe = Probe(self.broker.bootstrap, instance, *args,
                      PROBE_GROUP=self.group)
        self.probes.append(probe)
        return probe

    def topics(self, verb="create"):
        probe = self.probe("admin", "topics", verb)
        status = probe.exit()
        return status, probe.lines, probe.errors

    def create_topics(self):
        status, _, errors = self.topics()
        self.assertEqual(status, 0, errors)

    def alerts(self):
        """(place, text) of each alert that a reader sees."""
        return [record["payload"].split(" ", 1) for record in
                self.broker.consume("integrity.alerts")]

    def wait_alerts(self, count, seconds=60):
        wait_until(lambda: sum(self.broker.end_offsets(
            "integrity.alerts", "read_committed").values()) >= count, seconds,
            f"{count} alerts")

    def check_each_once(self, texts):
        alerts = self.alerts()
        places = [place for place, _ in alerts]
        self.assertEqual(len(places), len(set(places)), "doubled alerts")
        self.assertEqual(sorted(text for _, text in alerts), sorted(texts))

    # ---- the topics ----

    def test_topics(self):
        """All are created as they must be, and a wrong one is refused."""
        self.create_topics()
        partitions = {name: len(found) for name, found in
                      self.broker.topics().items()
                      if name.startswith("integrity.")}
        self.assertEqual(partitions, {
            "integrity.alerts": 1, "integrity.rejected": 1,
            "integrity.hits": 4, "integrity.state": 4})
        status, lines, errors = self.topics("check")
        self.assertEqual((status, lines), (0, ["CreateTime"]), errors)

    def test_wrong_topics(self):
        wrong = (
            ("integrity.alerts", 1, {"retention.ms": "604800000"},
             "topic integrity.alerts: retention.ms is 604800000, "
             "it must be -1"),
            ("integrity.alerts", 1, {"cleanup.policy": "compact"},
             "topic integrity.alerts: cleanup.policy is compact, "
             "it must be delete"),
            ("integrity.alerts", 2, {"retention.ms": "-1"},
             "topic integrity.alerts: it has 2 partitions, it must have 1"),
            ("integrity.hits", 3, {},
             "topic integrity.hits: it has 3 partitions, it must have 4"),
            ("integrity.state", 4, {"cleanup.policy": "delete"},
             "topic integrity.state: cleanup.policy is delete, "
             "it must be compact"),
        )
        for name, partitions, config, message in wrong:
            with self.subTest(message):
                self.broker.delete_topics("integrity.")
                self.broker.create_topic(name, partitions, config)
                status, _, errors = self.topics()
                self.assertEqual(status, 78)
                self.assertIn(message, errors[-1])

    def test_missing_input(self):
        with self.broker.connect() as connection:
            connection.delete_topic("audit")
        wait_until(lambda: "audit" not in self.broker.topics(), 20, "gone")
        status, _, errors = self.topics()
        self.assertEqual(status, 78)
        self.assertIn("input audit: there is no such topic", errors[-1])

    # ---- transactions ----

    def test_positions(self):
        """Offsets and their metadata are committed with the alerts."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 10), partition=1)
        probe = self.probe("one", "run")
        self.wait_alerts(10)
        probe.wait_told("submitted 1 ok")
        self.assertEqual(self.broker.committed(self.group)[("audit", 1)],
                         (10, "next=10"))
        self.assertEqual(probe.end(), 0)
        # A static member comes back to the same partitions.
        started = time.monotonic()
        probe = self.probe("one", "run")
        probe.wait_told("assigned 1 10 next=10")
        self.assertLess(time.monotonic() - started, 10)
        self.broker.produce("audit", numbers(10, 12), partition=1)
        self.wait_alerts(12)
        self.assertEqual(probe.end(), 0)
        self.check_each_once(numbers(0, 12))

    def test_kill(self):
        """Killed again and again: no alert is lost, none doubled."""
        self.create_topics()
        total, step = 6000, 1000
        for start in range(0, total, step):
            self.broker.produce("audit", numbers(start, start + step))
            probe = self.probe("one", "run", 20)
            probe.wait_told("batch", 2 + start // step)
            probe.kill()
        probe = self.probe("one", "run", 500)
        wait_until(lambda: sum(
            offset for (topic, _), (offset, _) in
            self.broker.committed(self.group).items()) == total, 60,
            "all committed")
        self.assertEqual(probe.end(), 0)
        self.check_each_once(numbers(0, total))

    def test_two_instances(self):
        """Partitions move under load: no alert is lost, none doubled."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 4000))
        first = self.probe("one", "run", 20)
        first.wait_told("submitted 3 ok")
        second = self.probe("two", "run", 20)
        second.wait_told("assigned")
        self.broker.produce("audit", numbers(4000, 6000))
        second.wait_told("submitted 2 ok")
        first.kill()  # its partitions come after its session
        wait_until(lambda: sum(
            offset for (topic, _), (offset, _) in
            self.broker.committed(self.group).items()) == 6000, 60,
            "all committed")
        self.assertEqual(second.end(), 0)
        self.check_each_once(numbers(0, 6000))

    def test_same_instance(self):
        """Of two with the same name the first ends and says why."""
        self.create_topics()
        first = self.probe("one", "run")
        first.wait_told("assigned", 3)
        second = self.probe("one", "run")
        self.assertEqual(first.exit(), 78)
        self.assertTrue(first.complained(
            'another process runs as instance "one"'), first.errors)
        self.broker.produce("audit", numbers(0, 5))
        self.wait_alerts(5)
        self.assertEqual(second.end(), 0)
        self.check_each_once(numbers(0, 5))

    def test_zombie(self):
        """One that was stopped while another took over changes nothing."""
        self.create_topics()
        first = self.probe("one", "run", 5)
        first.wait_told("assigned", 3)
        self.broker.produce("audit", numbers(0, 500))
        first.wait_told("submitted 5 ok")
        os.kill(first.process.pid, signal.SIGSTOP)
        second = self.probe("one", "run", 50)
        self.wait_alerts(500)
        os.kill(first.process.pid, signal.SIGCONT)
        self.assertEqual(first.exit(), 78)
        self.assertEqual(second.end(), 0)
        self.check_each_once(numbers(0, 500))

    def test_broker_restart(self):
        """The broker goes and comes back under load."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 3000))
        probe = self.probe("one", "run", 20)
        probe.wait_told("submitted 5 ok")
        self.broker.kill()
        self.broker.start()
        running = [probe]

        def all_committed():
            # As a service manager would: 75 is started again, 78 is not.
            if running[0].process.poll() == 75:
                running[0] = self.probe("one", "run", 20)
            self.assertNotEqual(running[0].process.poll(), 78,
                                running[0].errors[-9:])
            return sum(offset for (topic, _), (offset, _) in
                       self.broker.committed(self.group).items()) == 3000

        wait_until(all_committed, 90, lambda: "all committed; "
                   f"{running[0].lines[-9:]} {running[0].errors[-9:]}")
        probe = running[0]
        self.assertEqual(probe.end(), 0)
        self.check_each_once(numbers(0, 3000))

    def test_end_without_broker(self):
        """A broker that is gone does not keep us from ending."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 5))
        probe = self.probe("one", "run")
        probe.wait_told("submitted 1 ok")
        deliver = self.probe("two", "deliver", 1)
        deliver.wait_told("alert")
        self.broker.kill()
        self.assertEqual(deliver.end(), 0)
        self.assertEqual(probe.end(), 0)

    # ---- positions ----

    def test_open_transaction(self):
        """A position that is not settled yet is waited for, never taken for
        none."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 8), partition=0)
        probe = self.probe("one", "run")
        self.wait_alerts(8)
        probe.wait_told("submitted 1 ok")
        probe.end()
        hanging = self.probe("x", "hang", 3)
        hanging.wait_told("hanging")
        notes = self.probe("one", "notes")
        self.assertEqual(notes.exit(), 0, notes.errors)
        self.assertEqual(notes.lines, ["note next=8"])
        probe = self.probe("one", "run")
        probe.wait(lambda: probe.complained("trying again"),
                   "a second try", 40)
        self.assertEqual(probe.told("assigned"), [])
        hanging.process.stdin.close()
        hanging.wait_told("aborted")
        probe.wait_told("assigned 0 8 next=8")
        self.assertEqual(probe.end(), 0)

    def test_retention(self):
        """What retention deleted before it was read is told."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 4), partition=0)
        probe = self.probe("one", "run")
        self.wait_alerts(4)
        probe.wait_told("submitted 1 ok")
        self.assertEqual(probe.end(), 0)
        self.broker.produce("audit", numbers(4, 20), partition=0)
        self.broker.delete_records("audit", 0, 9)
        probe = self.probe("one", "run")
        probe.wait_told("gap 0 retention 4 9")
        self.wait_alerts(4 + 11)
        self.assertEqual(probe.end(), 0)
        self.check_each_once(numbers(0, 4) + numbers(9, 20))

    def test_latest(self):
        """Latest is where the first start found the end, for ever; a new
        partition is read from its beginning."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 5), partition=0)
        probe = self.probe("one", "run", 100, "latest")
        probe.wait_told("assigned", 3)
        wait_until(lambda: self.broker.committed(self.group).get(
            ("audit", 0), (0, ""))[0] == 5, 20, "the start is kept")
        probe.kill()
        self.broker.produce("audit", numbers(5, 9), partition=0)
        probe = self.probe("one", "run", 100, "latest")
        self.wait_alerts(4)
        self.assertEqual(probe.end(), 0)
        self.check_each_once(numbers(5, 9))

    def test_idle(self):
        self.create_topics()
        probe = self.probe("one", "run")
        for partition in range(self.PARTITIONS):
            probe.wait_told(f"idle {partition} 1")
        self.broker.produce("audit", numbers(0, 1), partition=2)
        probe.wait_told("idle 2 0")
        probe.wait_told("idle 2 1", 2)
        self.assertEqual(len(probe.told("idle 0")), 1)
        self.assertEqual(probe.end(), 0)

    # ---- destinations ----

    def test_destination(self):
        """One instance sends, another takes over where it committed."""
        self.create_topics()
        self.broker.produce("audit", numbers(0, 10), partition=0)
        probe = self.probe("one", "run")
        self.wait_alerts(10)
        self.assertEqual(probe.end(), 0)
        first = self.probe("one", "deliver", 4)
        first.wait_told("started -1")
        first.wait_told("alert", 10)
        wait_until(lambda: self.broker.committed(
                self.group + ".dest.siem").get(
            ("integrity.alerts", 0), (0, ""))[1] == "sequence=8", 20,
            "the second lot is committed")
        second = self.probe("two", "deliver", 4)
        second.wait(lambda: second.complained("another instance sends")
                    or first.told("stopped"), "the group has settled")
        first.kill()
        second.wait_told("started 8 sequence=8", 1, 40)
        second.wait_told("alert", 2)
        self.assertEqual(second.end(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
