# SPDX-License-Identifier: Apache-2.0
"""The few Kafka requests that tests need and kcat has not.

Layouts: kafka.apache.org/protocol, the newest version of each request before
the flexible ones, which a broker of release 4 still speaks.
"""
import socket
import struct

LIST_OFFSETS, METADATA, OFFSET_FETCH, FIND_COORDINATOR = 2, 3, 9, 10
CREATE_TOPICS, DELETE_TOPICS, DELETE_RECORDS = 19, 20, 21
CREATE_PARTITIONS, ALTER_CONFIGS = 37, 44
TOPIC, SET = 2, 0  # of ALTER_CONFIGS
TOPIC_ALREADY_EXISTS = 36
NO_COORDINATOR_YET = (14, 15, 16)
ISOLATION = {"read_uncommitted": 0, "read_committed": 1}


class KafkaError(Exception):
    """A broker's error code (kafka.apache.org/protocol#protocol_error_codes)."""

    def __init__(self, code, message=None):
        super().__init__(f"Kafka error {code}: {message or ''}")
        self.code = code


class Reader:
    """Takes a response apart."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, layout):
        (value,) = struct.unpack_from(">" + layout, self.data, self.at)
        self.at += struct.calcsize(">" + layout)
        return value

    def int8(self):
        return self.take("b")

    def int16(self):
        return self.take("h")

    def int32(self):
        return self.take("i")

    def int64(self):
        return self.take("q")

    def string(self):
        length = self.int16()
        if length < 0:
            return None
        self.at += length
        return self.data[self.at - length:self.at].decode()

    def array(self, member):
        return [member() for _ in range(self.int32())]


def string(text):
    if text is None:
        return struct.pack(">h", -1)
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def array(members):
    members = list(members)
    return struct.pack(">i", len(members)) + b"".join(members)


class Connection:
    """One connection to one broker; use as a context manager."""

    def __init__(self, bootstrap, timeout=30):
        host, port = bootstrap.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.socket.close()

    def receive(self, length):
        data = b""
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            if not part:
                raise ConnectionError("the broker closed the connection")
            data += part
        return data

    def ask(self, key, version, body):
        """One request with header version 1, one response with version 0."""
        header = struct.pack(">hhi", key, version, 1) + string("tests")
        self.socket.sendall(struct.pack(">i", len(header) + len(body))
                            + header + body)
        (length,) = struct.unpack(">i", self.receive(4))
        reader = Reader(self.receive(length))
        reader.int32()
        return reader

    def partitions(self, topics=None):
        """{topic: [partition, ...]}, of all topics if None."""
        asked = struct.pack(">i", -1) if topics is None else array(
            string(topic) for topic in topics)
        reader = self.ask(METADATA, 4, asked + struct.pack(">b", 0))

        def broker():
            return (reader.int32(), reader.string(), reader.int32(),
                    reader.string())

        def partition():
            reader.int16()
            index = reader.int32()
            reader.int32()
            reader.array(reader.int32)
            reader.array(reader.int32)
            return index

        def topic():
            code, name, _ = reader.int16(), reader.string(), reader.int8()
            return code, name, sorted(reader.array(partition))

        reader.int32()
        reader.array(broker)
        reader.string()
        reader.int32()
        return {name: found for code, name, found in reader.array(topic)
                if code == 0}

    def create_topic(self, name, partitions, config, timeout=30):
        body = array([
            string(name) + struct.pack(">ih", partitions, 1) + array([])
            + array(string(key) + string(str(value))
                    for key, value in config.items())])
        reader = self.ask(CREATE_TOPICS, 2, body + struct.pack(
            ">ib", int(timeout * 1000), 0))
        reader.int32()
        reader.int32()
        reader.string()
        code, message = reader.int16(), reader.string()
        if code:
            raise KafkaError(code, message)

    def delete_topic(self, name, timeout=30):
        reader = self.ask(DELETE_TOPICS, 1, array([string(name)])
                          + struct.pack(">i", int(timeout * 1000)))
        reader.int32()
        reader.int32()
        reader.string()
        code = reader.int16()
        if code:
            raise KafkaError(code)

    def set_topic(self, topic, config):
        """Sets some of a topic's settings."""
        settings = array(string(key) + struct.pack(">b", SET) + string(value)
                         for key, value in config.items())
        reader = self.ask(ALTER_CONFIGS, 0, array(
            [struct.pack(">b", TOPIC) + string(topic) + settings])
            + struct.pack(">b", 0))
        reader.int32()
        reader.int32()
        code = reader.int16()
        if code:
            raise KafkaError(code, reader.string())

    def add_partitions(self, topic, count, timeout=30):
        """`count` is how many it has then."""
        reader = self.ask(CREATE_PARTITIONS, 0, array(
            [string(topic) + struct.pack(">ii", count, -1)])
            + struct.pack(">ib", int(timeout * 1000), 0))
        reader.int32()
        reader.int32()
        reader.string()
        code = reader.int16()
        if code:
            raise KafkaError(code, reader.string())

    def delete_records(self, topic, partition, before, timeout=30):
        """What retention does: drops the records before an offset."""
        body = array([string(topic) + array(
            [struct.pack(">iq", partition, before)])])
        reader = self.ask(DELETE_RECORDS, 1, body + struct.pack(
            ">i", int(timeout * 1000)))
        reader.int32()
        reader.int32()
        reader.string()
        reader.int32()
        reader.int32()
        reader.int64()
        code = reader.int16()
        if code:
            raise KafkaError(code)

    def offsets(self, topic, partitions, when=-1,
                isolation="read_uncommitted"):
        """{partition: offset}; `when` is -1 for the end, -2 for the start."""
        body = struct.pack(">ib", -1, ISOLATION[isolation]) + array([
            string(topic) + array(struct.pack(">iq", partition, when)
                                  for partition in partitions)])
        reader = self.ask(LIST_OFFSETS, 2, body)

        def partition():
            index, code = reader.int32(), reader.int16()
            reader.int64()
            if code:
                raise KafkaError(code, f"{topic}/{index}")
            return index, reader.int64()

        reader.int32()
        reader.int32()
        reader.string()
        return dict(reader.array(partition))

    def find_coordinator(self, group):
        """Its error code; asking makes the broker create what it needs."""
        return self.ask(FIND_COORDINATOR, 0, string(group)).int16()

    def committed(self, group):
        """{(topic, partition): (offset, metadata)} of a consumer group, or
        None while the broker has no coordinator for it yet."""
        if self.find_coordinator(group) in NO_COORDINATOR_YET:
            return None
        reader = self.ask(OFFSET_FETCH, 2, string(group)
                          + struct.pack(">i", -1))

        def partition():
            index, offset = reader.int32(), reader.int64()
            metadata, code = reader.string(), reader.int16()
            if code:
                raise KafkaError(code)
            return index, offset, metadata

        def topic():
            return reader.string(), reader.array(partition)

        found = reader.array(topic)
        code = reader.int16()
        if code in NO_COORDINATOR_YET:
            return None
        if code:
            raise KafkaError(code)
        return {(name, index): (offset, metadata)
                for name, members in found
                for index, offset, metadata in members}
