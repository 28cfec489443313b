# SPDX-License-Identifier: Apache-2.0
"""Certificates of one day for tests, made by the openssl program."""
import os
import shutil
import subprocess
import tempfile

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Certificates:
    """A CA, a server of 127.0.0.1 and localhost, and a client, as the paths
    of PEM files."""

    def __init__(self, name="test"):
        self.folder = tempfile.mkdtemp(prefix="integrity-tls-")
        self.ca, self.ca_key = self.make(
            f"{name} CA", "ca", "basicConstraints=critical,CA:TRUE",
            "keyUsage=critical,keyCertSign,cRLSign")
        self.server, self.server_key = self.issue(
            "receiver.example", "server",
            "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "extendedKeyUsage=serverAuth")
        self.client, self.client_key = self.issue(
            "integrityd.example", "client", "extendedKeyUsage=clientAuth")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def make(self, subject, file, *extensions, by=()):
        """(certificate, key); signed by itself or by the CA."""
        paths = [os.path.join(self.folder, f"{file}.{end}")
                 for end in ("pem", "key")]
        options = [word for extension in extensions
                   for word in ("-addext", extension)]
        subprocess.run(
            ["openssl", "req", "-x509", *KEY, "-subj", f"/CN={subject}",
             "-days", "1", "-out", paths[0], "-keyout", paths[1], *options,
             *by], check=True, capture_output=True)
        return paths

    def issue(self, subject, file, *extensions):
        return self.make(subject, file, "basicConstraints=CA:FALSE",
                         *extensions,
                         by=("-CA", self.ca, "-CAkey", self.ca_key))

    def fingerprint(self, path):
        """SHA-256 of a certificate: 64 digits of lower-case hex."""
        done = subprocess.run(
            ["openssl", "x509", "-in", path, "-noout", "-fingerprint",
             "-sha256"], check=True, capture_output=True, text=True)
        return done.stdout.split("=")[1].strip().replace(":", "").lower()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
