"""The stand-ins as folders that a machine's disk has above Ubuntu's own."""

import functools
import http.server
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path

STAND_INS = Path(__file__).with_name("stand_ins")
LIBRARY = "usr/lib/stand-ins"
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
AGENT = "amazon-cloudwatch-agent"
AGENT_HOST = "amazoncloudwatch-agent.s3.amazonaws.com"
AGENT_FOLDER = "opt/aws/amazon-cloudwatch-agent/bin"

# By operating system: the stand-in, and where it lies on the disk.
PLACES = {
    "amazon_linux": {"aws": "usr/bin/aws", "cfn-signal": "opt/aws/bin/cfn-signal", "dnf": "usr/bin/dnf"},
    "ubuntu": {"snap": "usr/bin/snap"},
}


def lay(folder: Path, ubuntu: Path) -> None:
    """Lay the layers ``common``, ``amazon_linux`` and ``ubuntu`` into a new folder."""
    for system, places in PLACES.items():
        for name, place in places.items():
            _install(STAND_INS / name, folder / system / place, executable=True)
    common = folder / "common"
    _install(STAND_INS / "aws", common / LIBRARY / "aws", executable=True)
    _build_agent(folder, common / LIBRARY / f"{AGENT}.deb")
    _make_certificate(folder)
    trusted = (ubuntu / AUTHORITIES).read_text() + (folder / "certificate.pem").read_text()
    (common / AUTHORITIES).parent.mkdir(parents=True)
    (common / AUTHORITIES).write_text(trusted)


def serve_downloads(listener: socket.socket, folder: Path) -> None:
    """Serve the agent's package by HTTPS, at the path that AWS serves it at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    handler = functools.partial(_Quiet, directory=str(folder / "downloads"))
    server = http.server.ThreadingHTTPServer(("", 0), handler, bind_and_activate=False)
    server.socket.close()
    server.socket = context.wrap_socket(listener, server_side=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def _install(source: Path, target: Path, *, executable: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if executable else 0o644)


def _build_agent(folder: Path, package: Path) -> None:
    """Build the package of the log agent, and put it where AWS's downloads are as well."""
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    tree = folder / "agent"
    for program in (AGENT, f"{AGENT}-ctl"):
        _install(STAND_INS / program, tree / AGENT_FOLDER / program, executable=True)
    _install(STAND_INS / f"{AGENT}.service", tree / f"usr/lib/systemd/system/{AGENT}.service", executable=False)
    # As AWS's package does.
    _install(STAND_INS / f"{AGENT}.preinst", tree / "DEBIAN/preinst", executable=True)
    (tree / "DEBIAN/control").write_text(
        f"Package: {AGENT}\nVersion: 1\nArchitecture: {architecture}\n"
        "Maintainer: the tests <nobody@example.com>\nDescription: stand-in of the CloudWatch agent\n"
    )
    package.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["dpkg-deb", "--build", "--root-owner-group", "-Znone", str(tree), str(package)],
        check=True,
        capture_output=True,
    )
    _install(package, folder / f"downloads/ubuntu/{architecture}/latest/{AGENT}.deb", executable=False)


def _make_certificate(folder: Path) -> None:
    request = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=DNS:{AGENT_HOST}"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(["openssl", *request.split(), *files], check=True, capture_output=True)
