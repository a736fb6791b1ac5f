"""Help, and the page made of it."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ops.__main__ import app
from ops.help_pages import PAGE, help_page

GROUPED = [
    f"{group.name} {command.name or command.callback.__name__}"
    for group in app.registered_groups
    if group.typer_instance
    for command in group.typer_instance.registered_commands
    if command.callback
]
VERBS = [*(command.name for command in app.registered_commands), *GROUPED]


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == help_page(), "make docs"


def test_the_page_is_the_same_in_a_narrow_coloured_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert help_page() == PAGE.read_text(encoding="utf-8")
    assert "\x1b" not in help_page()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help_and_json(verb: str) -> None:
    section = help_page().split(f"## {verb}\n")[1].split("\n## ")[0]
    assert f"Usage: python -m ops {verb}" in section
    # What a deploy prints is for the command that it runs to say.
    assert ("--json" in section) is (verb != "deploy")


@pytest.mark.parametrize(
    "verb", ["start", "stop", "reboot", "terminate", "destroy", "key", "cost", "users add", "class stop"]
)
def test_what_changes_something_can_be_rehearsed(verb: str) -> None:
    assert "--dry-run" in help_page().split(f"## {verb}\n")[1].split("\n## ")[0]


def test_starting_loads_neither_boto3_nor_rich(root: Path) -> None:
    code = "import sys, ops.__main__; print([name for name in ('boto3', 'botocore', 'rich') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_help_is_there_in_half_a_second(root: Path) -> None:
    def seconds() -> float:
        # The processor's time: other work on the machine is no slowness of ours.
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "ops", "--help"], cwd=root, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # The first start may have to compile.
    assert any(seconds() < 0.5 for _ in range(5))
