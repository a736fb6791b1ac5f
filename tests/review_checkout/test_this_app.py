"""A change of this app, by the command that people type: as it synthesizes for real."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local_aws.checkout import SOURCES
from tests.review_checkout.scratch import commit, git

pytestmark = pytest.mark.system


def test_what_a_change_of_this_app_does(root: Path, tmp_path: Path) -> None:
    checkout, scratch = tmp_path / "checkout", tmp_path / "scratch"
    for folder in (checkout, scratch):
        folder.mkdir()
    git(checkout, "init", "--quiet", "--initial-branch", "main")
    for name in (*SOURCES, "requirements.txt"):
        subprocess.run(["cp", "-R", str(root / name), str(checkout / name)], check=True)
    commit(checkout)
    edit(checkout / "constructs/data_compute/page/streamlit_machines.py", "ec2.Port.SSH", "ec2.Port.tcp(2222)")
    edit(checkout / "stacks/calculate_mean_stack.py", '"Function"', '"Mean"')

    done = subprocess.run(
        [sys.executable, "-m", "review_checkout", "main"],
        cwd=checkout,
        # Nothing of a copy is compiled for later; nobody listens there.
        env={**os.environ, "PYTHONPATH": str(checkout / "tools"), "PYTHONDONTWRITEBYTECODE": "1"}
        | {"TMPDIR": str(scratch), "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1, done.stderr
    # What the function's new name does is told once; the door that nobody opened shows how it is made.
    assert done.stdout.count("**deploy-fails**") == 1
    assert "`22` → `2222`, only in `doors-open`" in done.stdout
    assert list(scratch.iterdir()) == []
    assert len(git(checkout, "status", "--porcelain").splitlines()) == 2


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
