"""Whatever AWS answers, a person reads a sentence."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.exceptions as boto
import pytest
from botocore.exceptions import ClientError

from ops.answers.errors import OpsError, in_words, passing_over
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
    command = [sys.executable, "-m", "ops", *arguments]
    return subprocess.run(command, cwd=root, env=clean, capture_output=True, text=True, check=False, timeout=60)


KEYS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["url"], {}, "no AWS region is chosen"),
        (["url", "--region", "eu-central-1"], {}, "no AWS credentials"),
        (["url"], {"AWS_REGION": "eu-central-1"}, "no AWS credentials"),
        (["url", "--profile", "nobody"], {}, "nobody"),
        (["url", "--region", "eu-central-1", "--endpoint-url", "http://127.0.0.1:9"], KEYS, "can't be reached"),
        (["url", "--region", "eu-central-1"], {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "can't be reached"),
        (["url", "--region", "x", "--endpoint-url", "nonsense"], KEYS, "nonsense is no address of an AWS (Invalid"),
        (["url", "--region", "x"], {**KEYS, "AWS_ENDPOINT_URL": "http://a:99999"}, "http://a:99999 is no address of"),
        (["url", "--region", "nowhere?"], KEYS, "use a name such as eu-central-1"),
    ],
)
def test_a_laptop_that_is_not_set_up_is_told_so(
    root: Path, tmp_path: Path, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    ran = bare(root, tmp_path, *arguments, **environment)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert words in ran.stderr
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr


def test_a_terminal_that_lacks_our_characters(root: Path, tmp_path: Path) -> None:
    ran = bare(root, tmp_path, "doctor", "--region", "eu-central-1", PYTHONIOENCODING="ascii")
    assert r"\u2192 mend that, then `python -m ops doctor --region eu-central-1` again" in ran.stdout
    assert "1 of 5 checks failed: Credentials" in ran.stderr


def test_an_unknown_verb_or_option_is_a_usage_error(ops: Ops) -> None:
    assert ops("statsu").exit_code == 2
    assert ops("status", "--colour").exit_code == 2


def test_a_mistake_of_ours_says_how_to_see_it_in_either_command_line() -> None:
    assert in_words(KeyError("x")).endswith("With PYTHONDEVMODE=1 in front, the same command shows where")
