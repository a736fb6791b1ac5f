"""The targets of a load balancer: which are well, whom a visitor gets, who still finishes."""

import pytest

from local_aws.balancers import TIMES_FASTER, stickiness
from local_aws.balancers.health import HealthCheck
from local_aws.balancers.targets import DRAINING, HEALTHY, INITIAL, UNHEALTHY, Target, Targets

EVEN = {"healthy_after": 2, "unhealthy_after": 2}


def judged(*passed: bool) -> str:
    target = Target("i-1", 8501)
    for one in passed:
        target.judge(passed=one, **EVEN)
    return target.state


@pytest.mark.parametrize(
    ("passed", "state"),
    [
        ((), INITIAL),
        ((True,), HEALTHY),
        ((False,), INITIAL),
        ((False, False), UNHEALTHY),
        ((True, False), HEALTHY),
        ((True, False, False), UNHEALTHY),
        ((False, False, True), UNHEALTHY),
        ((False, False, True, True), HEALTHY),
        ((True, False, True, False), HEALTHY),
    ],
)
def test_the_thresholds(passed: tuple[bool, ...], state: str) -> None:
    assert judged(*passed) == state


def targets_of(**states: str) -> Targets:
    targets = Targets()
    targets.follow(dict.fromkeys(states, 8501), 0)
    for target in targets.all():
        target.state = states[target.id]
    return targets


def chosen(targets: Targets, preferred: str | None = None) -> set[str]:
    picks = [targets.choose(preferred) for _ in range(6)]
    return {one.id for one in picks if one}


def test_healthy_ones_take_turns() -> None:
    targets = targets_of(a=HEALTHY, b=HEALTHY, c=INITIAL, d=UNHEALTHY)
    assert chosen(targets) == {"a", "b"}


def test_where_nobody_is_healthy_all_are_asked() -> None:
    assert chosen(targets_of(a=UNHEALTHY, b=INITIAL)) == {"a", "b"}
    assert chosen(targets_of()) == set()


def test_a_visitor_stays_with_a_target_that_is_well() -> None:
    targets = targets_of(a=HEALTHY, b=HEALTHY, c=UNHEALTHY)
    assert chosen(targets, "b") == {"b"}
    assert chosen(targets, "c") == {"a", "b"}
    assert chosen(targets, "gone") == {"a", "b"}


def test_who_leaves_finishes_what_it_has_and_gets_nothing_new() -> None:
    targets = targets_of(a=HEALTHY, b=HEALTHY)
    [leaving] = [one for one in targets.all() if one.id == "a"]
    with leaving.busy():
        targets.follow({"b": 8501}, drain_seconds=TIMES_FASTER)
        assert leaving.state == DRAINING
        assert leaving in targets.all()
        assert chosen(targets, "a") == {"b"}
        leaving.judge(passed=True, **EVEN)
        assert leaving.state == DRAINING
    targets.follow({"b": 8501}, drain_seconds=TIMES_FASTER)
    assert [one.id for one in targets.all()] == ["b"]


def test_nobody_waits_for_who_never_finishes() -> None:
    targets = targets_of(a=HEALTHY)
    [leaving] = targets.all()
    with leaving.busy():
        targets.follow({}, drain_seconds=0)
        assert not targets.all()


@pytest.mark.parametrize(
    ("matcher", "good", "bad"), [("200", [200], [204, 500]), ("200,302", [302], [301]), ("200-299", [200, 299], [300])]
)
def test_what_counts_as_well(matcher: str, good: list[int], bad: list[int]) -> None:
    check = HealthCheck("/", 10, 5, 2, 2, matcher)
    assert all(check.takes(status) for status in good)
    assert not any(check.takes(status) for status in bad)


@pytest.mark.parametrize("header", ["", "AWSALB=%%", "a=b; c", "AWSALB=/w=="])
def test_a_cookie_that_is_not_ours(header: str) -> None:
    assert stickiness.asked_for(header) is None


def test_a_cookie_names_its_target() -> None:
    first, second = stickiness.cookies_for("i-0123", 60)
    for one in (first, second):
        assert stickiness.asked_for(f"theme=dark; {one.partition(';')[0]}") == "i-0123"
    assert (first.partition("=")[0], second.partition("=")[0]) == stickiness.NAMES
    assert "SameSite=None" in second
