"""A refusal in an AWS Academy Learner Lab: the session's end, what no lab allows, credentials that hide newer ones."""

from pathlib import Path

import pytest

from ops.answers.errors import in_words
from ops.answers.spelling import in_the_same_aws
from tests.ops.answers.test_errors import refused

STUDENT = (
    "User: arn:aws:sts::123456789012:assumed-role/voclabs/user1=eve is not authorized to perform: {} on resource: x"
)
DENIED = " with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/{}"
ENDED = "your lab session has ended: start the lab again and paste its new credentials"
SPENT = "if the lab is running and its credentials are new, its budget may be spent: look at the lab's page"
NOBODY = "an AWS Academy Learner Lab does not let you do {}, and nobody can allow it there"
OLD = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
WIN = "this shell's AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY win over ~/.aws/credentials"
UNSET = "`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY`"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*OLD, "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def old_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OLD:
        monkeypatch.setenv(name, "old")


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"])
def test_a_session_that_has_ended(code: str) -> None:
    message = STUDENT.format("ec2:StartInstances") + DENIED.format("voc-cancel-cred")
    assert in_words(refused(code, message)) == f"{ENDED}; {SPENT}"


def test_what_no_lab_allows() -> None:
    by_policy = STUDENT.format("iam:CreateRole") + DENIED.format("Pvoclabs2")
    by_none = STUDENT.format("ses:SendEmail") + " because no identity-based policy allows the ses:SendEmail action"
    assert in_words(refused("AccessDenied", by_policy)).startswith(NOBODY.format("iam:CreateRole"))
    assert in_words(refused("AccessDenied", by_none)).startswith(NOBODY.format("ses:SendEmail"))


def test_somebody_elses_missing_right_is_no_labs() -> None:
    message = STUDENT.replace("assumed-role/voclabs", "assumed-role/admin").format("iam:CreateRole")
    assert in_words(refused("AccessDenied", message)).startswith("you lack the permission iam:CreateRole: ask whoever")


@pytest.mark.parametrize("code", ["ExpiredToken", "RequestExpired", "InvalidClientTokenId", "AuthFailure"])
def test_credentials_that_count_no_more_may_be_a_labs(code: str) -> None:
    assert in_words(refused(code)).endswith(f"If they are of an AWS Academy Learner Lab, {ENDED}")


@pytest.mark.parametrize(("alice", "may"), [("{}", False), ('{"account": "lab"}', True), ("{", True)])
@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId"])
def test_but_not_where_no_copy_that_was_told_something_is_in_one(
    copies: Path, code: str, alice: str, may: bool
) -> None:
    copies.mkdir()
    for name, told in {"main": '{"web_from": "world"}', "alice": alice}.items():
        (copies / f"{name}.json").write_text(told)
    assert ("Learner Lab" in in_words(refused(code))) == may


@pytest.mark.usefixtures("old_variables")
@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "AuthFailure"])
def test_old_variables_win_over_a_file(code: str) -> None:
    said = in_words(refused(code))
    assert WIN in said
    assert UNSET in said
    assert "log in" not in said


@pytest.mark.usefixtures("old_variables")
def test_a_session_that_has_ended_under_old_variables() -> None:
    said = in_words(refused("AccessDenied", STUDENT.format("s3:GetObject") + DENIED.format("voc-cancel-cred")))
    assert said.startswith(f"{ENDED}; {WIN}")


@pytest.mark.usefixtures("old_variables")
def test_a_profile_that_was_typed_wins_over_variables() -> None:
    with in_the_same_aws(None, "eve"):
        assert WIN not in in_words(refused("ExpiredToken"))
