"""docs/from-the-slides.md: whatever it tells a person to type is there."""

import inspect
import re
import subprocess
from pathlib import Path

import pytest

import data_compute
from ops.__main__ import app
from stacks.checks import check_values
from stacks.registry import SETTINGS

PAGE = (Path(__file__).parents[1] / "docs" / "from-the-slides.md").read_text(encoding="utf-8")
TYPED = re.findall(r"`([^`]+)`", PAGE)
OPS = "python -m ops "
VERBS = {command.name for command in app.registered_commands}


def words_after(command: str) -> list[list[str]]:
    return [text.removeprefix(command).split() for text in TYPED if text.startswith(command)]


def test_every_target_of_make_is_there(root: Path) -> None:
    listed = subprocess.run(["make", "--no-print-directory"], cwd=root, capture_output=True, text=True, check=True)
    targets = {line.split()[1] for line in listed.stdout.splitlines()}
    told = {target for target, *_ in words_after("make ")}

    assert {"deploy", "destroy", "key", "ssh", "start", "stop", "up", "watch"} <= told
    assert told - targets == set()


def test_every_setting_is_one_and_takes_the_value() -> None:
    told = [word.partition("=") for _, *settings in words_after("make ") for word in settings]
    # Words that mean something on one laptop only are looked up by make.
    values = {name.lower(): value for name, _, value in told if name not in ("APP", "PUBLIC_KEY") and value != "my-ip"}

    assert {name.lower() for name, _, _ in told} - SETTINGS.keys() == set()
    assert {"instance_type", "image", "allow_origins"} <= values.keys()
    check_values(values)


@pytest.mark.parametrize("words", words_after(OPS), ids=" ".join)
def test_every_verb_of_ops_is_there(words: list[str]) -> None:
    verb, *rest = words
    options = (word for word in rest if word.startswith("--"))

    assert verb in VERBS
    section = (Path(__file__).parents[1] / "docs" / "ops.md").read_text(encoding="utf-8").split(f"## {verb}\n")[1]
    assert all(option in section.split("\n## ")[0] for option in options)


@pytest.mark.parametrize("call", re.findall(r"`(\w+)\(…, (.+?)\)`", PAGE), ids=": ".join)
def test_every_argument_of_a_construct_is_there(call: tuple[str, str]) -> None:
    construct, arguments = call
    named = set(re.findall(r"(\w+)=", arguments))

    assert named
    taken = [inspect.signature(kind.__init__).parameters for kind in getattr(data_compute, construct).__mro__[:2]]
    assert named <= {name for one in taken for name in one}


def test_every_file_is_there(root: Path) -> None:
    files = [text for text in TYPED if re.fullmatch(r"(stacks|streamlit_src|lambda_src)/[\w./]+", text)]

    assert len(files) == 3
    assert [file for file in files if not (root / file).is_file()] == []
