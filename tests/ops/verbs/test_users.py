"""users says who may sign in, and lets nobody's address into anything but Cognito."""

import json
from typing import Any

import pytest
from botocore.stub import ANY

from ops.cloud.clients import Aws
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.users import nobody, note_if_nobody, who_may
from tests.ops.fake_aws import HOUR_AGO, FakeAws, Ops

POOL = "eu-central-1_abc"
ADA = "ada@example.org"


@pytest.fixture
def page(aws: FakeAws) -> FakeAws:
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {"UserPoolId": POOL})
    return aws


def user(email: str, status: str = "CONFIRMED", *, enabled: bool = True) -> dict[str, Any]:
    attributes = [{"Name": "email", "Value": email}]
    known = {"Username": "sub", "UserStatus": status, "Enabled": enabled, "UserCreateDate": HOUR_AGO}
    return {**known, "Attributes": attributes}


def listed(aws: FakeAws, *there: dict[str, Any]) -> None:
    aws.expect("cognito-idp", "list_users", {"Users": list(there)}, UserPoolId=POOL)


def test_add_invites_by_e_mail_and_prints_no_password(page: FakeAws, ops: Ops) -> None:
    attributes = [{"Name": "email", "Value": ADA}, {"Name": "email_verified", "Value": "true"}]
    page.expect(
        "cognito-idp",
        "admin_create_user",
        {},
        UserPoolId=POOL,
        Username=ADA,
        TemporaryPassword=ANY,
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=attributes,
    )
    told = ops("users", "add", ADA).stdout
    assert told == f"{ADA} may sign in: Cognito sends the first password by e-mail; it is good for three days\n"


def test_add_of_who_is_there_says_what_to_do(page: FakeAws, ops: Ops) -> None:
    page.refuse("cognito-idp", "admin_create_user", "UsernameExistsException")
    done = ops("users", "add", ADA)
    assert (done.exit_code, f"{ADA} may sign in already: `python -m ops users reset {ADA}`" in done.stderr) == (1, True)


def test_list_tells_who_there_is(page: FakeAws, ops: Ops) -> None:
    listed(page, user("eve@example.org", enabled=False), user(ADA), user("bob@example.org", "FORCE_CHANGE_PASSWORD"))
    facts = json.loads(ops("users", "list", "--json").stdout)
    assert [(one["user"], one["state"]) for one in facts] == [
        (ADA, "has signed in"),
        ("bob@example.org", "invited"),
        ("eve@example.org", "disabled"),
    ]


def test_list_of_nobody_says_how_the_first_is_made(page: FakeAws, ops: Ops) -> None:
    listed(page)
    assert "nobody can sign in yet: `python -m ops users add" in ops("users", "list").stdout


def test_remove_removes(page: FakeAws, ops: Ops) -> None:
    page.expect("cognito-idp", "admin_delete_user", {}, UserPoolId=POOL, Username=ADA)
    done = ops("users", "remove", ADA)
    assert done.stdout == f"{ADA} may not sign in any more; open pages end within five minutes\n"
    assert done.stderr == "asking AWS\n"


def test_reset_takes_the_password_signs_out_and_invites_anew(page: FakeAws, ops: Ops) -> None:
    known = {"UserPoolId": POOL, "Username": ADA}
    page.expect("cognito-idp", "admin_set_user_password", {}, **known, Password=ANY, Permanent=False)
    page.expect("cognito-idp", "admin_user_global_sign_out", {}, **known)
    again = {"TemporaryPassword": ANY, "DesiredDeliveryMediums": ["EMAIL"], "MessageAction": "RESEND"}
    page.expect("cognito-idp", "admin_create_user", {}, **known, **again)
    said = f"{ADA} is signed out (open pages end within five minutes), and invited anew: Cognito sends"
    assert ops("users", "reset", ADA).stdout.startswith(said)


@pytest.mark.parametrize(("what", "call"), [("remove", "admin_delete_user"), ("reset", "admin_set_user_password")])
def test_who_is_not_there_is_named(page: FakeAws, ops: Ops, what: str, call: str) -> None:
    page.refuse("cognito-idp", call, "UserNotFoundException")
    done = ops("users", what, ADA)
    assert (done.exit_code, f"there is no user {ADA}: `python -m ops users list`" in done.stderr) == (1, True)


@pytest.mark.parametrize("what", ["add", "remove", "reset"])
def test_a_dry_run_asks_cognito_nothing(page: FakeAws, ops: Ops, what: str) -> None:
    assert page
    assert ops("users", what, ADA, "--dry-run").stdout.startswith("would ")


@pytest.mark.parametrize("words", [["reset", ""], ["remove", "ada"], ["add", "a@b"]])
def test_what_is_no_address_is_refused_before_aws_is_asked(aws: FakeAws, ops: Ops, words: list[str]) -> None:
    assert aws
    done = ops("users", *words)
    assert (done.exit_code, f"say it as in `python -m ops users {words[0]} ada@example.org`" in done.stderr) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["delete", ADA], "No such command 'delete'."),
        (["rest", ADA], "Did you mean 'reset'?"),
        (["list", ADA], f"unexpected extra argument(s) ({ADA})"),
        (["list", "--dry-run"], "No such option: --dry-run"),
        (["add"], "Missing argument 'EMAIL'"),
    ],
)
def test_what_is_typed_too_much_or_otherwise_is_a_mistake_of_use(
    aws: FakeAws, ops: Ops, words: list[str], said: str
) -> None:
    assert aws
    done = ops("users", *words)
    assert (done.exit_code, said in done.stderr, "Value error" in done.stderr) == (2, True, False)


@pytest.mark.parametrize(("embedded", "target"), [(False, "deploy"), (True, "up")])
def test_a_page_without_a_sign_in_says_how_it_gets_one(
    aws: FakeAws, ops: Ops, monkeypatch: pytest.MonkeyPatch, embedded: bool, target: str
) -> None:
    monkeypatch.setattr(Aws, "embedded", embedded)
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {})
    done = ops("users", "list")
    assert f"`make {target} HTTPS=true SIGN_IN=true` makes it so" in done.stderr


def test_after_a_deploy_the_first_user_is_told_how_to_be_made(
    page: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(page)
    note_if_nobody(here, "source it; ")
    said = "`source it; python -m ops users add ada@example.org`, by your own e-mail address, invites the"
    assert said in capsys.readouterr().err


def test_after_a_deploy_a_refusal_is_no_failure(aws: FakeAws, here: Here, capsys: pytest.CaptureFixture[str]) -> None:
    aws.refuse("cloudformation", "describe_stacks", "AccessDenied")
    note_if_nobody(here)
    assert "whether anybody can sign in is not known: you lack the permission" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ([user(ADA), user("bob@example.org", "FORCE_CHANGE_PASSWORD")], "2 people may"),
        ([user(ADA), user("eve@example.org", enabled=False)], "1 person may"),
        ([user("eve@example.org", enabled=False)], nobody("main")),
        ([], nobody("main")),
    ],
)
def test_who_may_sign_in_is_counted(page: FakeAws, here: Here, there: list[dict[str, Any]], told: str) -> None:
    listed(page, *there)
    assert who_may(here, read_deployment(here)) == told


def test_who_may_not_ask_is_told_so(page: FakeAws, here: Here) -> None:
    page.refuse("cognito-idp", "list_users", "AccessDeniedException")
    assert str(who_may(here, read_deployment(here))).startswith("who may is not known: ")


def test_where_nobody_is_asked_nothing_is_said(aws: FakeAws, here: Here) -> None:
    aws.no_stack("CalculateMean")
    aws.stack("Streamlit", {})
    assert who_may(here, read_deployment(here)) is None


def test_what_it_advises_is_for_the_same_copy(aws: FakeAws, ops: Ops) -> None:
    aws.no_stack("CalculateMean-alice")
    aws.stack("Streamlit-alice", {"UserPoolId": POOL})
    listed(aws)
    told = ops("users", "list", "--copy", "alice", "--region", "eu-central-1").stdout
    assert "`python -m ops users add --copy alice --region eu-central-1 ada@example.org`" in told
    aws.no_stack("CalculateMean-alice")
    aws.stack("Streamlit-alice", {"UserPoolId": POOL})
    aws.refuse("cognito-idp", "admin_create_user", "UsernameExistsException")
    assert f"`python -m ops users reset --copy alice {ADA}`" in ops("users", "add", ADA, "--copy", "alice").stderr
