#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Apache Kafka broker for tests: one KRaft node on loopback.

    with Broker() as broker:
        broker.create_topic("audit", partitions=4)
        broker.produce("audit", ['{"a":1}'])
        broker.consume("audit")

Run as a program it starts one, prints its bootstrap address, and ends with
its standard input.  The jars come from Maven Central once per user.
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import kafka_wire, process
from support.wait import wait_until

KAFKA = "4.3.1"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>tests</groupId><artifactId>broker</artifactId><version>1</version>
<dependencies>%s</dependencies>
</project>
"""
DEPENDENCY = ("<dependency><groupId>%s</groupId><artifactId>%s</artifactId>"
              "<version>%s</version></dependency>")
# The last one only shows the broker's log.
JARS = (("org.apache.kafka", "kafka_2.13", KAFKA),
        ("org.apache.kafka", "kafka-tools", KAFKA),
        ("org.slf4j", "slf4j-simple", "1.7.36"))
CONFIG = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map":
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    # A broker that was killed is let in again only after its session.
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
}


def jars():
    """The folder with Kafka's jars, filled at first use."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "integrityd", f"kafka-{KAFKA}")
    if os.path.isdir(folder):
        return folder
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    # Filled aside and renamed: a download cut short leaves nothing half.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(folder)) as work:
        with open(os.path.join(work, "pom.xml"), "w",
                  encoding="utf-8") as file:
            file.write(POM % "".join(DEPENDENCY % jar for jar in JARS))
        command = ["mvn", "-q", "-B", f"{PLUGIN}:copy-dependencies",
                   "-DincludeScope=runtime", "-DoutputDirectory=jars"]
        done = subprocess.run(command, cwd=work, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}")
        try:
            os.rename(os.path.join(work, "jars"), folder)
        except OSError:
            if not os.path.isdir(folder):
                raise
    return folder


class Broker:
    """One broker with a folder and ports of its own.

    `proxy_port`: the listener `behind`, whose address is the proxy's.
    `certificates`: the listeners `tls`, which wants a certificate of the
    client, and `sasl` over TLS, which knows PASSWORDS and any unsigned token.
    """
    USER = "integrityd"
    PASSWORDS = {"PLAIN": "plain-pass", "SCRAM-SHA-256": "scram-pass-256",
                 "SCRAM-SHA-512": "scram-pass-512"}

    def __init__(self, config=None, heap="512m", proxy_port=None,
                 certificates=None):
        self.heap = heap
        self.folder = tempfile.mkdtemp(prefix="integrity-kafka-")
        self.log = os.path.join(self.folder, "broker.log")
        self.process = None
        port, controller = process.free_ports(2)
        self.bootstrap = f"127.0.0.1:{port}"
        self.config = dict(
            CONFIG,
            **{"listeners": f"PLAINTEXT://{self.bootstrap},"
                            f"CONTROLLER://127.0.0.1:{controller}",
               "controller.quorum.voters": f"1@127.0.0.1:{controller}",
               "log.dirs": os.path.join(self.folder, "data")})
        self.listeners = []
        self.scram = []
        if proxy_port is not None:
            self.behind = self.listen(
                "BEHIND", "PLAINTEXT", f"127.0.0.1:{proxy_port}")
        if certificates is not None:
            self.secure(certificates)
        if self.listeners:
            self.config["inter.broker.listener.name"] = "PLAINTEXT"
        self.config.update(config or {})

    def listen(self, name, protocol, advertised=None):
        """One more listener; its address."""
        address = f"127.0.0.1:{process.free_ports(1)[0]}"
        self.listeners.append((name, advertised or address))
        self.config["listeners"] += f",{name}://{address}"
        self.config["listener.security.protocol.map"] += f",{name}:{protocol}"
        self.config["advertised.listeners"] = ",".join(
            [f"PLAINTEXT://{self.bootstrap}"]
            + [f"{one}://{there}" for one, there in self.listeners])
        return address

    def secure(self, certificates):
        store = os.path.join(self.folder, "store.pem")
        with open(store, "w", encoding="utf-8") as file:
            for path in (certificates.server_key, certificates.server):
                with open(path, encoding="utf-8") as part:
                    file.write(part.read())
        self.tls = self.listen("TLS", "SSL")
        self.sasl = self.listen("SASL", "SASL_SSL")
        module = "org.apache.kafka.common.security"
        jaas = "listener.name.sasl.{}.sasl.jaas.config"
        mechanisms = list(self.PASSWORDS) + ["OAUTHBEARER"]
        self.config.update({
            "ssl.keystore.type": "PEM", "ssl.keystore.location": store,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": certificates.ca,
            "listener.name.tls.ssl.client.auth": "required",
            "listener.name.sasl.sasl.enabled.mechanisms":
                ",".join(mechanisms),
            "sasl.enabled.mechanisms": ",".join(mechanisms),
            jaas.format("plain"):
                f"{module}.plain.PlainLoginModule required "
                f"user_{self.USER}=\"{self.PASSWORDS['PLAIN']}\";",
            jaas.format("oauthbearer"):
                f"{module}.oauthbearer.OAuthBearerLoginModule required "
                "unsecuredLoginStringClaim_sub=\"broker\";"})
        for mechanism in mechanisms[1:3]:
            self.config[jaas.format(mechanism.lower())] = (
                f"{module}.scram.ScramLoginModule required;")
            self.scram += ["-S", f"{mechanism}=[name={self.USER},iterations=4096,"
                                 f"password={self.PASSWORDS[mechanism]}]"]

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc):
        self.close()

    def java(self, *args):
        return ["java", f"-Xmx{self.heap}", "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-cp", os.path.join(jars(), "*"), *args]

    def start(self):
        """Starts it, or starts it again on the same address and data."""
        properties = os.path.join(self.folder, "server.properties")
        if not os.path.exists(properties):
            with open(properties, "w", encoding="utf-8") as file:
                file.writelines(f"{key}={value}\n"
                                for key, value in self.config.items())
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes)
            subprocess.run(
                self.java("kafka.tools.StorageTool", "format", "-t",
                          cluster.decode().rstrip("=").replace("-", "x"),
                          "-c", properties, *self.scram),
                check=True, stdout=subprocess.DEVNULL)
        with open(self.log, "ab") as log:
            self.process = process.start(
                self.java("kafka.Kafka", properties), stdout=log,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        wait_until(self.answers, 60, lambda: "Kafka answers; its log:\n"
                   + process.tail(self.log))

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError("Kafka ended; its log:\n"
                               + process.tail(self.log))
        try:
            with self.connect() as connection:
                connection.partitions()
                return True
        except OSError:
            return False

    def stop(self):
        """Ends it in order."""
        if self.process is not None:
            process.stop(self.process)
            self.process = None

    def kill(self):
        """Ends it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self):
        return kafka_wire.Connection(self.bootstrap)

    def create_topic(self, name, partitions=1, config=None):
        with self.connect() as connection:
            connection.create_topic(name, partitions, config or {})
            wait_until(lambda: len(connection.partitions([name]).get(
                name, ())) == partitions, 30, f"topic {name}")

    def delete_topics(self, prefix=""):
        """All whose names begin so, but Kafka's own."""
        def found():
            return [topic for topic in self.topics()
                    if topic.startswith(prefix)
                    and not topic.startswith("__")]

        with self.connect() as connection:
            for topic in found():
                connection.delete_topic(topic)
        wait_until(lambda: not found(), 20, "no topics")

    def delete_records(self, topic, partition, before):
        """What retention does: drops the records before an offset."""
        with self.connect() as connection:
            connection.delete_records(topic, partition, before)

    def topics(self):
        """{topic: [partition, ...]}"""
        with self.connect() as connection:
            return connection.partitions()

    def end_offsets(self, topic, isolation="read_uncommitted"):
        """{partition: offset}: the end, or the last stable offset."""
        with self.connect() as connection:
            return connection.offsets(
                topic, connection.partitions([topic])[topic],
                isolation=isolation)

    def start_offsets(self, topic):
        """{partition: offset} of the oldest records still there."""
        with self.connect() as connection:
            return connection.offsets(
                topic, connection.partitions([topic])[topic], when=-2)

    def committed(self, group):
        """{(topic, partition): (offset, metadata)}"""
        with self.connect() as connection:
            found = []

            def coordinated():
                found[:] = [connection.committed(group)]
                return found[0] is not None

            wait_until(coordinated, 30, f"a coordinator of {group}")
            return found[0]

    def kcat(self, *args, **options):
        return subprocess.run(["kcat", "-b", self.bootstrap, *args],
                              check=True, **options)

    def produce(self, topic, lines, key=None, partition=None):
        """Produces one record per line (str or bytes, no newline in it).

        A partition is chosen by the key, at random without one.
        """
        data = b"".join((line.encode() if isinstance(line, str) else line)
                        + b"\n" for line in lines)
        args = ["-P", "-t", topic]
        if key is not None:
            args += ["-k", key]
        if partition is not None:
            args += ["-p", str(partition)]
        self.kcat(*args, input=data)

    def consume(self, topic, isolation="read_committed"):
        """All records up to the end that `isolation` shows, as kcat -J has
        them: dicts of partition, offset, ts, key, payload, headers."""
        done = self.kcat("-C", "-q", "-e", "-J", "-t", topic, "-o",
                         "beginning", "-X", f"isolation.level={isolation}",
                         "-X", "fetch.wait.max.ms=20",
                         stdout=subprocess.PIPE)
        return [json.loads(line) for line in
                done.stdout.decode(errors="replace").split("\n") if line]


if __name__ == "__main__":
    with Broker() as running:
        print(running.bootstrap, flush=True)
        sys.stdin.read()
