"""What the machine gets for its front beside the guard: units that systemd understands, and digests of a secret."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from data_compute.machine.contract import BOOT_FILES, read_contract
from data_compute.page.streamlit_machines import SERVICE
from tests.constructs.machine.test_files import UNIT, needs_systemd

FRONT = SERVICE.with_name("front")
# As AWS's command line answers, of a secret whose values are files here.
AWS = """#!/bin/bash
set -e
[ "$1 $2 $3 $4" = "secretsmanager get-secret-value --secret-id arn:secret" ]
[ ! -f "$6" ] || exec cat "$6"
cat error >&2
exit 254
"""
NOW, BEFORE = "now" * 20, "before" * 10
NO_SUCH_VERSION = "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: none"


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    assert understood(tmp_path, [UNIT, *units()], [FRONT / "guard.conf"]) == (0, "")


def understood(folder: Path, units: list[Path], drop_ins: list[Path]) -> tuple[int, str]:
    """Let systemd read units, and drop-ins of the first; give its exit status and what it has to say."""
    beside = folder / f"{units[0].name}.d"
    beside.mkdir()
    for file, there in [*((unit, folder) for unit in units), *((drop_in, beside) for drop_in in drop_ins)]:
        # This machine has no such server, and systemd asks.
        (there / file.name).write_text(re.sub(r"/opt/data-compute/venv/bin/\w+", "/bin/echo", file.read_text()))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(unit.name for unit in units)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return checked.returncode, checked.stderr


def units() -> list[Path]:
    return sorted(FRONT.glob("origin-secret.*"))


def test_the_guard_runs_what_the_unit_would() -> None:
    [usual] = re.findall(r"^ExecStart=/opt/data-compute/venv/bin/streamlit (.+)$", UNIT.read_text(), re.MULTILINE)
    guarded = (FRONT / "guard.conf").read_text()
    parts = f"{read_contract(BOOT_FILES)['FILES']}/parts"

    assert f"\nExecStart=\nExecStart=/opt/data-compute/venv/bin/python -P {parts}/front/guard.py {usual}\n" in guarded


def test_all_name_one_file_of_digests() -> None:
    named = {path.name: set(re.findall(r"/run/\S+", path.read_text())) for path in FRONT.iterdir()}

    assert {name: found for name, found in named.items() if found} == {
        "guard.conf": {"/run/data-compute/origin-secret"},
        "origin-secret.service": {"/run/data-compute/origin-secret"},
    }


@pytest.fixture
def fetch(tmp_path: Path) -> list[str]:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aws").write_text(AWS)
    (tmp_path / "bin" / "aws").chmod(0o755)
    (tmp_path / "bin" / "sleep").symlink_to("/bin/true")
    return ["/bin/bash", str(FRONT / "fetch_secret.sh"), "digests"]


def run(fetch: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        fetch, cwd=folder, env={"PATH": path, "ORIGIN_SECRET": "arn:secret"}, capture_output=True, text=True
    )


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def test_a_new_secret_has_one_digest_and_a_changed_one_two(fetch: list[str], tmp_path: Path) -> None:
    (tmp_path / "AWSCURRENT").write_text(f"{NOW}\n")
    (tmp_path / "error").write_text(NO_SUCH_VERSION)
    done = run(fetch, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "digests").read_text() == f"{digest(NOW)}\n"
    # The guard is nobody in particular.
    assert (tmp_path / "digests").stat().st_mode & 0o777 == 0o644

    (tmp_path / "AWSPREVIOUS").write_text(f"{BEFORE}\n")
    assert run(fetch, tmp_path).returncode == 0
    assert (tmp_path / "digests").read_text() == f"{digest(NOW)}\n{digest(BEFORE)}\n"
    assert {path.name for path in tmp_path.glob("digests*")} == {"digests"}


@pytest.mark.parametrize("there", [[], ["AWSCURRENT"]], ids=["of the first", "of the second"])
def test_what_is_refused_leaves_the_file_as_it_is(fetch: list[str], tmp_path: Path, there: list[str]) -> None:
    (tmp_path / "digests").write_text("known\n")
    (tmp_path / "error").write_text("An error occurred (ThrottlingException): later")
    for stage in there:
        (tmp_path / stage).write_text(f"{NOW}\n")

    done = run(fetch, tmp_path)

    assert done.returncode == 1
    assert "ThrottlingException" in done.stderr
    assert (tmp_path / "digests").read_text() == "known\n"


@pytest.mark.parametrize("value", ["None", "", "a-word-that-can-be-guessed"], ids=["binary", "none", "short"])
def test_a_secret_that_can_be_guessed_is_none(fetch: list[str], tmp_path: Path, value: str) -> None:
    (tmp_path / "digests").write_text("known\n")
    (tmp_path / "AWSCURRENT").write_text(f"{value}\n")

    done = run(fetch, tmp_path)

    assert done.returncode == 1
    assert "the secret's AWSCURRENT is shorter than 32 characters, or binary" in done.stderr
    assert (tmp_path / "digests").read_text() == "known\n"


def test_the_page_starts_whatever_aws_does() -> None:
    guarded = (FRONT / "guard.conf").read_text()
    assert "\nWants=origin-secret.service\n" in guarded
    assert "After=" not in guarded
