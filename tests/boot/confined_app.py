"""An app that tries what it must not, and leaves what came of it in its state directory, at each run of its script."""

import ctypes
import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import streamlit as st

NEW_USER_NAMESPACE = 0x10000000
INIT_MODULE = {"x86_64": 175, "aarch64": 105}[os.uname().machine]


def attempt(call: Callable[..., object], *arguments: object) -> str:
    try:
        return str(call(*arguments))
    except OSError as error:
        return type(error).__name__ if not error.errno else os.strerror(error.errno)


def load_module() -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(INIT_MODULE, b"not a module", 12, b"")
    return os.strerror(ctypes.get_errno())


def write(path: str) -> str:
    Path(path).write_text("written by the app")
    return "written"


OUTCOME = {
    "user": os.getuid(),
    "write": {
        path: attempt(write, path)
        for path in (
            "/etc/app-was-here",
            "/usr/app-was-here",
            "/opt/app-was-here",
            "/opt/data-compute/app/app-was-here",
            "/opt/data-compute/venv/app-was-here",
            "/var/log/app-was-here",
            "/root/app-was-here",
            "/var/lib/app-was-here",
        )
    },
    "keep": {path: attempt(write, path) for path in ("/var/lib/streamlit/kept", "/tmp/kept")},  # noqa: S108
    "read": {
        path: attempt(Path.read_text, Path(path))
        for path in ("/root/secret", "/home/ubuntu/secret", "/etc/shadow", "/etc/data-compute/machine.env")
    },
    "become root": attempt(os.setuid, 0),
    "setuid program": subprocess.run(
        ["/usr/bin/env", "id-as-root", "--user"], capture_output=True, text=True
    ).stdout.strip(),
    "load a module": load_module(),
    "raw socket": attempt(socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "new namespace": attempt(ctypes.CDLL(None).unshare, NEW_USER_NAMESPACE),
    "processes": [path.name for path in Path("/proc").iterdir() if path.name.isdigit()],
    "environment": {name: value for name, value in os.environ.items() if name.startswith("TEXT_")},
}
Path("/var/lib/streamlit/outcome.json").write_text(json.dumps(OUTCOME))
st.write("done")
