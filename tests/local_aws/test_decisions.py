"""What IAM has decided is kept: an allowance once, a denial each time somebody comes back with it."""

from pathlib import Path

import pytest

from local_aws import decisions
from local_aws.decisions import Decision, Record

ROLE = "arn:aws:sts::000000000000:assumed-role/Function/now"
ALLOWED = Decision(ROLE, "s3:GetObject", "arn:aws:s3:::bucket/key", allowed=True)
DENIED = Decision(ROLE, "s3:PutObject", "arn:aws:s3:::bucket/key", allowed=False)


def test_each_is_kept_once_also_by_the_next_server(tmp_path: Path) -> None:
    file = tmp_path / "decisions"
    for _ in ("one server", "the next"):
        record = Record(file)
        for _ in range(2):
            record.keep(ALLOWED)
            record.keep(DENIED)
    assert decisions.read(file) == [ALLOWED, DENIED, DENIED]


def test_a_denial_comes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "decisions"
    record = Record(file)
    record.keep(ALLOWED)
    record.keep(DENIED)
    since = decisions.size(file)
    monkeypatch.setattr(decisions, "DENIED_AGAIN_SECONDS", 0.0)
    record = Record(file)
    for _ in range(2):
        record.keep(ALLOWED)
        record.keep(DENIED)
    assert decisions.read(file, since) == [DENIED, DENIED]


def test_nothing_was_decided_yet(tmp_path: Path) -> None:
    assert decisions.read(tmp_path / "none") == []
    assert decisions.size(tmp_path / "none") == 0


@pytest.mark.parametrize(
    ("who", "role"),
    [
        (ROLE, "Function"),
        ("arn:aws:iam::000000000000:user/person", None),
        ("arn:aws:execute-api:us-east-1:000000000000:api/$default/GET/mean", None),
    ],
)
def test_whose_role_it_was(who: str, role: str | None) -> None:
    assert Decision(who, "s3:GetObject", "*", allowed=True).role == role


def test_what_is_allowed_since_is_no_denial(tmp_path: Path) -> None:
    file = tmp_path / "decisions"
    record = Record(file)
    now_allowed = Decision(ROLE, DENIED.action, DENIED.resource, allowed=True)
    for decision in (now_allowed, DENIED, now_allowed):
        record.keep(decision)
    assert decisions.denied(decisions.read(file)) == []
    record.keep(DENIED)
    assert decisions.denied(decisions.read(file)) == [DENIED]
