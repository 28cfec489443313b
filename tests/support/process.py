# SPDX-License-Identifier: Apache-2.0
"""Starting and ending the programs that tests talk to."""
import ctypes
import os
import signal
import socket
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
# Where the programs under test were built.
BUILD = os.environ.get("INTEGRITY_BUILD", os.path.join(ROOT, "build", "dev"))


def die_with_parent():
    """For preexec_fn: no process outlives the test that started it."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def start(command, **options):
    """subprocess.Popen() of a process that ends with this one."""
    return subprocess.Popen(command, preexec_fn=die_with_parent, **options)


def stop(process, seconds=20):
    """SIGTERM, and SIGKILL if that does not do; returns the exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


def free_ports(count):
    """Ports of 127.0.0.1 that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def tail(path, lines=40):
    """The end of a log, for a message."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])
    except FileNotFoundError:
        return ""
