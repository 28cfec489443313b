#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between kafka/ and a real broker, made to happen: by a
proxy that keeps requests back, and by topics that change underneath."""
import os
import struct
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
from support.kafka_broker import Broker
from support.kafka_probe import Probe, numbers
from support.proxy import Proxy
from support.wait import wait_until

# kafka.apache.org/protocol#protocol_api_keys
END_TXN, TXN_OFFSET_COMMIT = 26, 28


def spoil_generation(frame):
    """A TxnOffsetCommit of another generation of the group."""
    data = bytearray(frame.data)
    at = 4 + 8
    (length,) = struct.unpack_from(">h", data, at)
    at += 2 + max(length, 0)
    if frame.version < 3:
        raise AssertionError(f"version {frame.version} holds no generation")
    at += 1 + data[at]     # no tagged fields; data[at] is 0
    for _ in range(2):     # compact strings, shorter than 127 bytes
        at += data[at]
    at += 8 + 2            # producer id and epoch
    struct.pack_into(">i", data, at, 9999)
    return bytes(data)


class EdgesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The broker behind it must know the proxy's port, and it the other.
        cls.proxy = Proxy(None)
        cls.addClassCleanup(cls.proxy.close)
        cls.broker = Broker(proxy_port=cls.proxy.port)
        host, port = cls.broker.behind.split(":")
        cls.proxy.target = (host, int(port))
        cls.addClassCleanup(cls.broker.close)
        cls.broker.start()

    def setUp(self):
        """A broker without topics, and a group that nobody was in."""
        self.group = self.id().rsplit(".", 1)[1]
        self.probes = []
        self.broker.delete_topics()
        self.broker.create_topic("audit", partitions=2)
        probe = self.probe(self.broker.bootstrap, "admin", "topics", "create")
        self.assertEqual(probe.exit(), 0, probe.errors)

    def tearDown(self):
        for probe in self.probes:
            if probe.process.poll() is None:
                probe.kill()

    def probe(self, bootstrap, *args, **environment):
        probe = Probe(bootstrap, *args, PROBE_GROUP=self.group,
                      **environment)
        self.probes.append(probe)
        return probe

    def run_probe(self, *args, **environment):
        return self.probe(self.proxy.address, "one", "run", *args,
                          **environment)

    def texts(self, isolation="read_committed"):
        return [record["payload"].split(" ", 1)[1] for record in
                self.broker.consume("integrity.alerts", isolation)]

    def wait_texts(self, wanted, probe):
        wait_until(lambda: len(self.texts()) >= len(wanted), 60, lambda:
                   f"{len(wanted)} alerts; {probe.lines[-9:]} "
                   f"{probe.errors[-9:]}")
        self.assertEqual(sorted(self.texts()), sorted(wanted))

    def test_stray_end(self):
        """An EndTxn that was repeated comes late, while a later transaction
        is open: it must not commit what that one aborts (KIP-890)."""
        proxy, strays = self.proxy, []

        def keep_once(frame):
            proxy.on(END_TXN, None)
            proxy.on(TXN_OFFSET_COMMIT, late)
            proxy.keep(frame)

        def late(frame):
            """The second transaction's; its records may come behind."""
            proxy.on(TXN_OFFSET_COMMIT, None)
            threading.Thread(target=disturb, args=(frame,),
                             daemon=True).start()

        def disturb(frame):
            wait_until(lambda: len(self.texts("read_uncommitted")) > 5, 10,
                       "the second transaction's records")
            strays.append(len(proxy.kept))
            proxy.release()
            time.sleep(0.3)  # the stray is on a connection of its own
            frame.connection.broker.sendall(spoil_generation(frame))

        probe = self.run_probe()
        probe.wait_told("assigned", 2)
        proxy.on(END_TXN, keep_once)
        self.broker.produce("audit", numbers(0, 5), partition=0)
        probe.wait_told("submitted 1 ok")
        self.broker.produce("audit", numbers(5, 9), partition=0)
        probe.wait_told("submitted 2 aborted")
        self.assertEqual(strays, [1], (probe.lines, probe.errors))
        # A new producer had taken over before the stray came.
        self.assertEqual(probe.told("producers")[0], "producers 1")
        self.assertEqual(probe.told("producers")[1], "producers 2")
        self.wait_texts(numbers(0, 9), probe)
        # The aborted ones are in the topic, and nobody sees them.
        self.assertEqual(sorted(self.texts("read_uncommitted")),
                         sorted(numbers(0, 9) + numbers(5, 9)))
        self.assertEqual(probe.end(), 0)

    def test_cut_connections(self):
        """Connections that break again and again lose and double nothing."""
        probe = self.run_probe(20)
        probe.wait_told("assigned", 2)
        for start in range(0, 1000, 200):
            self.broker.produce("audit", numbers(start, start + 200))
            self.proxy.cut()
        self.wait_texts(numbers(0, 1000), probe)
        self.assertEqual(probe.end(), 0)

    def test_call_that_hangs(self):
        """A broker that takes and never answers: a call has its time, then
        the process ends to be started again."""
        probe = self.run_probe(PROBE_PATIENCE="3")
        probe.wait_told("assigned", 2)
        self.broker.produce("audit", numbers(0, 5), partition=0)
        probe.wait_told("submitted 1 ok")
        self.proxy.on(END_TXN, lambda frame: self.proxy.swallow())
        self.broker.produce("audit", numbers(5, 9), partition=0)
        self.assertEqual(probe.exit(40), 75, probe.errors)
        self.assertTrue(probe.complained("has not returned for 3 s"),
                        probe.errors)
        self.proxy.on(END_TXN, None)
        self.proxy.resume()
        probe = self.run_probe()
        self.wait_texts(numbers(0, 9), probe)
        self.assertEqual(probe.end(), 0)

    def test_too_large(self):
        """One record that the topic does not take is named; batches of small
        ones go through."""
        with self.broker.connect() as connection:
            connection.set_topic("integrity.alerts",
                                 {"max.message.bytes": "2000"})
        # Not asked for at the start: learnt from the refusal.
        probe = self.run_probe(200)
        probe.wait_told("assigned", 2)
        self.broker.produce("audit", numbers(0, 150), partition=0)
        self.wait_texts(numbers(0, 150), probe)
        self.broker.produce("audit", ["x" * 3000], partition=1)
        probe.wait_told("refused 0 1900")
        self.assertEqual(probe.end(), 0)

    def test_new_partition(self):
        """A partition that is added is read from its beginning, also where
        the input starts at the latest."""
        probe = self.run_probe(100, "latest",
                               PROBE_SETTINGS="topic.metadata.refresh."
                               "interval.ms=500")
        probe.wait_told("assigned", 2)
        with self.broker.connect() as connection:
            connection.add_partitions("audit", 3)
        wait_until(lambda: len(self.broker.topics()["audit"]) == 3, 20,
                   "three partitions")
        self.broker.produce("audit", numbers(0, 5), partition=2)
        self.wait_texts(numbers(0, 5), probe)
        self.assertEqual(probe.end(), 0)

    def test_first_transaction(self):
        """A new producer has its metadata: its first transaction waits for
        none (1 s without)."""
        probe = self.run_probe()
        probe.wait_told("assigned", 2)
        self.broker.produce("audit", numbers(0, 5), partition=0)
        probe.wait_told("submitted 1 ok")
        self.broker.produce("audit", numbers(5, 9), partition=0)
        probe.wait_told("submitted 2 ok")
        took = int(probe.told("took")[0].split()[1])
        self.assertLess(took, 900)
        self.assertEqual(probe.told("producers")[1], "producers 1")
        self.assertEqual(probe.end(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
