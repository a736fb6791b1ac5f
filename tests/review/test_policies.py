"""Grants: patterns that cover others, and statements that mean the same."""

from fnmatch import fnmatchcase
from itertools import product
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from review.assembly import Stack
from review.policies import Grant, beyond, grants, matches
from tests.review.apps import Json, app

PLAIN = ["".join(letters) for size in range(4) for letters in product("ab", repeat=size)]
patterns = st.text("ab*?", max_size=4)
STACK = Stack("App", {"Resources": {}})
a_statement = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.lists(st.sampled_from(["a:B", "a:C", "a:*"]), min_size=1, max_size=3),
        "Resource": st.lists(st.sampled_from(["x", "y", "*"]), min_size=1, max_size=3),
    }
)


def read(statements: list[Json]) -> set[Grant]:
    return set(grants(app(), STACK, {"Statement": statements}, {}))


@given(patterns, st.sampled_from(PLAIN))
def test_a_pattern_stands_for_what_a_shell_says(pattern: str, name: str) -> None:
    assert matches(pattern, name) == fnmatchcase(name, pattern)


@given(patterns, patterns)
def test_a_pattern_that_covers_another_stands_for_all_that_it_stands_for(wide: str, narrow: str) -> None:
    if matches(wide, narrow):
        assert all(fnmatchcase(name, wide) for name in PLAIN if fnmatchcase(name, narrow))


def test_many_stars_take_no_time() -> None:
    assert not matches("*a" * 200 + "b", "a" * 5000)


@given(st.lists(a_statement, max_size=3), st.randoms(use_true_random=False))
def test_another_order_and_another_split_grant_the_same(statements: list[Json], chance: Random) -> None:
    split = [
        {**one, "Action": action, "Resource": [resource]}
        for one in statements
        for action in one["Action"]
        for resource in one["Resource"]
    ]
    chance.shuffle(split)
    assert read(split) == read(statements)


@given(st.lists(a_statement, max_size=3), st.lists(a_statement, max_size=3))
def test_what_is_beyond_is_all_that_is_new(old: list[Json], new: list[Json]) -> None:
    before, after = read(old), read(new)
    left = beyond(after, before)
    for action, resource, effect in product(["a:B", "a:C", "a:D"], ["x", "y", "z"], ["Allow", "Deny"]):
        one = Grant(effect, "", action, resource, "")
        had, has = (any(each.covers(one) for each in side) for side in (before, after))
        assert not has or had or any(each.covers(one) for each in left)
