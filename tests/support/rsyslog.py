# SPDX-License-Identifier: Apache-2.0
"""A real rsyslogd as a receiver for tests, by its own configuration.

    with Rsyslog() as receiver:
        ... send RFC 5424 to receiver.port (TCP and UDP), receiver.tls_port,
        receiver.socket (datagrams) or receiver.stream ...
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

from support import process
from support.receiver import Receiver
from support.wait import wait_until

UNPACKED = os.path.join(process.ROOT, "build", "deps", "rsyslog")
# Our name of a field, rsyslog's name of it.
PROPERTIES = (
    ("pri", "pri"), ("version", "protocol-version"),
    ("timestamp", "timereported"), ("hostname", "hostname"),
    ("app_name", "app-name"), ("procid", "procid"), ("msgid", "msgid"),
    ("structured_data", "structured-data"), ("sdata", "$!rfc5424-sd"),
    ("msg", "msg"), ("raw", "rawmsg"), ("input", "inputname"),
)
CONFIG = """
global(workDirectory="%(folder)s" maxMessageSize="512k"
       parser.escapeControlCharactersOnReceive="off"
       net.enableDNS="off" processInternalMessages="on"%(credentials)s)
module(load="imtcp"%(mode)s)
module(load="imptcp")
module(load="imudp")
module(load="imuxsock" sysSock.use="off")
module(load="mmpstrucdata")
%(tcp)s
input(type="imptcp" path="%(stream)s" name="unix-stream" ruleset="seen"
      supportOctetCountedFraming="on")
input(type="imudp" address="127.0.0.1" port="%(port)d" name="udp"
      rcvbufSize="4m" ruleset="seen")
input(type="imuxsock" socket="%(socket)s" useSpecialParser="off"
      parseHostname="on" useSysTimeStamp="off" ignoreTimestamp="off"
      ruleset="seen")
template(name="fields" type="list" option.jsonf="on") {
%(properties)s
}
ruleset(name="seen" queue.type="Direct" parser="rsyslog.rfc5424") {
  action(type="mmpstrucdata" sd_name.lowercase="off")
  action(type="omfile" file="%(output)s" template="fields")
}
action(type="omfile" file="%(log)s")
"""
# One driver for all ports of imtcp: with TLS the plain port is imptcp's.
TCP = """
input(type="%s" address="127.0.0.1" port="%d" name="%s"
      ruleset="seen" supportOctetCountedFraming="on")"""
CREDENTIALS = """
       defaultNetstreamDriver="ossl"
       defaultNetstreamDriverCAFile="%s"
       defaultNetstreamDriverCertFile="%s"
       defaultNetstreamDriverKeyFile="%s\""""
MODE = """ streamDriver.name="ossl" streamDriver.mode="1"
       streamDriver.authMode="x509/certvalid\""""


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


class Rsyslog(Receiver):
    """One rsyslogd with a folder, ports and sockets of its own."""

    name = "rsyslog"
    datagrams = "imuxsock"  # what it calls that input

    def __init__(self, port=None, tls=None):
        super().__init__(port, tls)
        self.stream = os.path.join(self.folder, "stream.socket")

    def config(self):
        values = {"folder": self.folder, "port": self.port,
                  "socket": self.socket, "stream": self.stream,
                  "output": self.output, "log": self.log,
                  "credentials": "", "mode": "",
                  "tcp": TCP % ("imtcp", self.port, "tcp")}
        if self.tls is not None:
            values.update(
                credentials=CREDENTIALS % (self.tls.ca, self.tls.server,
                                           self.tls.server_key),
                mode=MODE, tcp=TCP % ("imptcp", self.port, "tcp")
                + TCP % ("imtcp", self.tls_port, "tls"))
        values["properties"] = "\n".join(
            f'  property(outname="{name}" name="{of}" format="jsonf"'
            + (' dateFormat="rfc3339")' if of == "timereported" else ")")
            for name, of in PROPERTIES)
        return CONFIG % values

    def start(self):
        """Starts it, or starts it again on the same ports and sockets."""
        path = os.path.join(self.folder, "rsyslog.conf")
        # It does not take over a stream socket that is there.
        if os.path.exists(self.stream):
            os.unlink(self.stream)
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.config())
        command, modules = program()
        with open(self.log, "ab") as log:
            self.process = process.start(
                [command, "-n", "-f", path, "-i",
                 os.path.join(self.folder, "rsyslog.pid"), *modules],
                stdout=log, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL)
        wait_until(self.listens, 20, lambda: "rsyslogd listens; its log:\n"
                   + process.tail(self.log))

    def parse(self, line):
        found = json.loads(line, strict=False)
        found["sdata"] = json.loads(found["sdata"] or "{}", strict=False)
        return found
