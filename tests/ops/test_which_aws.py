"""Before something is done in an AWS it is said which, and what can't be done there is said at once."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.cloud.clients import Aws
from ops.cloud.identity import which_aws as ask
from ops.with_settings import main
from tests.ops.fake_aws import IDENTITY, FakeAws, Ops, a_stack
from tests.ops.fake_page import answering
from tests.ops.recorded import Recorded

EVE = {"Arn": "arn:aws:iam::123456789012:user/eve", "Account": "123456789012", "UserId": "1"}
STUDENT = {**EVE, "Arn": "arn:aws:sts::123456789012:assumed-role/voclabs/user1=eve"}
ENDED = (
    "your lab session has ended: start the lab again and paste its new credentials; if the lab is running and its "
    "credentials are new, its budget may be spent: look at the lab's page\n"
)
SAID = "AWS: account 123456789012, eu-central-1, as arn:aws:iam::123456789012:user/eve\n"
UNKNOWN = "AWS: eu-central-1, in an account unknown (you lack the permission sts:GetCallerIdentity: "


@pytest.fixture(autouse=True)
def which_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for real; what else a deploy asks is not the matter."""
    monkeypatch.setattr("ops.verbs.deploy.deployed_settings", lambda _: {})
    monkeypatch.setattr("ops.verbs.deploy.offer_removal", lambda *_, **__: None)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], ops: Ops, recorded: Recorded) -> Callable[[str], tuple[int, str]]:
    """Deploy, or let make show the difference, with the status and what was said."""

    def run(command: str) -> tuple[int, str]:
        if command == "deploy":
            done = ops("deploy", "--", *recorded.command())
            return done.exit_code, done.stderr
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("os.execvp", lambda _, words: subprocess.call(words))
            return main(["--aws", *recorded.command()]) or 0, capfd.readouterr().err

    return run


Run = Callable[[str], tuple[int, str]]
BOTH = pytest.mark.parametrize("command", ["deploy", "diff"])


def bootstrapped(aws: FakeAws, command: str) -> None:
    if command == "deploy":
        aws.expect("ssm", "get_parameter", {"Parameter": {"Value": "30"}}, Name="/cdk-bootstrap/hnb659fds/version")


@BOTH
def test_it_is_asked_once_and_said(aws: FakeAws, run: Run, recorded: Recorded, command: str) -> None:
    aws.expect("sts", "get_caller_identity", EVE)
    bootstrapped(aws, command)
    assert run(command) == (0, SAID)
    assert recorded.words == []


def test_destroy_says_it_too(aws: FakeAws, ops: Ops) -> None:
    aws.expect("sts", "get_caller_identity", EVE)
    aws.stacks(a_stack("Streamlit"))
    aws.no_exports()
    assert ops("destroy", "--dry-run").stderr == SAID


@BOTH
def test_who_may_not_ask_goes_on_with_what_is_known(aws: FakeAws, run: Run, recorded: Recorded, command: str) -> None:
    aws.refuse("sts", "get_caller_identity", "AccessDenied")
    bootstrapped(aws, command)
    status, said = run(command)
    assert (status, recorded.words) == (0, [])
    assert said.startswith(UNKNOWN)


@BOTH
def test_credentials_that_have_expired_stop_it_before_it_starts(
    aws: FakeAws, run: Run, recorded: Recorded, command: str
) -> None:
    aws.refuse("sts", "get_caller_identity", "ExpiredToken")
    status, said = run(command)
    assert (status, recorded.words) == (1, None)
    assert said.startswith("error: the AWS credentials have expired: log in")


@BOTH
@pytest.mark.parametrize("message", ["", "with an explicit deny in an identity-based policy: voc-cancel-cred"])
def test_a_lab_whose_session_has_ended_stops_it_before_it_starts(
    aws: FakeAws, run: Run, recorded: Recorded, monkeypatch: pytest.MonkeyPatch, command: str, message: str
) -> None:
    if not message:
        monkeypatch.setattr(Aws, "region_name", "us-west-2")
    aws.expect("sts", "get_caller_identity", STUDENT)
    aws.refuse("cloudformation", "list_stacks", "AccessDenied", message)
    assert run(command) == (1, f"error: {ENDED}")
    assert recorded.words is None


@BOTH
def test_a_region_in_which_no_lab_works_is_not_its_sessions_end(
    aws: FakeAws, run: Run, recorded: Recorded, command: str
) -> None:
    aws.expect("sts", "get_caller_identity", STUDENT)
    aws.refuse("cloudformation", "list_stacks", "AccessDenied", "with an explicit deny: policy/Pvoclabs2")
    status, said = run(command)
    assert (status, recorded.words) == (1, None)
    assert said == (
        "error: a lab works in us-east-1 and us-west-2 only, not in eu-central-1: `export AWS_REGION=us-east-1`, or "
        "name it with --region\n"
    )


@BOTH
def test_a_lab_goes_on_while_its_session_lasts(aws: FakeAws, run: Run, recorded: Recorded, command: str) -> None:
    aws.expect("sts", "get_caller_identity", STUDENT)
    aws.expect("cloudformation", "list_stacks", {})
    bootstrapped(aws, command)
    assert run(command) == (0, SAID.replace(EVE["Arn"], STUDENT["Arn"]))
    assert recorded.words == []


def test_a_session_that_ended_while_a_deploy_ran(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.expect("sts", "get_caller_identity", STUDENT)
    aws.expect("cloudformation", "list_stacks", {})
    bootstrapped(aws, "deploy")
    aws.expect("sts", "get_caller_identity", STUDENT)
    aws.refuse("cloudformation", "list_stacks", "AccessDenied", "policy/voc-cancel-cred")
    done = ops("deploy", "--", *recorded.command(status=1))
    assert done.exit_code == 1
    assert done.stderr.endswith(
        f"\n{ENDED.strip()}. CloudFormation goes on with what it has begun: `python -m ops status` tells how it ends\n"
    )


def test_credentials_that_expired_while_a_deploy_ran(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.expect("sts", "get_caller_identity", EVE)
    bootstrapped(aws, "deploy")
    aws.refuse("sts", "get_caller_identity", "ExpiredToken")
    assert "\nthe AWS credentials have expired: log in" in ops("deploy", "--", *recorded.command(status=1)).stderr


@pytest.mark.parametrize(
    ("who", "listed", "words"),
    [
        (STUDENT, "AccessDenied", ENDED),
        (STUDENT, "", "you lack the permission cloudformation:DescribeStacks"),
        (EVE, "", "you lack the permission cloudformation:DescribeStacks"),
    ],
)
def test_a_refusal_without_a_reason(aws: FakeAws, ops: Ops, who: dict[str, str], listed: str, words: str) -> None:
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied", "Access Denied")
    aws.expect("sts", "get_caller_identity", who)
    if listed:
        aws.refuse("cloudformation", "list_stacks", listed, "policy/voc-cancel-cred")
    elif who == STUDENT:
        aws.expect("cloudformation", "list_stacks", {})
    assert ops("url").stderr.startswith(f"error: {words}")


def test_a_region_that_is_not_bootstrapped_stops_a_deploy(aws: FakeAws, run: Run, recorded: Recorded) -> None:
    aws.expect("sts", "get_caller_identity", EVE)
    aws.refuse("ssm", "get_parameter", "ParameterNotFound")
    missing = "eu-central-1 has no /cdk-bootstrap/hnb659fds/version: it is not bootstrapped for the CDK"
    assert run("deploy") == (1, f"{SAID}error: {missing}: `make bootstrap`\n")
    assert recorded.words is None


def test_who_may_not_look_at_the_bootstrap_deploys(aws: FakeAws, run: Run, recorded: Recorded) -> None:
    aws.expect("sts", "get_caller_identity", EVE)
    aws.refuse("ssm", "get_parameter", "AccessDeniedException")
    assert run("deploy") == (0, SAID)
    assert recorded.words == []


@pytest.mark.system
@BOTH
@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("AWS_REGION", "no AWS region is chosen"),
        ("AWS_ACCESS_KEY_ID", "there are no AWS credentials here"),
        ("", "nothing listens at http://127.0.0.1:9, where this shell has its AWS"),
    ],
)
def test_a_shell_without_an_aws_stops_it_before_it_starts(
    run: Run,
    recorded: Recorded,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    lacking: str,
    words: str,
) -> None:
    shell(monkeypatch, tmp_path, "http://127.0.0.1:9")
    monkeypatch.delenv(lacking, raising=False)
    status, said = run(command)
    assert (status, recorded.words) == (1, None)
    assert said.startswith(f"error: {words}")


def test_an_aws_of_this_laptop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with answering(200, body=IDENTITY) as embedded:
        shell(monkeypatch, tmp_path, embedded.url)
        assert ask(Aws()) == f"the embedded AWS on this laptop ({embedded.url})"
    assert len(embedded.asked) == 1


def test_synth_needs_no_aws_and_says_nothing(
    aws: FakeAws, recorded: Recorded, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.execvp", lambda _, words: subprocess.call(words))
    main(recorded.command("synth"))
    assert recorded.words == ["synth"]
    assert capfd.readouterr().err == ""
    assert aws.expected == 0


def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, endpoint: str) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
