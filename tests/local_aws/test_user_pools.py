"""In the embedded AWS a user is the same however their address is written, as far as the pool says so."""

from typing import Any

import pytest
from ministack.services import cognito

from local_aws.ministack.user_pools import know_capitals_as_told

ADA, SUB = "ada@example.org", "0f0e"


@pytest.fixture(autouse=True)
def _mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cognito, "_resolve_user", cognito._resolve_user)
    know_capitals_as_told()


def found(username: str | None, pool: dict[str, Any]) -> Any:
    attributes = [{"Name": "sub", "Value": SUB}, {"Name": "email", "Value": ADA}, {"Name": "name", "Value": "Ada"}]
    ada = {"Username": SUB, "Attributes": attributes}
    return cognito._resolve_user({"UsernameAttributes": ["email"], "_users": {SUB: ada}, **pool}, username)[0]


@pytest.mark.parametrize("username", [ADA, "Ada@Example.org", SUB, SUB.upper()])
def test_capitals_make_no_other_user_where_the_pool_says_so(username: str) -> None:
    assert found(username, {"UsernameConfiguration": {"CaseSensitive": False}})


@pytest.mark.parametrize("username", ["ADA", "eve@example.org", "", None])
def test_what_is_no_name_of_theirs_finds_nobody(username: str | None) -> None:
    assert not found(username, {"UsernameConfiguration": {"CaseSensitive": False}})


@pytest.mark.parametrize("pool", [{}, {"UsernameConfiguration": {"CaseSensitive": True}}])
def test_else_they_do(pool: dict[str, Any]) -> None:
    assert found(ADA, pool)
    assert not found(ADA.upper(), pool)
