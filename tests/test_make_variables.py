"""What a person gives to make is data: it reaches the command as it is, or is refused, and nothing runs it.

And it counts only where it stands on make's own command line.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ops.fake_aws import IDENTITY
from tests.ops.fake_page import answering

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

OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_GIVEN", "UPGRADE", "PYTHON")

# Writes down how many arguments it was given, its name and the arguments, and only puts settings in for real.
STAND_IN = """#!/bin/sh
printf '%s\\0' "$#" "${{0##*/}}" "$@" >>{record}
[ "${{2:-}}" = ops.with_settings ] && exec {python} "$@"
exit 0
"""


@dataclass(frozen=True)
class Checkout:
    """A copy of the Makefile between stand-ins for all that it runs, and an AWS that says whose it is."""

    folder: Path
    aws: str

    def make(self, *arguments: str, **exported: str) -> "subprocess.CompletedProcess[str]":
        """Run make; it must not have run what is only data."""
        # These tests may themselves run under make, which would tell this one that it is nested, and what it was given.
        environment = {name: value for name, value in os.environ.items() if name not in OF_MAKE} | exported
        keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "eu-central-1"}
        made = subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env=environment | exported | keys | {"AWS_ENDPOINT_URL": self.aws},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert not (self.folder / "x").exists(), made.stdout + made.stderr
        # What `make diff` and `make bootstrap` say first.
        made.stderr = made.stderr.replace(f"AWS: the embedded AWS on this laptop ({self.aws})\n", "")
        return made

    def make_ready(self, *arguments: str, **exported: str) -> "subprocess.CompletedProcess[str]":
        """Run make as if the set-up were done."""
        return self.make("--old-file=.venv/.ready", "--old-file=node_modules/.ready", *arguments, **exported)

    @property
    def ran(self) -> list[list[str]]:
        """The commands that ran in the end, with their arguments."""
        record = self.folder / "record"
        words = iter(record.read_text(encoding="utf-8").split("\0")[:-1] if record.exists() else ())
        commands = [[next(words) for _ in range(int(count) + 1)] for count in words]
        return [command for command in commands if "ops.with_settings" not in command]


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Iterator[Checkout]:
    shutil.copy(root / "Makefile", tmp_path)
    for name in ("tools", "stacks", "lambda_src", "docs"):
        (tmp_path / name).symlink_to(root / name)
    stand_in = STAND_IN.format(record=tmp_path / "record", python=sys.executable)
    for name in ("python", "cdk", "uv", "npm"):
        file = tmp_path / ".venv" / "bin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(stand_in)
        file.chmod(0o755)
    # Each start of Python would compile anew.
    (tmp_path / ".venv" / "cache").symlink_to(root / ".venv" / "cache")
    (tmp_path / "node_modules").mkdir()
    for folder in (".venv", "node_modules"):
        (tmp_path / folder / ".ready").touch()
    with answering(200, body=IDENTITY) as sts:
        yield Checkout(tmp_path, sts.url)


UP = ["python", "-m", "local_aws", "up"]
SYNTH = ["cdk", "synth", "--quiet"]
DIFF = ["cdk", "diff"]
DEPLOY = ["python", "-m", "ops", "deploy", "--", "cdk", "deploy", "--all"]
OPERATED = ("destroy", "status", "start", "stop", "key", "ssh")
WATCH = ["python", "-m", "local_aws", "watch"]


@EACH
def test_a_setting_reaches_every_command_as_it_is(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready("up", "synth", "diff", "deploy", f"ENTRY_FILE={value}", f"ALLOW_ORIGINS=s{value}")

    assert (done.returncode, done.stderr) == (0, "")
    # -c, a setting, -c, a setting.
    assert [command[:-4] for command in checkout.ran] == [UP, SYNTH, DIFF, DEPLOY]
    for command in checkout.ran:
        assert {*command[-3::2]} == {f"entry_file={value}", f"allow_origins=s{value}"}


@EACH
def test_settings_with_a_quoted_value(checkout: Checkout, value: str) -> None:
    given = f"SETTINGS=-c entry_file={shlex.quote(value)} -c port=9000"
    done = checkout.make_ready("up", "synth", "diff", "deploy", given)

    assert (done.returncode, done.stderr) == (0, "")
    settings = ["-c", f"entry_file={value}", "-c", "port=9000"]
    assert checkout.ran == [[*command, *settings] for command in (UP, SYNTH, DIFF, DEPLOY)]


@pytest.mark.parametrize("words", [["APP"], ["APP=../my", "app"], ["upp"]])
def test_a_word_that_is_no_command_runs_nothing(checkout: Checkout, words: list[str]) -> None:
    done = checkout.make_ready("up", *words)

    assert done.returncode == 2
    said = "`make` lists them; a setting is NAME=value, and a value with spaces stands in quotes, APP='../my app'."
    assert f"*** {words[-1]} is no command of make's: {said}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not checkout.ran


@pytest.mark.parametrize("verb", ["class", "my-ip", "logs"])
def test_a_command_of_ops_is_named(checkout: Checkout, verb: str) -> None:
    done = checkout.make_ready(verb)

    assert done.returncode == 2
    assert done.stderr.endswith(f"*** {verb} is no command of make's: .venv/bin/python -m ops {verb}.  Stop.\n")


@EACH
def test_settings_that_are_none(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready("deploy", f"SETTINGS={value}")

    assert done.returncode == 2
    assert done.stderr.startswith(f"error: SETTINGS={value!r}: ")
    assert not checkout.ran


@EACH
def test_a_door_that_is_none(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready("deploy", f"WEB_FROM={value}")

    assert done.returncode == 2
    assert done.stderr.startswith(f"error: web_from={value!r}: ")
    assert not checkout.ran


@EACH
def test_copies(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready(*OPERATED, "watch", f"COPY={value}")

    assert (done.returncode, done.stderr) == (0, "")
    operated = [["python", "-m", "ops", verb, f"--copy={value}"] for verb in OPERATED]
    assert checkout.ran == [*operated, [*WATCH, f"--copy={value}"]]


def test_a_copy_is_spelled_the_same_where_settings_are(checkout: Checkout) -> None:
    done = checkout.make_ready("up", "synth", "diff", "deploy", "COPY=alice")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [[*command, "-c", "copy=alice"] for command in (UP, SYNTH, DIFF, DEPLOY)]


def test_what_the_shell_exports_counts_nowhere(checkout: Checkout) -> None:
    exported = {"COPY": "alice", "WEB_FROM": "world", "SETTINGS": "-c port=9000", "MAKE_GIVEN": "WEB_FROM COPY"}
    done = checkout.make_ready("up", "synth", "diff", "deploy", *OPERATED, "watch", **exported)

    assert (done.returncode, done.stderr) == (0, "")
    operated = [["python", "-m", "ops", verb] for verb in OPERATED]
    assert checkout.ran == [UP, SYNTH, DIFF, DEPLOY, *operated, WATCH]


def test_the_command_line_says_it_over_the_shell(checkout: Checkout) -> None:
    done = checkout.make_ready("synth", "stop", "COPY=alice", COPY="bob")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [[*SYNTH, "-c", "copy=alice"], ["python", "-m", "ops", "stop", "--copy=alice"]]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["destroy", "WEB_FROM=world"], "`make destroy` takes no WEB_FROM, only COPY"),
        (["stop", "SETTINGS=-c copy=alice"], "`make stop` takes no SETTINGS, only COPY"),
        (["up", "stop", "PORT=9000"], "`make stop` takes no PORT, only COPY"),
        (["test", "COPY=alice"], "`make test` takes no COPY"),
        (["COPY=alice"], "`make help` takes no COPY"),
        (["destroy", "COPY="], "COPY is empty: say COPY=main or the name of another copy"),
        (["review", "COPY=alice"], "`make review` takes no COPY, only BASE"),
        (["lock", "COPY=alice"], "`make lock` takes no COPY, only UPGRADE APP"),
        (["deploy", "WEB_FORM=world"], "web_form is not a setting; did you mean web_from?"),
        (["up", "UPGRADE=1"], "upgrade is not a setting"),
        (["deploy", "port=9000"], "port: make takes settings in capitals, PORT=…"),
        (["deploy", "SETTINGS=copy=alice"], "copy=alice is no -c name=value"),
        (["deploy", "SETTINGS=-c cpoy=alice"], "cpoy is not a setting; did you mean copy?"),
        (["deploy", "PORT=9000", "SETTINGS=-c port=9001"], "port is given twice: '9000' and '9001'"),
        (["deploy", "COPY=alice", "SETTINGS=-c copy=bob"], "copy is given twice: 'alice' and 'bob'"),
        (["synth", "COPY=Alice"], "copy='Alice': use up to 20 small letters"),
        (["synth", "TERMINATION_PROTECTION=True"], "termination_protection='True': use one of true, false"),
        (["diff", "APP=nowhere"], "app='nowhere': there is nothing of that name in "),
    ],
)
def test_a_word_that_the_command_does_not_take_is_refused_before_anything_runs(
    checkout: Checkout, words: list[str], says: str
) -> None:
    done = checkout.make_ready(*words)

    assert done.returncode == 2
    assert says in done.stderr
    assert not checkout.ran


@pytest.mark.parametrize("target", ["bootstrap", "diff"])
def test_an_aws_that_is_not_there_stops_it_before_the_cdk_starts(checkout: Checkout, target: str) -> None:
    done = Checkout(checkout.folder, "http://127.0.0.1:9").make_ready(target)

    assert done.returncode == 2
    assert done.stderr.startswith("error: nothing listens at http://127.0.0.1:9")
    assert not checkout.ran


def test_an_empty_word_is_the_default(checkout: Checkout) -> None:
    done = checkout.make_ready("deploy", "WEB_FROM=")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [[*DEPLOY, "-c", "web_from="]]


def test_a_path_is_told_from_the_checkout(checkout: Checkout) -> None:
    done = checkout.make_ready("synth", f"APP={checkout.folder}/lambda_src/calculate_mean")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [[*SYNTH, "-c", "app=lambda_src/calculate_mean"]]


def test_no_zone_is_asked_for_on_the_laptop(checkout: Checkout) -> None:
    done = checkout.make_ready("up", "ZONE=auto")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [[*UP, "-c", "zone=first"]]


@EACH
def test_the_app_to_lock_is_data(checkout: Checkout, value: str) -> None:
    checkout.make_ready("lock", f"APP={value}", "UPGRADE=1", APP="exported")

    assert checkout.ran == [["python", "tools/lock_app.py", value, "--upgrade"]]


def test_an_exported_app_is_not_locked(checkout: Checkout) -> None:
    checkout.make_ready("lock", APP="exported")

    assert not [command for command in checkout.ran if "tools/lock_app.py" in command]


@EACH
def test_the_commit_to_compare_with_is_data(checkout: Checkout, value: str) -> None:
    done = checkout.make_ready("review", "rehearse", f"BASE={value}", BASE="exported")

    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.ran == [["python", "-m", program, "--", value] for program in ("review_checkout", "rehearse")]


def test_an_exported_commit_is_not_compared_with(checkout: Checkout) -> None:
    checkout.make_ready("review", BASE="exported")

    assert checkout.ran == [["python", "-m", "review_checkout", "--"]]


@EACH
def test_upgrade_is_yes_whatever_it_says(checkout: Checkout, value: str) -> None:
    checkout.make_ready("lock", f"UPGRADE={value}")

    assert [command for command in checkout.ran if "--upgrade" in command]
    assert not [word for command in checkout.ran for word in command if value in word]


@pytest.fixture
def not_set_up(checkout: Checkout) -> Checkout:
    """Give a checkout that calls the real set-up."""
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
    done = checkout.make_ready("bootstrap", "up", "synth", "diff", "deploy", "destroy", "status")

    assert (done.returncode, done.stderr) == (0, "")
    operated = [["python", "-m", "ops", verb] for verb in ("destroy", "status")]
    assert checkout.ran == [["cdk", "bootstrap"], UP, SYNTH, DIFF, DEPLOY, *operated]
