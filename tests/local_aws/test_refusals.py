"""A first `up` that cannot work says why, and leaves nothing running."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_aws.checkout import Checkout, wait_until

pytestmark = pytest.mark.system


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = Checkout.copy(tmp_path / "copy")
    yield made
    made.end()


def test_an_app_that_the_library_refuses(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "my app").mkdir()
    told = checkout.run("up", "-c", "app=../my app", check=False)
    assert told.returncode == 1
    assert "has no app.py or streamlit_app.py, and no script that imports streamlit: no Python file" in told.stdout
    assert "nothing is left running" in told.stdout
    assert "Traceback" not in told.stdout
    assert checkout.processes() == []
    assert not checkout.state.copies.exists()


def test_ctrl_c(checkout: Checkout) -> None:
    started = checkout.start("up")
    wait_until(lambda: checkout.state.cdk_process.exists() or started.poll() is not None, 20)
    os.killpg(started.pid, signal.SIGINT)
    told, _ = started.communicate(timeout=20)
    assert started.returncode
    assert "nothing is left running" in told
    assert "Traceback" not in told
    assert checkout.processes() == []


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs a small disk: run as root on Linux")
def test_a_full_disk(checkout: Checkout) -> None:
    checkout.state.folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", checkout.state.folder], check=True)
    try:
        told = checkout.run("up", check=False)
        assert told.returncode == 1
        assert told.stdout.startswith("error: 5 MB are free for ")
        assert "`up` needs 50" in told.stdout
        assert checkout.processes() == []
    finally:
        subprocess.run(["umount", checkout.state.folder], check=True)
        shutil.rmtree(checkout.state.folder)
