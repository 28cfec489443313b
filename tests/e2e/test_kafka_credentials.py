#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How kafka/ makes itself known to a real broker, and goes on with new
credentials: TLS with certificates of both sides, SASL over TLS."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
from support.certificates import Certificates
from support.kafka_broker import Broker
from support.kafka_probe import Probe, numbers
from support.wait import wait_until

SCRAM = (2, 6, 1)  # of librdkafka


def librdkafka():
    done = subprocess.run(["pkg-config", "--modversion", "rdkafka"],
                          capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.strip().split(".")))


def token(subject, seconds):
    """An unsigned JSON web token (RFC 7519, 6)."""
    now = time.time()
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode())
             .decode().rstrip("=") for part in (
                 {"alg": "none"}, {"sub": subject, "iat": now,
                                   "exp": int(now + seconds)})]
    return ".".join(parts) + "."


class CredentialsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        cls.broker = Broker(certificates=cls.certificates)
        cls.broker.__enter__()
        cls.broker.create_topic("audit", partitions=2)
        cls.total = 0
        probe = Probe(cls.broker.bootstrap, "admin", "topics", "create")
        assert probe.exit() == 0, probe.errors

    @classmethod
    def tearDownClass(cls):
        cls.broker.close()
        cls.certificates.close()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="integrity-credentials-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.probes = []

    def tearDown(self):
        for probe in self.probes:
            if probe.process.poll() is None:
                probe.kill()

    def file(self, name, text):
        """As a service's manager would: written aside and renamed."""
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)
        return path

    def probe(self, bootstrap, *args, settings=None, **environment):
        given = {"ssl.ca.location": self.certificates.ca, **(settings or {})}
        probe = Probe(bootstrap, "one", *args, PROBE_SETTINGS=" ".join(
            f"{key}={value}" for key, value in given.items()), **environment)
        self.probes.append(probe)
        return probe

    def sasl(self, mechanism, *args, **environment):
        settings = {"security.protocol": "SASL_SSL",
                    "sasl.mechanisms": mechanism}
        if mechanism != "OAUTHBEARER":
            settings["sasl.username"] = Broker.USER
        return self.probe(self.broker.sasl, *args, settings=settings,
                          **environment)

    def password(self, mechanism, *args):
        path = self.file("password", Broker.PASSWORDS[mechanism] + "\n")
        return self.sasl(mechanism, *args,
                         PROBE_SECRETS=f"sasl.password={path}")

    def feed(self, count):
        cls = type(self)
        self.broker.produce("audit", numbers(cls.total, cls.total + count))
        cls.total += count

    def check(self):
        """Every record so far has made one alert."""
        wait_until(lambda: len(self.broker.consume("integrity.alerts"))
                   >= self.total, 30, lambda: "all alerts; " + str(
                       [probe.errors[-9:] for probe in self.probes]))
        texts = [record["payload"].split(" ", 1)[1] for record in
                 self.broker.consume("integrity.alerts")]
        self.assertEqual(sorted(texts), sorted(numbers(0, self.total)))

    def check_works(self, probe):
        self.feed(20)
        self.check()
        self.assertEqual(probe.end(), 0, probe.errors)

    def test_tls(self):
        """Certificates of both sides."""
        self.check_works(self.probe(self.broker.tls, "run", settings={
            "security.protocol": "SSL",
            "ssl.certificate.location": self.certificates.client,
            "ssl.key.location": self.certificates.client_key}))

    def test_password(self):
        self.check_works(self.password("PLAIN", "run"))

    @unittest.skipIf(librdkafka() < SCRAM, "its SCRAM is refused")
    def test_scram(self):
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            with self.subTest(mechanism):
                self.check_works(self.password(mechanism, "run"))

    def test_token(self):
        """A token lives for seconds, and the next is taken in time."""
        path = self.file("token", token("integrityd", 10))
        probe = self.sasl("OAUTHBEARER", "run", PROBE_TOKEN=path)
        self.feed(10)
        self.check()
        self.file("token", token("integrityd", 3600))
        # Brokers ask again when a token ends only if told so; new
        # connections do in any case.
        deliver = self.sasl("OAUTHBEARER", "deliver", 1, PROBE_TOKEN=path)
        deliver.wait_told("alert", 3)
        self.assertEqual(deliver.end(), 0)
        self.check_works(probe)
        self.assertFalse(probe.complained("has expired"), probe.errors)

    def test_refused(self):
        """What is wrong is told, without a word of the secrets."""
        check = ("topics", "check")
        cases = [
            (self.probe(self.broker.tls, *check,
                        settings={"security.protocol": "SSL"}),
             "no Kafka broker answers"),
            (self.sasl("OAUTHBEARER", *check, PROBE_TOKEN=self.file(
                "no-token", "secret-text")), "cannot be used"),
            (self.sasl("OAUTHBEARER", *check, PROBE_TOKEN=self.file(
                "old-token", token("integrityd", -10))), "has expired"),
            (self.sasl("PLAIN", *check, PROBE_SECRETS="sasl.password="
                       + self.file("wrong", "secret-text")),
             "Authentication failed")]
        if librdkafka() < SCRAM:
            cases.append((self.password("SCRAM-SHA-256", *check),
                          "or librdkafka 2.6.1"))
        for probe, told in cases:
            with self.subTest(told):
                self.assertEqual(probe.exit(), 78)
                self.assertTrue(probe.complained(told), probe.errors)
                for secret in ("secret-text", *Broker.PASSWORDS.values()):
                    self.assertFalse(probe.complained(secret))

    def test_renewed_password(self):
        """The file is read again: a wrong one fails, the right one heals;
        nothing is lost or doubled."""
        probe = self.password("PLAIN", "run", 5)
        self.feed(20)
        self.check()
        self.file("password", "wrong")
        probe.wait(lambda: probe.complained("new credentials"), "renewal")
        probe.wait(lambda: probe.complained("uthentication"), "refused")
        self.feed(50)
        self.file("password", Broker.PASSWORDS["PLAIN"])
        probe.wait(lambda: len(probe.complained("new credentials")) == 2,
                   "a second renewal")
        self.check_works(probe)

    def test_renewed_certificate(self):
        """A key without its certificate changes nothing; both together are
        used, by inputs and destinations, under load."""
        with open(self.certificates.client, encoding="utf-8") as file:
            certificate = self.file("client.pem", file.read())
        with open(self.certificates.client_key, encoding="utf-8") as file:
            key = self.file("client.key", file.read())
        settings = {"security.protocol": "SSL",
                    "ssl.certificate.location": certificate,
                    "ssl.key.location": key}
        probe = self.probe(self.broker.tls, "run", 5, settings=settings)
        deliver = self.probe(self.broker.tls, "deliver", 1,
                             settings=settings)
        self.feed(50)
        self.check()
        deliver.wait_told("alert", self.total)
        new, new_key = self.certificates.issue(
            "integrityd.example", "renewed", "extendedKeyUsage=clientAuth")
        with open(new_key, encoding="utf-8") as file:
            self.file("client.key", file.read())
        probe.wait(lambda: probe.complained("staying with the old"),
                   "half of a pair is refused")
        self.feed(20)
        with open(new, encoding="utf-8") as file:
            self.file("client.pem", file.read())
        for each in (probe, deliver):
            each.wait(lambda each=each: each.complained("new credentials"),
                      "renewal")
            self.feed(20)
        probe.wait_told("revoked 2")
        deliver.wait_told("stopped")
        self.check_works(probe)
        deliver.wait(lambda: deliver.told(f"alert {self.last_alert()} "),
                     "all alerts are sent")
        self.assertEqual(deliver.end(), 0)

    def last_alert(self):
        return max(record["offset"] for record in
                   self.broker.consume("integrity.alerts"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
