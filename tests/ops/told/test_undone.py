"""deploy asks before it closes a door, or undoes what this checkout was not told."""

import json
import os
import pty
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stacks.copies import write_copy
from tests.ops.fake_aws import IDENTITY, FakeAws, Ops
from tests.ops.fake_page import answering
from tests.ops.recorded import Recorded

DOOR = "203.0.113.7/32"
DESCRIBED = """<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>
<Stacks><member><StackName>Streamlit</StackName><StackId>arn:1</StackId><StackStatus>CREATE_COMPLETE</StackStatus>
<CreationTime>2026-11-01T00:00:00Z</CreationTime><Outputs><member><OutputKey>Settings</OutputKey>
<OutputValue>{"web_from": "203.0.113.7/32"}</OutputValue></member></Outputs></member></Stacks>
</DescribeStacksResult></DescribeStacksResponse>"""


@pytest.fixture(autouse=True)
def _nothing_is_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.verbs.deploy.offer_removal", lambda *_, **__: None)


def test_nobody_to_ask(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    aws.told({"web_from": DOOR}, copy="-alice")
    result = ops("deploy", "--copy", "alice", "--", *recorded.command("-c", "port=9000"))
    assert result.exit_code == 3
    assert recorded.words is None
    assert not copies.exists()
    settled = recorded.command("-c", "port=9000", "-c", "copy=alice")
    assert result.stderr.splitlines() == [
        f"web_from lets in {DOOR} and would become nobody: WEB_FROM={DOOR} keeps it",
        "error: nothing was deployed, as there is no terminal to ask at: "
        f"`make deploy COPY=alice PORT=9000 WEB_FROM={DOOR}` keeps what is deployed; "
        f"`python -m ops deploy --yes -- {shlex.join(settled)} --require-approval never` gives it up",
    ]


def test_a_default_of_the_account_undoes_a_setting_too(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path
) -> None:
    write_copy(copies, "main", {"account": "lab"})
    aws.told({"account": "lab", "instance_type": "t4g.small"})
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert "instance_type is t4g.small and would become t3.small: INSTANCE_TYPE=t4g.small keeps it" in result.stderr


def test_yes_is_said_already(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"web_from": DOOR})
    result = ops("deploy", "--yes", "--", *recorded.command("deploy"))
    assert result.exit_code == 0
    assert f"web_from lets in {DOOR}" in result.stderr
    assert recorded.words == ["deploy"]


@pytest.mark.usefixtures("terminal")
def test_the_person_agrees(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"web_from": DOOR})
    result = ops("deploy", "--", *recorded.command(), typed="y\n")
    assert result.exit_code == 0
    assert "Deploy all the same? [y/N]" in result.stderr
    assert recorded.words == []


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("typed", ["\n", "n\n", ""])
def test_the_person_declines(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, typed: str) -> None:
    aws.told({"web_from": DOOR})
    result = ops("deploy", "--", *recorded.command("-c", "port=9000"), typed=typed)
    assert result.exit_code == 1
    assert recorded.words is None
    assert not copies.exists()


@pytest.mark.parametrize("sources", ["", "198.51.100.1/32", DOOR])
def test_a_door_of_ones_own_that_is_typed_now_is_no_question(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, sources: str
) -> None:
    """As with my-ip, after the address has changed."""
    write_copy(copies, "main", {"web_from": DOOR})
    aws.told({"web_from": DOOR})
    aws.told({"web_from": sources} if sources else {})
    assert ops("deploy", "--", *recorded.command("-c", f"web_from={sources}")).exit_code == 0
    assert recorded.words == ["-c", f"web_from={sources}"]


def test_the_printed_way_out_is_in_the_aws_that_was_typed(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"web_from": DOOR})
    result = ops("deploy", "--", *recorded.command("--profile", "work"))
    assert f"`AWS_PROFILE=work make deploy WEB_FROM={DOOR}` keeps what is deployed" in result.stderr


@pytest.mark.parametrize(("typed", "kept"), [("198.51.100.1/32", "pl-1,198.51.100.1/32"), ("", "pl-1")])
def test_a_door_that_a_colleague_uses(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, typed: str, kept: str
) -> None:
    """Whom neither the words nor this checkout's file name, nobody here has decided to shut out."""
    write_copy(copies, "main", {"web_from": DOOR})
    aws.told({"web_from": f"{DOOR},pl-1"})
    result = ops("deploy", "--", *recorded.command("-c", f"web_from={typed}"))
    assert result.exit_code == 3
    assert recorded.words is None
    said = f"web_from lets in pl-1 and would become {typed or 'nobody'}: WEB_FROM={kept} keeps it\n"
    assert result.stderr.startswith(said)
    assert f"`make deploy WEB_FROM={kept}` keeps what is deployed" in result.stderr


@pytest.mark.parametrize(
    ("deployed", "told"),
    [
        (DOOR, DOOR),
        (DOOR, f"198.51.100.1/32, {DOOR}"),
        (DOOR, "203.0.113.0/24"),
        (DOOR, "world"),
        ("world", "world"),
        ("pl-1, pl-2", "pl-2,pl-1"),
        ("2001:db8::1/128", "2001:db8::/32"),
    ],
)
def test_a_door_that_stays_open_is_no_question(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, deployed: str, told: str
) -> None:
    write_copy(copies, "main", {"web_from": told})
    aws.told({"web_from": deployed})
    result = ops("deploy", "--", *recorded.command())
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(
    ("deployed", "told", "kept"),
    [
        ("198.51.100.1/32", DOOR, f"198.51.100.1/32,{DOOR}"),
        ("203.0.113.0/24", DOOR, f"203.0.113.0/24,{DOOR}"),
        ("world", DOOR, f"world,{DOOR}"),
        ("2001:db8::1/128", "world", "2001:db8::1/128,world"),
        ("pl-1", "pl-2", "pl-1,pl-2"),
    ],
)
def test_a_door_that_the_file_would_close(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path, deployed: str, told: str, kept: str
) -> None:
    """As after a pull, or an edit of the file: closing it is named, though this checkout knows of it."""
    write_copy(copies, "main", {"web_from": told})
    aws.told({"web_from": deployed})
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert f"web_from lets in {deployed} and would become {told}: WEB_FROM={kept} keeps it\n" in result.stderr


def test_a_setting_that_this_checkout_was_not_told(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"instance_type": "t4g.medium", "image": "ami-12345678"}, {"rate_limit": "7"})
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert recorded.words is None
    assert result.stderr.splitlines()[:3] == [
        "image is ami-12345678 and would become the default: IMAGE=ami-12345678 keeps it",
        "instance_type is t4g.medium and would become t4g.small: INSTANCE_TYPE=t4g.medium keeps it",
        "rate_limit is 7 and would become 5: RATE_LIMIT=7 keeps it",
    ]
    assert "`make deploy IMAGE=ami-12345678 INSTANCE_TYPE=t4g.medium RATE_LIMIT=7`" in result.stderr


def test_a_setting_that_the_file_names_or_the_person_types(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path
) -> None:
    write_copy(copies, "main", {"instance_type": "t4g.medium"})
    aws.told({"instance_type": "t4g.medium"}, {"rate_limit": "7"})
    aws.told({"instance_type": "t4g.medium"})
    assert ops("deploy", "--", *recorded.command("-c", "rate_limit=")).exit_code == 0


def test_a_setting_that_the_file_names_otherwise(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    """A checkout from before a colleague's deploy."""
    write_copy(copies, "main", {"instance_type": "t4g.large"})
    aws.told({"instance_type": "t4g.medium"})
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert recorded.words is None
    assert "instance_type is t4g.medium and would become t4g.large: INSTANCE_TYPE=t4g.medium keeps it" in result.stderr


def test_a_setting_of_a_newer_checkout(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"from_the_future": "x"})
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert "from_the_future is x, a setting that this checkout does not have" in result.stderr
    assert "FROM_THE_FUTURE" not in result.stderr


def test_a_setting_of_a_newer_checkout_and_one_of_ours(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"from_the_future": "x", "zone": "second"})
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert (
        "bring this checkout up to date, which does not have from_the_future, "
        "then `make deploy ZONE=second` keeps what is deployed; "
    ) in result.stderr


def test_what_is_the_default_by_now_is_no_question(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"instance_type": "t4g.small"})
    assert ops("deploy", "--", *recorded.command()).exit_code == 0


def test_an_earlier_deploy_that_says_nothing(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.deployment()
    assert ops("deploy", "--", *recorded.command()).exit_code == 0


def test_a_third_stack_is_heard_too(aws: FakeAws, ops: Ops, recorded: Recorded, third_stack: str) -> None:
    aws.told({})
    aws.stack(third_stack, {"Settings": json.dumps({"log_retention_days": "7"})})
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert "log_retention_days is 7 and would become 30" in result.stderr


def test_a_first_deploy(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.nothing_deployed("-alice")
    assert ops("deploy", "--copy", "alice", "--", *recorded.command("cdk")).exit_code == 0
    assert recorded.words == ["cdk", "-c", "copy=alice"]


@pytest.mark.parametrize("arguments", [(), ("--yes",)])
def test_what_is_deployed_can_not_be_read(
    aws: FakeAws, ops: Ops, recorded: Recorded, arguments: tuple[str, ...]
) -> None:
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied", "not authorized to perform: cloudformation:X")
    result = ops("deploy", *arguments, "--", *recorded.command())
    assert result.exit_code == 1
    assert recorded.words is None
    assert "nothing was deployed, as what is deployed could not be read: you lack the permission" in result.stderr


def test_what_does_not_go_with_what_the_file_says_is_refused_at_once(
    aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path
) -> None:
    assert aws
    write_copy(copies, "main", {"https": "true", "sign_in": "true"})
    result = ops("deploy", "--", *recorded.command("-c", "https="))
    assert (result.exit_code, recorded.words) == (1, None)
    assert "say HTTPS=true, or HTTPS= SIGN_IN= for neither" in result.stderr


@pytest.mark.system
def test_a_real_terminal_is_asked(root: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    with answering(200, body=DESCRIBED) as cloudformation, answering(200, body=IDENTITY) as sts:
        keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "eu-central-1"}
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "deploy", "--", "touch", str(ran)],
            cwd=root,
            env={**os.environ, **keys, "AWS_ENDPOINT_URL": cloudformation.url, "AWS_ENDPOINT_URL_STS": sts.url},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        try:
            asked = read_until(ours, "[y/N]")
            os.write(ours, b"n\n")
            assert process.wait(60) == 1
        finally:
            process.kill()
            process.wait()
            os.close(ours)
    assert f"web_from lets in {DOOR} and would become nobody" in asked
    assert not ran.exists()


def read_until(terminal: int, words: str) -> str:
    text, deadline = "", time.monotonic() + 60
    while words not in text and time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            text += os.read(terminal, 4096).decode()
    assert words in text, text
    return text


def test_the_settings_are_what_the_stacks_say(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    """Both stacks tell a setting that both have."""
    aws.stack("CalculateMean", {"Settings": json.dumps({"log_retention_days": "7"})})
    aws.no_stack("Streamlit")
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert result.stderr.count("LOG_RETENTION_DAYS=7 keeps it") == 1


def test_the_printed_way_out_says_once_that_the_cdk_asks_nobody(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    aws.told({"web_from": DOOR})
    result = ops("deploy", "--", *recorded.command("--require-approval", "broadening"))
    assert result.exit_code == 3
    assert result.stderr.count("--require-approval") == 1
