"""terminate explains, asks, and does what was confirmed."""

import pytest

from tests.ops.fake_aws import INSTANCE, FakeAws, Ops


@pytest.mark.parametrize(("arguments", "typed"), [(["--yes"], None), ([], f"{INSTANCE}\n")])
def test_a_confirmed_end(aws: FakeAws, ops: Ops, arguments: list[str], typed: str | None) -> None:
    aws.deployment()
    aws.machine()
    aws.expect("ec2", "terminate_instances", {}, InstanceIds=[INSTANCE])
    result = ops("terminate", *arguments, typed=typed)
    assert result.exit_code == 0
    assert "`make destroy` is the way" in result.stderr
    assert "drifted" in result.stderr
    assert f"`make deploy GENERATION=after-{INSTANCE}` makes a new one at the same address." in result.stderr
    assert result.stdout.endswith(f"machine {INSTANCE} is being terminated\n")


@pytest.mark.parametrize("typed", ["y\n", "\n", f"{INSTANCE}x\n"])
def test_anything_but_the_machines_id_ends_nothing(aws: FakeAws, ops: Ops, typed: str) -> None:
    aws.deployment()
    aws.machine()
    result = ops("terminate", typed=typed)
    assert result.exit_code == 1
    assert "nothing was terminated" in result.stderr


def test_a_rehearsal_ends_nothing_and_asks_nothing(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine()
    result = ops("terminate", "--dry-run")
    assert result.exit_code == 0
    assert "would call ec2 terminate_instances" in result.stdout


def test_what_is_terminated_is_not_terminated_again(aws: FakeAws, ops: Ops) -> None:
    aws.deployment()
    aws.machine("terminated")
    assert "is terminated" in ops("terminate", "--yes").stderr
