"""What is said of a deploy that somebody looked on at."""

import threading

import pytest

from ops.cloud.probe import Health
from rehearse.client import asking
from rehearse.observed import Thing, differences

GOOD, BAD = Health(True, True, "answers", 1), Health(False, False, "nothing listens there", 1)


def test_good_answers_errors_and_the_longest_time_without_a_good_one_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rehearse.client.PAUSE_SECONDS", 0.01)
    enough, away = threading.Event(), threading.Event()
    script = iter([GOOD, BAD, BAD, GOOD])

    def page() -> Health:
        health = next(script, None)
        if health is None:
            enough.set()
        if health == BAD:
            away.wait(0.05)
        return health or GOOD

    with asking({"page": page, "other": lambda: GOOD}) as answers:
        assert enough.wait(5)
    assert dict(answers["page"].errors) == {"nothing listens there": 2}
    assert answers["page"].good >= 3
    # Twice that long nobody answered.
    assert answers["page"].longest_gap >= 0.1
    assert not answers["other"].errors


def test_who_is_asked_a_last_time_after_all_is_done_shows_that_nobody_is_there_any_more() -> None:
    gone = threading.Event()
    with asking({"page": lambda: BAD if gone.is_set() else GOOD}) as answers:
        gone.set()
    assert answers["page"].errors["nothing listens there"] >= 1


def test_what_is_another_thing_now_is_named_by_its_construct() -> None:
    same, other, gone, new = (Thing("App", name, "AWS::SQS::Queue") for name in ("Same", "Other", "Gone", "New"))
    before, after = {same: "1", other: "2", gone: "3"}, {same: "1", other: "4", new: "5"}
    assert list(differences(before, after, {("App", "Other"): "Jobs/Queue"})) == [
        "**Replaced**: `App/Jobs/Queue` (`AWS::SQS::Queue`).",
        "**New**: `App/New` (`AWS::SQS::Queue`).",
        "**Gone**: `App/Gone` (`AWS::SQS::Queue`).",
        "The same as before: 1 of 3.",
    ]
