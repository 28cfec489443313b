# SPDX-License-Identifier: Apache-2.0
"""A real syslog-ng as a receiver for tests, by its own configuration.

    with SyslogNg() as receiver:
        ... send RFC 5424 to receiver.port (TCP and UDP), receiver.tls_port,
        receiver.socket (datagrams) or receiver.stream ...
        receiver.lines(1, deadline=10)

It writes what *it* parsed, one JSON object per message.  It comes from
packaging/install-deps test, unpacked below build/deps, for it cannot be
installed beside rsyslog.
"""
import glob
import json
import os
import subprocess
import sys

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))))
from support import process
from support.receiver import Receiver
from support.wait import wait_until

UNPACKED = os.path.join(process.ROOT, "build", "deps", "syslog-ng")
# Our name of a field, syslog-ng's template of it.  S_: as the sender has it.
FIELDS = (
    ("pri", "$PRI"), ("timestamp", "$S_ISODATE"), ("hostname", "$HOST"),
    ("app_name", "$PROGRAM"), ("procid", "$PID"), ("msgid", "$MSGID"),
    ("structured_data", "$SDATA"), ("msg", "$MESSAGE"), ("raw", "$RAWMSG"),
)
CONFIG = """@version: %(version)s
options {
  use-dns(no); keep-hostname(yes); check-hostname(no); chain-hostnames(no);
  log-msg-size(524288); frac-digits(3); dns-cache(no); send-time-zone("UTC");
  time-zone("UTC"); stats-freq(0); flush-lines(1);
};
%(sources)s
destination seen {
  file("%(output)s" template("$(format-json --key .SDATA.* %(fields)s)\\n"));
};
"""
SOURCES = (
    ("tcp", 'syslog(ip(127.0.0.1) port(%(port)d) transport("tcp") %(more)s)'),
    ("udp", 'syslog(ip(127.0.0.1) port(%(port)d) transport("udp")'
            ' so-rcvbuf(4194304) %(more)s)'),
    ("unix", 'unix-dgram("%(socket)s" so-rcvbuf(4194304) %(more)s)'),
    ("unix-stream", 'unix-stream("%(stream)s" %(more)s)'),
    ("tls", 'syslog(ip(127.0.0.1) port(%(tls_port)d) transport("tls") %(more)s'
            ' tls(key-file("%(key)s") cert-file("%(certificate)s")'
            ' ca-file("%(ca)s") peer-verify(required-trusted)))'),
)


def program(name="syslog-ng"):
    """(its path, the environment it needs, the options it needs)."""
    unpacked = os.path.join(UNPACKED, "usr/sbin", name)
    if not os.path.exists(unpacked):
        raise RuntimeError("no syslog-ng: packaging/install-deps test")
    library = os.path.join(UNPACKED, "usr/lib/syslog-ng")
    (modules,) = glob.glob(os.path.join(library, "[0-9]*"))
    return unpacked, dict(os.environ, LD_LIBRARY_PATH=library), [
        "--module-path", modules]


class SyslogNg(Receiver):
    """One syslog-ng with a folder, ports and sockets of its own."""

    name = "syslog-ng"
    datagrams = "unix"

    def __init__(self, port=None, tls=None):
        super().__init__(port, tls)
        self.stream = os.path.join(self.folder, "stream.socket")

    def config(self, version):
        places = {"port": self.port, "socket": self.socket,
                  "stream": self.stream, "tls_port": self.tls_port}
        if self.tls is not None:
            places.update(ca=self.tls.ca, key=self.tls.server_key,
                          certificate=self.tls.server)
        sources = []
        for name, source in SOURCES:
            if name == "tls" and self.tls is None:
                continue
            flags = "flags(store-raw-message%s)" % (
                "" if source.startswith("syslog(") else ", syslog-protocol")
            sources.append("source s_%s { %s; };\n" % (
                name.replace("-", "_"), source % dict(places, more=flags)))
        for name, _ in SOURCES[:len(sources)]:
            under = name.replace("-", "_")
            sources.append(
                "log { source(s_%s); rewrite { set(\"%s\" value(\"input\")); "
                "}; destination(seen); };\n" % (under, name))
        return CONFIG % {
            "version": version, "sources": "".join(sources),
            "output": self.output,
            "fields": "input=$input " + " ".join(
                f"{name}={template}" for name, template in FIELDS)}

    def start(self):
        """Starts it, or starts it again on the same ports and sockets."""
        path = os.path.join(self.folder, "syslog-ng.conf")
        command, environment, modules = program()
        version = os.path.basename(modules[1])
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.config(version))
        at = {option: os.path.join(self.folder, name) for option, name in (
            ("--persist-file", "persist"), ("--pidfile", "pid"),
            ("--control", "control"))}
        with open(self.log, "ab") as log:
            self.process = process.start(
                [command, "-F", "--no-caps", "-e", "-f", path, *modules,
                 *(word for pair in at.items() for word in pair)],
                env=environment, stdout=log, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, cwd=self.folder)
        wait_until(self.listens, 20, lambda: "syslog-ng listens; its log:\n"
                   + process.tail(self.log))

    def parse(self, line):
        found = json.loads(line, strict=False)
        found["sdata"] = found.pop("_SDATA", {})
        return found
