#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The peers that the end-to-end tests lean on do what those tests assume."""
import os
import socket
import ssl
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
from support.certificates import Certificates
from support.kafka_broker import Broker
from support.kafka_wire import TOPIC_ALREADY_EXISTS, KafkaError
from support.rsyslog import Rsyslog
from support.syslogng import SyslogNg
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


class Receivers:
    """Both real receivers over every way in."""

    kind = None
    certificates = None

    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        cls.addClassCleanup(cls.certificates.close)
        cls.receiver = cls.kind(tls=cls.certificates)
        cls.addClassCleanup(cls.receiver.close)
        cls.receiver.start()

    def check(self, got, name):
        self.assertEqual(
            {key: got[key] for key in
             ("pri", "hostname", "app_name", "msgid", "input")},
            {"pri": "165", "hostname": "mymachine.example.com",
             "app_name": "evntslog", "msgid": "ID47", "input": name})
        self.assertEqual(got["timestamp"].replace("+00:00", "Z"),
                         "2003-10-11T22:14:15.003Z")
        self.assertTrue(got["structured_data"].startswith(
            '[exampleSDID@32473 iut="3" eventSource="Appli\\"cation" '
            'eventID="1011"]'), got)
        self.assertEqual(got["sdata"]["exampleSDID@32473"], {
            "iut": "3", "eventSource": 'Appli"cation', "eventID": "1011"})
        self.assertEqual(got["msg"].lstrip("\ufeff"),
                         'An application event log entry... "\u00e9"')

    def take(self, before, count=1):
        return self.receiver.lines(before + count, 20)[before:]

    def test_octet_counting(self):
        data = MESSAGE.encode()
        frame = b"%d %s" % (len(data), data)
        long = MESSAGE.encode() + b"x" * 150000
        before = len(self.receiver.messages())
        with socket.create_connection(("127.0.0.1",
                                       self.receiver.port)) as peer:
            peer.sendall(frame + frame + b"%d %s" % (len(long), long))
        got = self.take(before, 3)
        self.assertEqual(len(got), 3)
        for each in got[:2]:
            self.check(each, "tcp")
        self.assertTrue(got[2]["msg"].endswith("\"" + "x" * 150000))
        self.receiver.stop()
        self.receiver.start()
        with socket.create_connection(("127.0.0.1",
                                       self.receiver.port)) as peer:
            peer.sendall(frame)
        self.assertEqual(len(self.take(before, 4)), 4)

    def test_tls(self):
        data = MESSAGE.encode()
        context = ssl.create_default_context(cafile=self.certificates.ca)
        context.load_cert_chain(self.certificates.client,
                                self.certificates.client_key)
        before = len(self.receiver.messages())
        with context.wrap_socket(
                socket.create_connection(("127.0.0.1",
                                          self.receiver.tls_port)),
                server_hostname="127.0.0.1") as peer:
            peer.sendall(b"%d %s" % (len(data), data))
            (got,) = self.take(before)
        self.check(got, "tls")

    def test_tls_wants_a_client_certificate(self):
        context = ssl.create_default_context(cafile=self.certificates.ca)
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            with context.wrap_socket(
                    socket.create_connection(("127.0.0.1",
                                              self.receiver.tls_port)),
                    server_hostname="localhost") as peer:
                if not peer.recv(1):
                    raise ConnectionError("closed")

    def test_udp(self):
        before = len(self.receiver.messages())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(MESSAGE.encode(), ("127.0.0.1", self.receiver.port))
        (got,) = self.take(before)
        self.check(got, "udp")

    def test_unix_datagram(self):
        before = len(self.receiver.messages())
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
            peer.sendto(MESSAGE.encode(), self.receiver.socket)
        (got,) = self.take(before)
        self.check(got, self.receiver.datagrams)

    def test_unix_stream(self):
        before = len(self.receiver.messages())
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.connect(self.receiver.stream)
            peer.sendall(MESSAGE.encode() + b"\n")
        (got,) = self.take(before)
        self.check(got, "unix-stream")


class RsyslogReceiver(Receivers, unittest.TestCase):
    kind = Rsyslog


class SyslogNgReceiver(Receivers, unittest.TestCase):
    kind = SyslogNg


if __name__ == "__main__":
    unittest.main()
