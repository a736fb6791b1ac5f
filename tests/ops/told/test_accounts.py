"""deploy asks before accounts end with their sign-in, also where that was typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.copies import write_copy
from tests.ops.fake_aws import HOUR_AGO, FakeAws, Ops
from tests.ops.recorded import Recorded

POOL = "eu-central-1_abc"
SIGN_IN = {"https": "true", "sign_in": "true"}
OFF = ("-c", "https=", "-c", "sign_in=")
ENDS = "with the sign-in, for good: who signs in again later is to be invited anew"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, copies: Path) -> None:
    for name in ("offer_removal", "remember", "note_if_nobody"):
        monkeypatch.setattr(f"ops.verbs.deploy.{name}", lambda *_, **__: None)
    write_copy(copies, "main", SIGN_IN)


def deployed(aws: FakeAws, *emails: str) -> None:
    """Let a copy be deployed whose users these are."""
    for _ in ("its settings", "its pool"):
        aws.no_stack("CalculateMean")
        aws.stack("Streamlit", {"Settings": json.dumps(SIGN_IN), "UserPoolId": POOL})
    aws.expect("cognito-idp", "list_users", {"Users": [user(email) for email in emails]}, UserPoolId=POOL)


def user(email: str) -> dict[str, Any]:
    known = {"Username": "sub", "UserStatus": "CONFIRMED", "Enabled": True, "UserCreateDate": HOUR_AGO}
    return {**known, "Attributes": [{"Name": "email", "Value": email}]}


@pytest.mark.parametrize(
    ("emails", "said"),
    [(["a@example.org"], "1 account ends"), (["a@example.org", "b@example.org"], "2 accounts end")],
)
def test_nobody_to_ask(aws: FakeAws, ops: Ops, recorded: Recorded, emails: list[str], said: str) -> None:
    deployed(aws, *emails)
    result = ops("deploy", "--", *recorded.command(*OFF))
    assert (result.exit_code, recorded.words) == (3, None)
    first, second = result.stderr.splitlines()
    assert first == f"{said} {ENDS}"
    assert "`make deploy HTTPS=true SIGN_IN=true` keeps what is deployed; `python -m ops deploy --yes -- " in second


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("typed", "words"), [("y\n", list(OFF)), ("n\n", None)])
def test_the_person_is_asked(aws: FakeAws, ops: Ops, recorded: Recorded, typed: str, words: list[str] | None) -> None:
    deployed(aws, "a@example.org")
    result = ops("deploy", "--", *recorded.command(*OFF), typed=typed)
    assert "Deploy all the same? [y/N]" in result.stderr
    assert recorded.words == words


def test_yes_is_said_already(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    deployed(aws, "a@example.org")
    result = ops("deploy", "--yes", "--", *recorded.command(*OFF))
    assert (result.exit_code, result.stderr) == (0, f"1 account ends {ENDS}\n")


def test_a_pool_without_users_is_no_question(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    deployed(aws)
    result = ops("deploy", "--", *recorded.command(*OFF))
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_file_that_turns_it_off_ends_them_too(aws: FakeAws, ops: Ops, recorded: Recorded, copies: Path) -> None:
    write_copy(copies, "main", {"https": "true"})
    deployed(aws, "a@example.org")
    result = ops("deploy", "--", *recorded.command())
    assert result.exit_code == 3
    assert result.stderr.splitlines()[:2] == [
        "sign_in is true and would become false: SIGN_IN=true keeps it",
        f"1 account ends {ENDS}",
    ]
    assert "`make deploy SIGN_IN=true` keeps what is deployed" in result.stderr


def test_who_may_not_ask_how_many_is_asked_all_the_same(aws: FakeAws, ops: Ops, recorded: Recorded) -> None:
    for _ in ("its settings", "its pool"):
        aws.no_stack("CalculateMean")
        aws.stack("Streamlit", {"Settings": json.dumps(SIGN_IN), "UserPoolId": POOL})
    aws.refuse("cognito-idp", "list_users", "AccessDeniedException")
    result = ops("deploy", "--", *recorded.command(*OFF))
    assert (result.exit_code, recorded.words) == (3, None)
    assert result.stderr.startswith("how many accounts end with the sign-in is not known: ")
