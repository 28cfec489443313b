# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy before a Kafka broker that can keep requests back.

    with Proxy(target) as proxy:        # proxy.port is what brokers advertise
        proxy.on(26, lambda frame: proxy.keep(frame))

A frame is one request: frame.key, frame.data (its length in front), and the
connection it came on.  A hook returns the bytes to pass on, or None.
"""
import socket
import struct
import threading


class Frame:
    def __init__(self, connection, data):
        self.connection = connection
        self.data = data
        self.key, self.version = struct.unpack_from(">hh", data, 4)


class Connection:
    """Two sockets and a thread for each direction."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.broker = socket.create_connection(proxy.target)
        self.is_kept = False
        for run in (self.requests, self.responses):
            threading.Thread(target=run, daemon=True).start()

    @staticmethod
    def read(source, length):
        data = b""
        while len(data) < length:
            part = source.recv(length - len(data))
            if not part:
                raise OSError("closed")
            data += part
        return data

    def requests(self):
        try:
            while True:
                length = self.read(self.client, 4)
                data = length + self.read(self.client,
                                          struct.unpack(">i", length)[0])
                data = self.proxy.pass_on(Frame(self, data))
                if data is not None:
                    self.broker.sendall(data)
        except OSError:
            self.close()

    def responses(self):
        try:
            while True:
                data = self.broker.recv(65536)
                if not data:
                    break
                self.proxy.open.wait()
                if not self.is_kept:
                    self.client.sendall(data)
        except OSError:
            pass
        self.is_kept = False
        self.close()

    def close(self):
        self.hang_up(self.client)
        if not self.is_kept:
            self.hang_up(self.broker)

    @staticmethod
    def hang_up(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()


class Proxy:
    def __init__(self, target, port=0):
        self.target = target
        self.hooks = {}
        self.kept = []
        self.connections = []
        self.open = threading.Event()
        self.open.set()
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.connections.append(Connection(self, client))
            except OSError:
                client.close()

    def on(self, key, hook):
        """hook(frame) for each request of an API key; None: no more."""
        self.hooks[key] = hook

    def pass_on(self, frame):
        self.open.wait()
        hook = self.hooks.get(frame.key)
        return frame.data if hook is None else hook(frame)

    def swallow(self):
        """Nothing passes any more, and nothing is closed."""
        self.open.clear()

    def resume(self):
        self.open.set()

    def keep(self, frame):
        """Keeps a request and breaks the client's side of its connection."""
        self.kept.append(frame)
        frame.connection.is_kept = True
        frame.connection.hang_up(frame.connection.client)

    def release(self):
        """What was kept reaches the broker now."""
        while self.kept:
            frame = self.kept.pop()
            frame.connection.broker.sendall(frame.data)

    def cut(self):
        """Breaks all connections."""
        for connection in self.connections:
            connection.close()
        self.connections.clear()

    def close(self):
        self.listener.close()
        self.open.set()
        self.cut()
