"""The stand-ins as folders that a machine's disk has above Ubuntu's own."""

import functools
import http.server
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from data_compute.machine import launch_template
from data_compute.machine.contract import BOOT_FILES

STAND_INS = Path(__file__).with_name("stand_ins")
LIBRARY = "usr/lib/stand-ins"
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
AGENT = "amazon-cloudwatch-agent"
AGENT_HOST = "amazoncloudwatch-agent.s3.amazonaws.com"
AGENT_FOLDER = "opt/aws/amazon-cloudwatch-agent/bin"

# The one name of AWS's that a boot asks for itself.
S3_HOST = "s3.us-east-1.amazonaws.com"

# By system: the stand-in, and where it lies on the disk.
AMAZON_LINUX = {"aws": "usr/bin/aws", "cfn-signal": "opt/aws/bin/cfn-signal", "dnf": "usr/bin/dnf"}
WITHOUT_NAMES = "without_names"
PLACES = {
    "amazon_linux": AMAZON_LINUX,
    "amazon_linux_minimal": {"dnf": "usr/bin/dnf"},
    WITHOUT_NAMES: AMAZON_LINUX,
    "ubuntu": {"snap": "usr/bin/snap"},
}


def lay(folder: Path, ubuntu: Path) -> None:
    """Lay the layer ``common`` and one for each system into a new folder."""
    for system, places in PLACES.items():
        if system != WITHOUT_NAMES:
            hosts = folder / system / "etc/hosts"
            hosts.parent.mkdir(parents=True)
            hosts.write_text(f"127.0.0.1 localhost {AGENT_HOST} {S3_HOST}\n")
        for name, place in places.items():
            _install(STAND_INS / name, folder / system / place, executable=True)
    common = folder / "common"
    for name in ("aws", "cfn-signal"):
        _install(STAND_INS / name, common / LIBRARY / name, executable=True)
    package = _build_agent(folder, common / LIBRARY / f"{AGENT}.deb")
    _offer(folder, ubuntu, package)
    _make_certificate(folder)
    trusted = (ubuntu / AUTHORITIES).read_text() + (folder / "certificate.pem").read_text()
    (common / AUTHORITIES).parent.mkdir(parents=True)
    (common / AUTHORITIES).write_text(trusted)
    # What would take seconds of each boot and is Ubuntu's own: bytecode of its packages, and more keys than one.
    _install(Path(shutil.which("true") or "/bin/true"), common / "usr/bin/py3compile", executable=True)
    (common / "etc/cloud/cloud.cfg.d").mkdir(parents=True)
    (common / "etc/cloud/cloud.cfg.d/99-keys.cfg").write_text("ssh_genkeytypes: [ed25519]\n")


@contextmanager
def own_key_trusted(folder: Path) -> Iterator[None]:
    """Let machines trust the key that signs the stand-in: the one word of the machine's files that the tests change."""
    files = folder / "boot_files"
    shutil.copytree(BOOT_FILES, files)
    script = files / "ubuntu_24_04.sh"
    own = f"readonly log_agent_key={(folder / 'fingerprint').read_text().strip()}"
    changed, count = re.subn(r"^readonly log_agent_key=[0-9A-F]{40}$", own, script.read_text(), flags=re.MULTILINE)
    assert count == 1
    script.write_text(changed)
    with patch.object(launch_template, "BOOT_FILES", files):
        yield


def serve_downloads(listener: socket.socket, folder: Path, offer: str) -> None:
    """Serve the agent's package by HTTPS, at the path that AWS serves it at.

    :param offer: ``downloads``, or ``tampered``: another package with the good one's signature.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    handler = functools.partial(_Quiet, directory=str(folder / offer))
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


def _build_agent(folder: Path, package: Path) -> Path:
    """Build the package of the log agent."""
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
    _pack(tree, package)
    return package


def _pack(tree: Path, package: Path) -> None:
    build = ["dpkg-deb", "--build", "--root-owner-group", "-Znone", str(tree), str(package)]
    subprocess.run(build, check=True, capture_output=True)


def _offer(folder: Path, ubuntu: Path, package: Path) -> None:
    """Put the package, its signature and its key where AWS has them; and elsewhere one that somebody has changed."""
    work = folder / "signed"
    work.mkdir()
    _install(package, work / f"{AGENT}.deb", executable=False)
    # The gpg of the image, as this computer needs none. All that it starts ends with it.
    inside = f"""
        export GNUPGHOME=/mnt/home; mkdir -m 700 "$GNUPGHOME"; cd /mnt
        gpg --batch --quiet --passphrase "" --quick-generate-key "Stand-in" rsa2048 sign never
        gpg --batch --quiet --armor --export >{AGENT}.gpg
        gpg --batch --quiet --detach-sign {AGENT}.deb
        gpg --with-colons --list-keys | sed -n "s/^fpr:*\\([0-9A-F]*\\):$/\\1/p" >fingerprint
    """
    # With a PATH of its own: the caller's may name folders that are not in there.
    enter = 'mount --bind "$1" "$2/mnt" && exec chroot "$2" /usr/bin/env PATH=/usr/sbin:/usr/bin sh -euc "$3"'
    subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", enter, "sh", work, ubuntu, inside],
        check=True,
    )
    shutil.copy(work / "fingerprint", folder)
    tree = folder / "agent"
    architecture = re.findall(r"^Architecture: (\S+)$", (tree / "DEBIAN/control").read_text(), re.MULTILINE)[0]
    for offer in ("downloads", "tampered"):
        place = folder / offer / "ubuntu" / architecture / "latest"
        for name in (f"{AGENT}.deb", f"{AGENT}.deb.sig"):
            _install(work / name, place / name, executable=False)
        _install(work / f"{AGENT}.gpg", folder / offer / "assets" / f"{AGENT}.gpg", executable=False)
    (tree / "usr/lib/from-somebody-else").touch()
    _pack(tree, folder / "tampered/ubuntu" / architecture / "latest" / f"{AGENT}.deb")


def _make_certificate(folder: Path) -> None:
    request = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -addext subjectAltName=DNS:{AGENT_HOST}"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(["openssl", *request.split(), *files], check=True, capture_output=True)
