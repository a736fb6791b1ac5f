"""Target tracking: how many machines a group wants by how busy they are."""

from local_aws.groups.tracking import BUSY_PERIODS, QUIET_PERIODS, Tracker


def wants(*averages: float, now: int = 2, least: int = 1, most: int = 9) -> int:
    tracker = Tracker()
    return [tracker.wanted(one, 60, now, least=least, most=most) for one in averages][-1]


def test_a_busy_group_grows_to_its_target() -> None:
    assert wants(*[90] * (BUSY_PERIODS - 1)) == 2
    assert wants(*[90] * BUSY_PERIODS) == 3
    assert wants(*[70] * BUSY_PERIODS) == 3
    assert wants(*[100] * BUSY_PERIODS, now=4) == 7
    assert wants(90, 50, 90) == 2
    # As far as it may.
    assert wants(*[100] * BUSY_PERIODS, most=3) == 3


def test_a_quiet_group_shrinks_by_one_and_later() -> None:
    assert wants(*[5] * (QUIET_PERIODS - 1)) == 2
    assert wants(*[5] * QUIET_PERIODS) == 1
    assert wants(*[55] * QUIET_PERIODS) == 2
    assert wants(*[5] * QUIET_PERIODS, least=2) == 2


def test_after_a_change_it_looks_anew() -> None:
    tracker = Tracker()
    told = [tracker.wanted(90, 60, 2, least=1, most=9) for _ in range(BUSY_PERIODS * 2 - 1)]
    assert told.count(3) == 1
