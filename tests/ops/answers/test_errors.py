"""Whatever AWS answers, a person reads a sentence."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions as boto
import pytest
from botocore.exceptions import ClientError

from ops.answers import embedded
from ops.answers.errors import OpsError, in_words, passing_over
from ops.answers.spelling import in_the_same_aws
from tests.ops.fake_aws import FakeAws, Ops


def refused(code: str, message: str = "no", operation: str = "StartInstances", service: str = "") -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"Service": service}}
    return ClientError(response, operation)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused("ExpiredToken"), "credentials have expired"),
        (refused("RequestExpired"), "credentials have expired"),
        (refused("InvalidClientTokenId"), "does not accept the credentials"),
        (refused("AuthFailure"), "does not accept the credentials"),
        (refused("ThrottlingException"), "too many requests"),
        (refused("RequestLimitExceeded"), "too many requests"),
        (refused("OptInRequired", "sign up"), "not enabled"),
        (refused("Peculiar", "a strange thing"), "AWS refused StartInstances: a strange thing (Peculiar)"),
        (refused("Peculiar", ""), "AWS refused StartInstances: Peculiar (Peculiar)"),
        (boto.NoCredentialsError(), "no AWS credentials"),
        (boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "half of the AWS credentials"),
        (boto.NoRegionError(), "set AWS_REGION"),
        (boto.ProfileNotFound(profile="nobody"), "(nobody) could not be found: `aws configure list-profiles`"),
        (boto.EndpointConnectionError(endpoint_url="https://x"), "can't be reached"),
        (boto.ConnectTimeoutError(endpoint_url="https://x"), "did not answer in time"),
        (boto.ReadTimeoutError(endpoint_url="https://x"), "did not answer in time"),
        (boto.UnauthorizedSSOTokenError(), "`aws sso login`"),
        (boto.TokenRetrievalError(provider="sso", error_msg="gone"), "`aws sso login`"),
        (boto.SSLError(endpoint_url="https://x", error="bad"), "not trusted"),
        (boto.ParamValidationError(report="wrong"), "AWS could not be asked"),
        (OpsError("as it is"), "as it is"),
        (PermissionError(13, "Permission denied", "/x"), "Permission denied: '/x'"),
        (KeyError("x"), "mistake in this program"),
    ],
)
def test_each_error_is_a_sentence(error: Exception, words: str) -> None:
    assert words in in_words(error)
    assert "{" not in in_words(error)


SIGNED_IN = "[{}]\nlogin_session = arn:aws:iam::123456789012:user/eve\nregion = eu-central-1\n"
VERSION_2 = "with version 2 of AWS's command line, outside the virtual environment"


@pytest.mark.parametrize(
    ("section", "typed", "choose", "again"),
    [
        ("default", (), "", "then try again\n"),
        (
            "profile work",
            ("--profile", "work"),
            "export AWS_PROFILE=work; ",
            "then try again without --profile\n",
        ),
    ],
)
@pytest.mark.parametrize("verb", [("url",), ("deploy", "--", "cdk", "deploy")])
def test_a_sign_in_that_boto3_cannot_read(
    ops: Ops,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    verb: tuple[str, ...],
    section: str,
    typed: tuple[str, ...],
    choose: str,
    again: str,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text(SIGNED_IN.format(section))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    said = ops(*verb, *typed).stderr
    assert f'`{choose}eval "$(aws configure export-credentials --format env)"` {VERSION_2}, gives' in said
    assert said.endswith(again)


def test_a_log_in_is_renewed_for_the_profile_that_was_typed() -> None:
    assert f": `aws sso login` {VERSION_2}, then" in in_words(boto.UnauthorizedSSOTokenError())
    with in_the_same_aws(None, "eve's"):
        words = in_words(boto.UnauthorizedSSOTokenError())
    assert f""": `aws sso login --profile 'eve'"'"'s'` {VERSION_2}, then""" in words


def test_only_the_refusal_that_is_named_is_passed_over() -> None:
    with passing_over("InvalidKeyPair"):
        raise refused("InvalidKeyPair.NotFound")
    with passing_over("does not exist"):
        raise refused("ValidationError", "Stack x does not exist")
    for other in (refused("AccessDenied", "you may not"), OSError("does not exist")):
        with pytest.raises(type(other)), passing_over("does not exist"):
            raise other


def test_a_missing_permission_names_the_action_of_the_message() -> None:
    message = "User: arn:aws:iam::1:user/eve is not authorized to perform: ssm:GetParameter on resource: x"
    assert "permission ssm:GetParameter:" in in_words(refused("AccessDeniedException", message))


def test_a_missing_permission_names_the_action_where_the_message_does_not(aws: FakeAws, ops: Ops) -> None:
    aws.stack("CalculateMean", {})
    aws.stack("Streamlit", {"InstanceId": "i-1", "StreamlitUrl": "http://x:1"})
    aws.refuse(
        "ec2", "describe_instances", "UnauthorizedOperation", "You are not authorized to perform this operation."
    )
    result = ops("start")
    assert result.exit_code == 1
    assert "you lack the permission ec2:DescribeInstances" in result.stderr


def bare(root: Path, home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", **environment}
    # Else each would compile all that it imports anew.
    clean["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix) / "cache" / "bytecode")
    command = [sys.executable, "-m", "ops", *arguments]
    return subprocess.run(command, cwd=root, env=clean, capture_output=True, text=True, check=False, timeout=60)


KEYS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
EMBEDDED_THAT_IS_DOWN = {**KEYS, "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
DOWN = (
    "nothing listens at http://127.0.0.1:9, where this shell has its AWS: `make up` starts the embedded one, "
    '`eval "$(.venv/bin/python -m local_aws env --unset)"` points the shell back\n'
)


@pytest.fixture
def embedded_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Let an embedded AWS be up in this checkout."""
    monkeypatch.setattr(embedded, "FOLDER", tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (tmp_path / "server.json").write_text(json.dumps({"pid": 1, "started": "1", "port": port}))
        yield port


HINT = '; or point this shell at the embedded AWS, which is up: `eval "$(.venv/bin/python -m local_aws env)"`'


@pytest.mark.usefixtures("embedded_port")
def test_who_has_said_no_aws_hears_of_the_embedded_one() -> None:
    assert in_words(boto.NoCredentialsError()).endswith(HINT)
    assert in_words(boto.NoRegionError()).endswith(HINT)
    assert "embedded" not in in_words(boto.ProfileNotFound(profile="nobody"))


def test_an_embedded_aws_that_was_killed_is_not_named(embedded_port: int, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        record = tmp_path / "server.json"
        record.write_text(record.read_text().replace(str(embedded_port), str(taken.getsockname()[1])))
        assert "embedded" not in in_words(boto.NoRegionError())
    record.unlink()
    assert "embedded" not in in_words(boto.NoRegionError())


@pytest.mark.usefixtures("embedded_port")
@pytest.mark.parametrize("verb", ["status", "logs", "destroy"])
def test_each_verb_has_the_hint(ops: Ops, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verb: str) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert ops(verb).stderr.endswith(
        "such as AWS_REGION=eu-central-1, or in an AWS Academy Learner Lab `aws configure set region us-east-1`"
        f"{HINT}\n"
    )


@pytest.mark.system
@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["url"], {}, "no AWS region is chosen"),
        (["url", "--region", "eu-central-1"], {}, "no AWS credentials"),
        (["url"], {"AWS_REGION": "eu-central-1"}, "no AWS credentials"),
        (["url", "--profile", "nobody"], {}, "nobody"),
        (["url", "--region", "x", "--endpoint-url", "http://127.0.0.1:9"], KEYS, DOWN),
        (
            ["url", "--region", "x"],
            {**KEYS, "AWS_ENDPOINT_URL": "http://localhost:9"},
            DOWN.replace("127.0.0.1", "localhost"),
        ),
        (["status"], EMBEDDED_THAT_IS_DOWN, DOWN),
        (["logs"], EMBEDDED_THAT_IS_DOWN, DOWN),
        (["url", "--region", "x", "--endpoint-url", "nonsense"], KEYS, "nonsense is no address of an AWS (Invalid"),
        (["url", "--region", "x"], {**KEYS, "AWS_ENDPOINT_URL": "http://a:99999"}, "http://a:99999 is no address of"),
        (["url", "--region", "nowhere?"], KEYS, "use a name such as eu-central-1"),
    ],
)
def test_a_laptop_that_is_not_set_up_is_told_so(
    ops: Ops,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    environment: dict[str, str],
    words: str,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", **environment}.items():
        monkeypatch.setenv(name, value)
    ran = ops(*arguments)
    assert ran.exit_code == 1
    assert ran.stdout == ""
    assert words in ran.stderr
    assert ran.stderr.splitlines()[-1].startswith("error: ")


@pytest.mark.system
@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["destroy"], EMBEDDED_THAT_IS_DOWN, DOWN),
        (["destroy"], {"AWS_REGION": "eu-central-1"}, "no AWS credentials"),
        (["deploy", "cdk", "deploy"], {}, "no AWS region is chosen"),
    ],
)
def test_so_is_one_where_a_command_would_run(
    root: Path, tmp_path: Path, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    ran = bare(root, tmp_path, *arguments, **environment)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert words in ran.stderr
    assert ran.stderr.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in ran.stderr


@pytest.mark.system
def test_a_terminal_that_lacks_our_characters(root: Path, tmp_path: Path) -> None:
    ran = bare(root, tmp_path, "doctor", "--region", "eu-central-1", PYTHONIOENCODING="ascii")
    assert r"\u2192 mend that, then `python -m ops doctor --region eu-central-1` again" in ran.stdout
    assert "1 of 5 checks failed: Credentials" in ran.stderr


def test_an_unknown_verb_or_option_is_a_usage_error(ops: Ops) -> None:
    assert ops("statsu").exit_code == 2
    assert ops("status", "--colour").exit_code == 2


def test_a_mistake_of_ours_says_how_to_see_it_in_either_command_line() -> None:
    assert in_words(KeyError("x")).endswith("With PYTHONDEVMODE=1 in front, the same command shows where")
