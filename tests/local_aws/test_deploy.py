"""What a deploy that fails says: a broken app by its own last lines, anything else by the CDK's."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_aws import deploy
from local_aws.cloud import Cloud
from local_aws.processes import Process
from local_aws.state import State
from ops.answers.errors import OpsError, error_code
from ops.cloud.here import Here
from tests.ops.fake_aws import FakeAws

CDK = "#!/bin/sh\necho synthesizing\necho 'Streamlit | UPDATE_FAILED' >&2\necho rolled back\nexit 1\n"
MACHINE = "i-1: the app's script raised an error\nthe app's last lines:\n  ImportError\n"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Describe an embedded AWS, and put a command line beside it that fails."""
    state = State(tmp_path / "state")
    state.create()
    cdk = tmp_path / "bin" / "cdk"
    cdk.parent.mkdir()
    cdk.write_text(CDK)
    cdk.chmod(0o755)
    monkeypatch.setenv("PATH", f"{cdk.parent}:{os.environ['PATH']}")
    return Cloud(state, Process(1, ""), 9)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    fake = FakeAws()
    monkeypatch.setattr(Cloud, "here", lambda _, copy: Here(fake, copy, json=False))  # type: ignore[arg-type]
    yield fake
    fake.end()


def test_an_account_without_the_stack_is_bootstrapped(cloud: Cloud, aws: FakeAws) -> None:
    aws.no_stack(deploy.BOOTSTRAP_STACK)
    with pytest.raises(OpsError, match="`cdk bootstrap` failed"):
        deploy.bootstrap(cloud)


def test_any_other_refusal_is_told_and_bootstraps_nothing(cloud: Cloud, aws: FakeAws) -> None:
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied")
    with pytest.raises(ClientError) as refused:
        deploy.bootstrap(cloud)
    assert error_code(refused.value) == "AccessDenied"


def test_what_a_machine_says_stands_alone(cloud: Cloud, capfd: pytest.CaptureFixture[str]) -> None:
    (cloud.state.machines / "i-1.failed").write_text(MACHINE)
    with pytest.raises(OpsError) as refused:
        deploy.deploy(cloud, "main", {})
    assert capfd.readouterr() == (f"\n{MACHINE}\n", "synthesizing\n")
    assert str(refused.value) == f"`cdk deploy` failed; all its lines are in {cloud.state.cdk_log}"
    assert cloud.state.cdk_log.read_text() == "synthesizing\nStreamlit | UPDATE_FAILED\nrolled back\n"


def test_what_no_machine_tells_the_cdk_sums_up(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """The events of a rollback are many, and tell nothing."""
    summary = "Failed resources:\nFunction | the handler cannot be imported\n"
    deploy.tell_failure(cloud.state, f"Function | CREATE_FAILED\nRole | DELETE_COMPLETE\n\n{summary}")
    assert capsys.readouterr() == ("", summary)


def test_what_is_no_rollback_the_cdk_tells_whole(cloud: Cloud, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OpsError, match="`cdk deploy` failed"):
        deploy.deploy(cloud, "main", {})
    assert capfd.readouterr() == ("", "synthesizing\nStreamlit | UPDATE_FAILED\nrolled back\n")


def test_what_cannot_be_synthesized_is_told_whole(cloud: Cloud, capfd: pytest.CaptureFixture[str]) -> None:
    with deploy.synthesis(cloud.state, "main", {}) as synthesized, pytest.raises(OpsError) as refused:
        synthesized()
    assert str(refused.value) == f"`cdk synth` failed; all its lines are in {cloud.state.cdk_log}"
    assert capfd.readouterr() == ("", "synthesizing\nStreamlit | UPDATE_FAILED\nrolled back\n")


def test_what_is_synthesized_meanwhile_is_what_is_told(
    cloud: Cloud, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bin" / "cdk").write_text(f'#!/bin/sh\necho "$@" | tee {tmp_path}/words\n')
    with deploy.synthesis(cloud.state, "alice", {"port": "9000"}) as synthesized:
        assert synthesized() == cloud.state.cdk_output
    assert capfd.readouterr() == ("", "")
    words = (tmp_path / "words").read_text()
    assert words == f"synth --quiet --output {cloud.state.cdk_output} -c copy=alice -c port=9000 --no-notices\n"


def test_what_nobody_waits_for_ends(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "bin" / "cdk").write_text("#!/bin/sh\nsleep 60\n")
    with deploy.synthesis(cloud.state, "main", {}):
        begun = Process.read(cloud.state.synthesis_process)
        assert begun
        assert begun.runs()
    assert not begun.runs()
    assert not cloud.state.synthesis_process.exists()


def test_what_a_killed_one_has_left_is_ended(cloud: Cloud) -> None:
    records = [cloud.state.cdk_process, cloud.state.synthesis_process]
    children = [subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in records]
    for record, child in zip(records, children, strict=True):
        Process.of(child.pid).write(record)
    deploy.end_leftover(cloud.state)
    assert [child.wait() for child in children] == [-signal.SIGTERM] * 2
    assert not any(record.exists() for record in records)
