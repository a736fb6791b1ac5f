"""What the tests of a deployment share."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from local_aws import cloud as clouds
from local_aws.cloud import Cloud
from local_aws.server import MACHINES
from local_aws.state import State
from tests.local_aws.checkout import Checkout
from tests.local_aws.raw_stacks import make_function_role

# MiniStack writes a key here while a test imports it.
SCRATCH = tempfile.TemporaryDirectory()
os.environ["STATE_DIR"] = SCRATCH.name

# What `up` would take if it could; another program of the person's often has them.
FAVOURITES = [("127.0.0.1", 4566), ("127.0.0.1", 8501)] if sys.platform == "linux" else []

# What package managers are told by the environment, with passwords in it.
INDEX = {
    "UV_INDEX_MIRROR_USERNAME": "planted-user",
    "UV_INDEX_MIRROR_PASSWORD": "planted-password",
    "UV_PUBLISH_TOKEN": "planted-token",
    "PIP_INDEX_URL": "https://user:planted-password@mirror.example.org/simple",
}


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Bring a deployment up where its favourite ports are taken; tests leave one behind that works."""
    folder = tmp_path_factory.mktemp("checkout")
    checkout = Checkout.copy(folder / "copy", os.environ | INDEX | {"UV_CACHE_DIR": str(folder / "uv-cache")})
    with ExitStack() as taken:
        for place in FAVOURITES:
            # Taken already is as good.
            with suppress(OSError):
                taken.enter_context(socket.create_server(place))
        try:
            checkout.run("up")
            yield checkout
        finally:
            checkout.end()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Start an embedded AWS whose machines somebody else boots and signals for."""
    state = State(tmp_path_factory.mktemp("cloud") / "state")
    state.create()
    before = os.environ.get(MACHINES)
    os.environ[MACHINES] = "outside"
    try:
        running = clouds.start(state)
    finally:
        del os.environ[MACHINES]
        if before is not None:
            os.environ[MACHINES] = before
    make_function_role(running)
    yield running
    running.stop()
    state.remove()


# Brings loopback up, says so, and holds the network until its input ends.
HOLD = """
import fcntl, socket, struct, sys
with socket.socket() as probe:
    fcntl.ioctl(probe, 0x8914, struct.pack("16sh14x", b"lo", 0x49))
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def offline() -> Iterator[list[str]]:
    """Make a network that is loopback and nothing else; what is answered runs a command in it."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("nsenter"):
        pytest.skip("needs a network namespace: run as root on Linux with util-linux installed")
    with subprocess.Popen(
        ["unshare", "--net", sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        try:
            assert holder.stdout.readline() == "ready\n"
            yield ["nsenter", f"--net=/proc/{holder.pid}/ns/net", "--"]
        finally:
            holder.stdin.close()
