# SPDX-License-Identifier: Apache-2.0
"""What the real receivers of tests have in common."""
import os
import shutil
import signal
import tempfile

from support import process
from support.wait import wait_until


class Receiver:
    """A syslog daemon with a folder, ports and a socket of its own; `tls`
    are the Certificates of its TLS port."""

    name = "receiver"

    def __init__(self, port=None, tls=None):
        self.folder = tempfile.mkdtemp(prefix=f"integrity-{self.name}-")
        self.tls = tls
        free = process.free_ports(2)
        self.port = port or free[0]
        self.tls_port = free[1]
        self.socket = os.path.join(self.folder, "log.socket")
        self.output = os.path.join(self.folder, "messages.json")
        self.log = os.path.join(self.folder, "receiver.log")
        self.process = None
        open(self.output, "ab").close()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc):
        self.close()

    def start(self):
        raise NotImplementedError

    def parse(self, line):
        """One line of its output."""
        raise NotImplementedError

    def listens(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended; its log:\n"
                               + process.tail(self.log))
        # Looking must not connect: that would be one connection too many.
        ports = [self.port] + ([self.tls_port] if self.tls else [])
        with open("/proc/net/tcp", encoding="ascii") as file:
            table = file.read()
        return os.path.exists(self.socket) and all(
            f"0100007F:{port:04X} 00000000:0000 0A" in table
            for port in ports)

    def messages(self):
        """What it has parsed so far, oldest first."""
        with open(self.output, encoding="utf-8", errors="replace") as file:
            text = file.read()
        # The last line may still be being written.
        return [self.parse(line) for line in text.split("\n")[:-1]]

    def lines(self, count, deadline=30):
        """Waits until it has parsed at least `count` messages."""
        def enough():
            found = self.messages()
            return found if len(found) >= count else None

        return wait_until(
            enough, deadline, lambda: f"{count} messages; there are "
            f"{len(self.messages())}; its log:\n{process.tail(self.log)}"
        ) if count else self.messages()

    def stop(self):
        """Ends it in order; senders see the connection close."""
        if self.process is not None:
            process.stop(self.process)
            self.process = None

    def kill(self):
        """Ends it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self):
        """It hangs: the kernel goes on taking what it does not read."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
