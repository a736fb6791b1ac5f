"""An MFA code is good once: a person is asked once, whatever a command then starts."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.cloud import boot_watch
from ops.cloud.clients import Aws
from ops.with_settings import main
from tests.ops.fake_aws import Ops
from tests.ops.fake_page import FakePage, answering

PROFILE = """
[profile work]
role_arn = arn:aws:iam::123456789012:role/deployer
mfa_serial = arn:aws:iam::123456789012:mfa/eve
source_profile = eve
region = eu-central-1

[profile eve]
aws_access_key_id = none
aws_secret_access_key = none
"""
# To both calls: who takes the role, and who asks for themselves.
ANSWER = """<Answer>
<AssumeRoleResult><Credentials><AccessKeyId>of-the-role</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
<SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
<GetCallerIdentityResult/></Answer>"""


@pytest.fixture(autouse=True)
def which_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for real who it is, which is what needs the code; what else a deploy asks is not the matter."""
    monkeypatch.setattr("ops.verbs.deploy.deployed_settings", lambda _: {})
    monkeypatch.setattr("ops.verbs.deploy.offer_removal", lambda *_, **__: None)
    monkeypatch.setattr(boot_watch.BootWatch, "look", lambda _: None)


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakePage]:
    """Choose a profile whose role wants a code."""
    config = tmp_path / "config"
    config.write_text(PROFILE)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with answering(200, body=ANSWER) as page:
        for name, value in {
            "AWS_CONFIG_FILE": str(config),
            "AWS_PROFILE": "work",
            "AWS_ENDPOINT_URL": page.url,
        }.items():
            monkeypatch.setenv(name, value)
        yield page


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Type a code when asked for one, and note the questions."""
    asked: list[str] = []

    def type_code(question: str) -> str:
        asked.append(question)
        return "123456"

    monkeypatch.setattr("ops.cloud.clients.getpass", type_code)
    return asked


@pytest.mark.system
@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("command", ["deploy", "deploy of a profile", "diff"])
def test_who_was_asked_is_not_asked_again_by_what_is_started(
    sts: FakePage, codes: list[str], ops: Ops, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    found = []

    def start(*words: object) -> int:
        # The CDK's command line reads a profile before the environment, and asks for a code of its own.
        assert "--profile" not in str(words)
        # As a command of ours that runs now, and may not ask.
        assert Aws(may_ask=False).client("sts").get_caller_identity()
        assert Aws(may_ask=False).region_name == "eu-central-1"
        found.append(os.environ["AWS_SESSION_TOKEN"])
        return 0

    def look(watch: boot_watch.BootWatch) -> None:
        assert watch._here.aws.client("sts").get_caller_identity()
        looked.set()

    looked = threading.Event()
    monkeypatch.setattr(boot_watch.BootWatch, "look", look)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setattr("ops.verbs.deploy.run", start)
    monkeypatch.setattr("os.execvp", start)
    if command == "deploy of a profile":
        monkeypatch.delenv("AWS_PROFILE")
        assert ops("deploy", "--", "cdk", "deploy", "--profile", "work").exit_code == 0
    elif command == "deploy":
        assert ops("deploy", "--", "cdk", "deploy").exit_code == 0
    else:
        main(["--aws", "cdk", "diff"])
    assert found == ["token"]
    assert command == "diff" or looked.wait(60)
    assert len(codes) == 1
    assert sum(b"AssumeRole" in content for _, _, content in sts.asked) == 1


@pytest.mark.usefixtures("sts")
def test_nothing_is_handed_over_that_nobody_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "eve")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    aws = Aws()
    aws.client("sts").get_caller_identity()
    aws.hand_over()
    assert "AWS_ACCESS_KEY_ID" not in os.environ
