"""A right is needed where some call would be denied without it."""

import pytest

from local_aws.decisions import Decision
from local_aws.grants import Grant, is_needed

GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:mean"
WRITE = Grant("Mean/Role", "role", "logs:PutLogEvents", f"{GROUP}:*")
API = "arn:aws:execute-api:us-east-1:000000000000:api"
CALL = Grant(
    "Mean", f"{API}/*/GET/mean", "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:mean"
)


def written(role: str = "role", group: str = GROUP, *, allowed: bool = True) -> Decision:
    who = f"arn:aws:sts::000000000000:assumed-role/{role}/session"
    return Decision(who, "logs:PutLogEvents", f"{group}:log-stream:today", allowed)


@pytest.mark.parametrize(
    ("made", "needed"),
    [
        ([written()], True),
        ([], False),
        ([written("another")], False),
        ([written(group=f"{GROUP}-2")], False),
        ([written(allowed=False)], False),
    ],
    ids=["used", "never", "another role's", "another group's", "a denial"],
)
def test_what_was_called_needs_it(made: list[Decision], needed: bool) -> None:
    assert is_needed(WRITE, [WRITE], made) is needed


def test_of_two_that_allow_the_same_neither_is_needed() -> None:
    wide = Grant("Mean/Role", "role", "logs:*", "*")
    assert not is_needed(WRITE, [WRITE, wide], [written()])
    assert not is_needed(wide, [WRITE, wide], [written()])
    elsewhere = written(group="arn:aws:logs:us-east-1:000000000000:log-group:other")
    assert is_needed(wide, [WRITE, wide], [written(), elsewhere])


def test_a_route_is_called_by_its_api() -> None:
    def called(route: str) -> Decision:
        return Decision(f"{API}/$default/{route}", "lambda:InvokeFunction", CALL.resource, allowed=True)

    assert is_needed(CALL, [CALL], [called("GET/mean")])
    assert not is_needed(CALL, [CALL], [called("POST/mean")])


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("ssmmessages:OpenDataChannel", "Session Manager's agent does not run on the laptop"),
        ("lambda:InvokeFunction", "nobody has called it yet"),
        ("s3:GetObject", None),
    ],
)
def test_why_nothing_uses_it(action: str, reason: str | None) -> None:
    assert Grant("x", "x", action, "*").reason == reason
