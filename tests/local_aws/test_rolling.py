"""A rolling update: how many machines it has at each step, whatever a group's sizes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.groups.rolling import Rolling


@st.composite
def rollings(draw: st.DrawFn) -> Rolling:
    most = draw(st.integers(1, 12))
    least = draw(st.integers(0, most - 1))
    return Rolling(draw(st.integers(1, most)), most, draw(st.integers(1, 12)), least)


def walk(rolling: Rolling, old: int, new: int = 0) -> list[tuple[int, int, int]]:
    """Take all steps, and give what is in service during each: old ones, new ones, and those that boot."""
    seen = []
    while (step := rolling.step(old, new)) != (0, 0):
        end, begin = step
        old -= end
        seen.append((old, new, begin))
        new += begin
        assert len(seen) < 100
    return [*seen, (old, new, 0)]


@given(rollings(), st.data())
def test_it_ends_with_new_machines_alone(rolling: Rolling, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, rolling.wanted))
    new = data.draw(st.integers(0, rolling.most - old))
    before = old + new
    seen = walk(rolling, old, new)
    last_old, last_new, _ = seen[-1]
    assert last_old == 0
    assert last_new >= rolling.wanted
    for staying, ready, booting in seen:
        assert staying + ready >= min(rolling.least, before)
        assert staying + ready + booting <= max(rolling.most, before)


def test_two_of_at_most_three() -> None:
    seen = walk(Rolling.of({"MinInstancesInService": "2"}, wanted=2, most=3), 2)
    assert seen == [
        (2, 0, 1),
        (1, 1, 1),
        (0, 2, 0),
        (0, 2, 0),
    ]


def test_a_batch_of_two() -> None:
    rolling = Rolling.of({"MinInstancesInService": 2, "MaxBatchSize": "2"}, wanted=4, most=6)
    assert walk(rolling, 4) == [(2, 0, 2), (0, 2, 2), (0, 4, 0)]


def test_back_from_a_broken_version() -> None:
    """What is old then is the one that did not come up."""
    assert walk(Rolling.of({"MinInstancesInService": 2}, wanted=2, most=3), old=1, new=2) == [(0, 2, 0), (0, 2, 0)]


def test_who_leaves_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match=r"MinInstancesInService must be less than .* MaxSize: 2 is not under 2"):
        Rolling.of({"MinInstancesInService": 2}, wanted=2, most=2)
