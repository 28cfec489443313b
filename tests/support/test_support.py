#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The peers that the end-to-end tests lean on do what those tests assume."""
import os
import socket
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
from support.kafka_broker import Broker
from support.kafka_wire import TOPIC_ALREADY_EXISTS, KafkaError
from support.rsyslog import Rsyslog
from support.wait import wait_until

# RFC 5424, section 6.5, example 3, with a byte order mark before the text.
MESSAGE = ('<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog '
           '- ID47 [exampleSDID@32473 iut="3" eventSource="Appli\\"cation" '
           'eventID="1011"] \ufeffAn application event log entry... "\u00e9"')


class Wait(unittest.TestCase):
    def test_returns_the_value(self):
        left = [3, 0, 0]
        self.assertEqual(wait_until(left.pop, 1), 3)

    def test_says_what(self):
        with self.assertRaisesRegex(TimeoutError, "a miracle"):
            wait_until(lambda: False, 0.05, "a miracle")


class Kafka(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()
        cls.addClassCleanup(cls.broker.close)
        cls.broker.start()

    def test_produce_and_consume(self):
        self.broker.create_topic("records", 3, {"cleanup.policy": "compact"})
        self.broker.produce("records", ["one", "two \u00e9"], "k", 2)
        got = [(record["partition"], record["offset"], record["key"],
                record["payload"])
               for record in self.broker.consume("records")]
        self.assertEqual(got, [(2, 0, "k", "one"), (2, 1, "k", "two \u00e9")])
        self.assertEqual(self.broker.end_offsets("records"),
                         {0: 0, 1: 0, 2: 2})
        self.assertEqual(self.broker.topics()["records"], [0, 1, 2])
        self.assertEqual(self.broker.committed("nobody"), {})

    def test_topic_twice(self):
        self.broker.create_topic("twice")
        with self.assertRaises(KafkaError) as caught:
            self.broker.create_topic("twice")
        self.assertEqual(caught.exception.code, TOPIC_ALREADY_EXISTS)

    def test_retention(self):
        self.broker.create_topic("old")
        self.broker.produce("old", ["1", "2", "3"])
        self.broker.delete_records("old", 0, 2)
        self.assertEqual(self.broker.start_offsets("old"), {0: 2})
        self.assertEqual([record["payload"] for record
                          in self.broker.consume("old")], ["3"])

    def test_survives_a_kill(self):
        self.broker.create_topic("durable")
        self.broker.produce("durable", ["kept"])
        self.broker.kill()
        self.broker.start()
        self.assertEqual([record["payload"] for record
                          in self.broker.consume("durable")], ["kept"])


class Receiver(unittest.TestCase):
    def check(self, got, name):
        self.assertEqual(
            {key: got[key] for key in
             ("pri", "version", "timestamp", "hostname", "app_name", "procid",
              "msgid", "structured_data", "input")},
            {"pri": "165", "version": "1",
             "timestamp": "2003-10-11T22:14:15.003Z",
             "hostname": "mymachine.example.com", "app_name": "evntslog",
             "procid": "-", "msgid": "ID47", "input": name,
             "structured_data": '[exampleSDID@32473 iut="3" '
                                'eventSource="Appli\\"cation" '
                                'eventID="1011"]'})
        self.assertEqual(got["msg"].lstrip("\ufeff"),
                         'An application event log entry... "\u00e9"')

    def test_octet_counting(self):
        data = MESSAGE.encode()
        frame = b"%d %s" % (len(data), data)
        long = MESSAGE.encode() + b"x" * 150000
        with Rsyslog() as receiver:
            with socket.create_connection(("127.0.0.1",
                                           receiver.port)) as peer:
                peer.sendall(frame + frame + b"%d %s" % (len(long), long))
            got = receiver.lines(3, 20)
            self.assertEqual(len(got), 3)
            for each in got[:2]:
                self.check(each, "tcp")
            self.assertTrue(got[2]["msg"].endswith("\"" + "x" * 150000))
            receiver.stop()
            receiver.start()
            with socket.create_connection(("127.0.0.1",
                                           receiver.port)) as peer:
                peer.sendall(frame)
            self.assertEqual(len(receiver.lines(4, 20)), 4)

    def test_unix_datagram(self):
        with Rsyslog() as receiver:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
                peer.sendto(MESSAGE.encode(), receiver.socket)
            (got,) = receiver.lines(1, 20)
            self.check(got, "imuxsock")


if __name__ == "__main__":
    unittest.main()
