"""The commands that we print: each is about the copy that it was printed for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.answers.spelling import in_the_same_aws, make, ops
from stacks.copy_settings import MAIN
from tests.ops.fake_aws import INSTANCE, PAGE, FakeAws, Ops

# A command that is about one copy, written out.
WRITTEN_OUT = re.compile(r"make (deploy|destroy|diff|status|start|stop|key|ssh)|python -m ops [a-z]")


@pytest.mark.parametrize(
    ("copy", "told", "words"),
    [
        (MAIN, {}, "make deploy"),
        ("alice", {}, "make deploy COPY=alice"),
        ("alice", {"web_from": "203.0.113.7/32,pl-1"}, "make deploy COPY=alice WEB_FROM=203.0.113.7/32,pl-1"),
        (MAIN, {"app": "../my app"}, "make deploy 'APP=../my app'"),
    ],
)
def test_a_command_of_make(copy: str, told: dict[str, str], words: str) -> None:
    assert make("deploy", copy, **told) == words


def test_a_command_of_ours() -> None:
    assert ops("logs boot", MAIN) == "python -m ops logs boot"
    assert ops("logs boot", "alice") == "python -m ops logs boot --copy alice"


def test_a_command_chooses_the_aws_that_was_typed() -> None:
    with in_the_same_aws("eu-west-1", "my work"):
        assert ops("start", "alice") == "python -m ops start --copy alice --region eu-west-1 --profile 'my work'"
        assert make("deploy", MAIN) == "AWS_REGION=eu-west-1 AWS_PROFILE='my work' make deploy"
    with in_the_same_aws(None, None, "http://localhost:4566"):
        assert ops("start", MAIN) == "python -m ops start --endpoint-url http://localhost:4566"
    assert ops("start", MAIN) == "python -m ops start"


def test_no_module_writes_a_command_out(root: Path) -> None:
    """It would be about the main copy, whichever the person works with."""
    modules = sorted((root / "tools" / "ops").rglob("*.py"))
    assert [f"{path.name}: {text}" for path in modules for text in texts(path) if WRITTEN_OUT.search(text)] == []


def texts(path: Path) -> Iterator[str]:
    """Give all texts of a module but the docstrings, which are for every copy."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_an_absent_copy_is_deployed_by_the_printed_command(aws: FakeAws, ops: Ops) -> None:
    aws.no_stack("CalculateMean-alice")
    aws.no_stack("Streamlit-alice")
    assert "`make deploy COPY=alice`" in ops("url", "--copy", "alice").stderr


def test_a_half_deployed_copy_is_removed_by_the_printed_command(aws: FakeAws, ops: Ops) -> None:
    aws.stack("CalculateMean-alice", {})
    aws.stack("Streamlit-alice", {"StreamlitUrl": PAGE}, status="ROLLBACK_COMPLETE")
    assert (
        "`python -m ops destroy --copy alice Streamlit-alice`, then `make deploy COPY=alice`"
        in ops("url", "--copy", "alice").stderr
    )


def test_the_stopped_machine_of_a_copy_is_started_by_the_printed_command(aws: FakeAws, ops: Ops) -> None:
    aws.deployment(copy="-alice")
    aws.machine("stopped")
    assert "`python -m ops start --copy alice` boots it" in ops("session", "--copy", "alice").stderr


def test_what_was_typed_of_the_aws_is_in_the_printed_command(aws: FakeAws, ops: Ops) -> None:
    typed = ("--region", "eu-west-1", "--profile", "work")
    aws.deployment()
    aws.machine("stopped")
    assert "`python -m ops start --region eu-west-1 --profile work` boots it" in ops("session", *typed).stderr
    aws.nothing_deployed()
    assert "`AWS_REGION=eu-west-1 AWS_PROFILE=work make deploy`" in ops("url", *typed).stderr
    aws.nothing_deployed()
    assert "`make deploy`" in ops("url").stderr


def test_the_lost_machine_of_a_copy_is_replaced_by_the_printed_command(aws: FakeAws, ops: Ops) -> None:
    aws.deployment(copy="-alice")
    aws.machine("terminated")
    assert f"`make deploy COPY=alice GENERATION=after-{INSTANCE}`" in ops("stop", "--copy", "alice").stderr
