#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real rsyslogd as a receiver for tests, by its own configuration.

    with Rsyslog() as receiver:
        ... send RFC 5424 to receiver.port (TCP) or receiver.socket ...
        receiver.lines(1, deadline=10)

It writes what *it* parsed, one JSON object per message, and nothing else of
the machine is touched.  It comes from packaging/install-deps test, unpacked
below build/deps, or from the machine.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.wait import wait_until

UNPACKED = os.path.join(process.ROOT, "build", "deps", "rsyslog")
# Our name of a field, rsyslog's name of it.
PROPERTIES = (
    ("pri", "pri"), ("version", "protocol-version"),
    ("timestamp", "timereported"), ("hostname", "hostname"),
    ("app_name", "app-name"), ("procid", "procid"), ("msgid", "msgid"),
    ("structured_data", "structured-data"), ("msg", "msg"),
    ("raw", "rawmsg"), ("input", "inputname"),
)
CONFIG = """
global(workDirectory="%(folder)s" maxMessageSize="512k"
       parser.escapeControlCharactersOnReceive="off"
       net.enableDNS="off" processInternalMessages="on")
module(load="imtcp")
module(load="imuxsock" sysSock.use="off")
input(type="imtcp" address="127.0.0.1" port="%(port)d" name="tcp"
      ruleset="seen" supportOctetCountedFraming="on")
input(type="imuxsock" socket="%(socket)s" useSpecialParser="off"
      parseHostname="on" useSysTimeStamp="off" ignoreTimestamp="off"
      ruleset="seen")
template(name="fields" type="list" option.jsonf="on") {
%(properties)s
}
ruleset(name="seen" queue.type="Direct" parser="rsyslog.rfc5424") {
  action(type="omfile" file="%(output)s" template="fields")
}
action(type="omfile" file="%(log)s")
"""


def program():
    """(rsyslogd, the option that finds its modules)."""
    unpacked = os.path.join(UNPACKED, "usr/sbin/rsyslogd")
    if os.path.exists(unpacked):
        (modules,) = glob.glob(os.path.join(UNPACKED, "usr/lib/*/rsyslog"))
        return unpacked, ["-M", modules]
    found = shutil.which("rsyslogd", path="/usr/sbin:/usr/local/sbin:"
                         + os.environ.get("PATH", ""))
    if found is None:
        raise RuntimeError("no rsyslogd: packaging/install-deps test")
    return found, []


class Rsyslog:
    """One rsyslogd with a folder, a port and a socket of its own."""

    def __init__(self, port=None):
        self.folder = tempfile.mkdtemp(prefix="integrity-rsyslog-")
        self.port = port or process.free_ports(1)[0]
        self.socket = os.path.join(self.folder, "log.socket")
        self.output = os.path.join(self.folder, "messages.json")
        self.log = os.path.join(self.folder, "rsyslog.log")
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
        """Starts it, or starts it again on the same port and socket."""
        config = os.path.join(self.folder, "rsyslog.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG % {
                "folder": self.folder, "port": self.port,
                "socket": self.socket, "output": self.output,
                "log": self.log,
                "properties": "\n".join(
                    f'  property(outname="{name}" name="{of}" format="jsonf"'
                    + (' dateFormat="rfc3339")' if of == "timereported"
                       else ")")
                    for name, of in PROPERTIES)})
        command, modules = program()
        with open(self.log, "ab") as log:
            self.process = process.start(
                [command, "-n", "-f", config, "-i",
                 os.path.join(self.folder, "rsyslog.pid"), *modules],
                stdout=log, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL)
        wait_until(self.listens, 20, lambda: "rsyslogd listens; its log:\n"
                   + process.tail(self.log))

    def listens(self):
        if self.process.poll() is not None:
            raise RuntimeError("rsyslogd ended; its log:\n"
                               + process.tail(self.log))
        # Looking must not connect: that would be one connection too many.
        with open("/proc/net/tcp", encoding="ascii") as file:
            ready = f"0100007F:{self.port:04X} 00000000:0000 0A" in file.read()
        return ready and os.path.exists(self.socket)

    def messages(self):
        """What it has parsed so far, oldest first."""
        with open(self.output, encoding="utf-8", errors="replace") as file:
            text = file.read()
        # The last line may still be being written.
        return [json.loads(line, strict=False)
                for line in text.split("\n")[:-1]]

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

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
