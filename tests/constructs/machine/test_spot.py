"""Which instance types stand in for one another on Spot."""

import pytest

from data_compute.machine.spot import alternatives


@pytest.mark.parametrize(
    ("chosen", "all_of_them"),
    [
        ("t4g.small", ["t4g.small", "t4g.medium"]),
        ("t3.small", ["t3.small", "t3a.small", "t3.medium", "t3a.medium"]),
        ("c7g.large", ["c7g.large", "c6g.large", "m6g.large", "m7g.large", "c6g.xlarge", "c7g.xlarge"]),
        ("r6i.8xlarge", ["r6i.8xlarge", "r5.8xlarge"]),
    ],
)
def test_no_fewer_processors_and_up_to_double_the_memory(chosen: str, all_of_them: list[str]) -> None:
    assert alternatives(chosen) == all_of_them


@pytest.mark.parametrize("chosen", ["p5.48xlarge", "t4g.nano", "large", "m7g.metal"])
def test_what_nothing_is_known_of_is_refused(chosen: str) -> None:
    with pytest.raises(ValueError, match=rf"spot: nothing is known to stand in for {chosen}.*use a type of t4g, c6g"):
        alternatives(chosen)
