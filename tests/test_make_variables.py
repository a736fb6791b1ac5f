"""What a person gives to make is data: it reaches the command as it is, or is refused, and nothing runs it."""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# Ninety runs of make.
pytestmark = pytest.mark.system

# Each would make the file x, or be another word, if make or a shell read it.
VALUES = (
    "a; touch x",
    "a'; touch x; '",
    'a"; touch x; "',
    "a\ntouch x",
    "$(touch x)",
    "`touch x`",
    "$(shell touch x)",
    "$$(touch x)",
    "${HOME} $HOME $$",
    "a && touch x || touch x & touch x | touch x",
    "a > x",
    "* ?",
    "a # b",
    "a \\",
    "-x",
)
EACH = pytest.mark.parametrize("value", VALUES, ids=map(repr, VALUES))

OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "WEB_FROM", "SSH_FROM", "SETTINGS", "COPY", "UPGRADE", "PYTHON")

# Writes down how many arguments it was given, its name and the arguments, and only puts settings in for real.
STAND_IN = """#!/bin/sh
printf '%s\\0' "$#" "${{0##*/}}" "$@" >>{record}
[ "${{2:-}}" = ops.with_settings ] && exec {python} "$@"
exit 0
"""


@dataclass(frozen=True)
class Checkout:
    """A copy of the Makefile between stand-ins for all that it runs."""

    folder: Path

    def make(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run make; it must not have run what is only data."""
        # These tests may themselves run under make, which would tell this one that it is nested, and what it was given.
        environment = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
        made = subprocess.run(
            ["make", *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60
        )
        assert not (self.folder / "x").exists(), made.stdout + made.stderr
        return made

    def make_ready(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run make as if the set-up were done."""
        return self.make("--old-file=.venv/.ready", "--old-file=node_modules/.ready", *arguments)

    @property
    def ran(self) -> list[list[str]]:
        """The commands that ran in the end, with their arguments."""
        words = iter((self.folder / "record").read_text(encoding="utf-8").split("\0")[:-1])
        commands = [[next(words) for _ in range(int(count) + 1)] for count in words]
        return [command for command in commands if "ops.with_settings" not in command]


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Checkout:
    shutil.copy(root / "Makefile", tmp_path)
    (tmp_path / "ops").symlink_to(root / "ops")
    stand_in = STAND_IN.format(record=tmp_path / "record", python=sys.executable)
    for name in ("python", "cdk", "uv", "npm"):
        file = tmp_path / ".venv" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(stand_in)
        file.chmod(0o755)
    (tmp_path / "node_modules").mkdir()
    for folder in (".venv", "node_modules"):
        (tmp_path / folder / ".ready").touch()
    return Checkout(tmp_path)


UP = ["python", "-m", "local_aws", "up"]
SYNTH = ["cdk", "synth", "--quiet"]
DIFF = ["cdk", "diff"]
DEPLOY = ["python", "-m", "ops", "deploy", "--", "cdk", "deploy", "--all"]
DESTROY = ["cdk", "destroy", "--all"]


@EACH
def test_doors(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready("up", "synth", "diff", "deploy", "destroy", f"WEB_FROM={value}", f"SSH_FROM=s{value}")

    assert (done.returncode, done.stderr) == (0, "")
    doors = ["-c", f"web_from={value}", "-c", f"ssh_from=s{value}"]
    # What is removed needs no door.
    assert checkout.ran == [*([*command, *doors] for command in (UP, SYNTH, DIFF, DEPLOY)), DESTROY]


@EACH
def test_settings_with_a_quoted_value(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready(
        "up", "synth", "diff", "deploy", "destroy", f"SETTINGS=-c copy={shlex.quote(value)} -c port=1"
    )

    assert (done.returncode, done.stderr) == (0, "")
    settings = ["-c", f"copy={value}", "-c", "port=1"]
    assert checkout.ran == [[*command, *settings] for command in (UP, SYNTH, DIFF, DEPLOY, DESTROY)]


@EACH
def test_settings_that_are_none(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready("deploy", f"SETTINGS={value}")

    assert done.returncode == 2
    assert done.stderr.startswith(f"error: SETTINGS={value!r}: ")
    assert not checkout.ran


@EACH
def test_copies(checkout: Checkout, value: str) -> None:
    verbs = ["status", "start", "stop", "key", "ssh"]
    done = checkout.make_ready(*verbs, f"COPY={value}")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [["python", "-m", "ops", verb, f"--copy={value}"] for verb in verbs]


@EACH
def test_upgrade_is_yes_whatever_it_says(checkout: Checkout, value: str) -> None:
    checkout.make_ready("lock", f"UPGRADE={value}")

    assert [command for command in checkout.ran if "--upgrade" in command]
    assert not [word for command in checkout.ran for word in command if value in word]


@pytest.fixture
def not_set_up(checkout: Checkout, root: Path) -> Checkout:
    """Give a checkout that calls the real set-up."""
    shutil.copytree(root / "tools", checkout.folder / "tools")
    for name in ("requirements-dev.txt", "pyproject.toml"):
        (checkout.folder / name).touch()
    (checkout.folder / ".venv" / ".ready").unlink()
    return checkout


@EACH
def test_a_python_that_is_none(not_set_up: Checkout, value: str) -> None:
    done = not_set_up.make(".venv/.ready", f"PYTHON={value}")

    assert done.returncode == 2
    assert f"found no Python as PYTHON={value}; install one" in done.stderr


def test_a_python_whose_path_holds_a_space(not_set_up: Checkout) -> None:
    python = not_set_up.folder / "my python"
    python.write_text('#!/bin/sh\n[ "$1" = -c ]\n')
    python.chmod(0o755)
    (not_set_up.folder / ".venv" / "bin" / "python").unlink()
    done = not_set_up.make(".venv/.ready", f"PYTHON={python}")

    assert f"set-up: {python} cannot make a virtual environment" in done.stderr


def test_nothing_given(checkout: Checkout) -> None:
    done = checkout.make_ready("up", "synth", "diff", "deploy", "destroy", "status")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [UP, SYNTH, DIFF, DEPLOY, DESTROY, ["python", "-m", "ops", "status"]]
