"""At which leaves two values differ, what a value names, how it reads as text."""

from typing import Any

import pytest

from review.values import ABSENT, Difference, differences, named, text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": 1}, {"a": 1.0}, [("a", 1, 1.0)]),
        ({"a": None}, {}, [("a", None, ABSENT)]),
        ({}, {"a": None}, [("a", ABSENT, None)]),
        ({"a": {"b": 1}}, {"a": {}}, [("a/b", 1, ABSENT)]),
        ({"a": {"b": 1}}, {"a": [1]}, [("a", {"b": 1}, [1])]),
        ([1, 2, 3], [0, 1, 2, 3], [("+0", ABSENT, 0)]),
        ([1, 2, 3], [1, 3], [("-1", 2, ABSENT)]),
        # One came and another went, at the same place of either list.
        (["x", "y", "a", "b"], ["a", "z", "b"], [("-0", "x", ABSENT), ("-1", "y", ABSENT), ("+1", ABSENT, "z")]),
        ([{"a": 1}, 2], [{"a": 3}, 2], [("0/a", 1, 3)]),
    ],
)
def test_differences_are_told_leaf_by_leaf(old: Any, new: Any, told: list[tuple[str, Any, Any]]) -> None:
    found = list(differences(old, new))
    assert [repr(one) for one in found] == [repr(Difference(tuple(path.split("/")), a, b)) for path, a, b in told]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"Ref": "A"}, [("A", "")]),
        ([{"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": "B.Endpoint.Port"}], [("A", "Arn"), ("B", "Endpoint.Port")]),
        ({"Fn::Sub": "${A}-${!B}-${C.Arn}"}, [("A", ""), ("C", "Arn")]),
        ({"Fn::Sub": ["${A}${given}", {"given": {"Ref": "B"}}]}, [("A", ""), ("B", "")]),
        ({"Fn::Join": ["", ["x", {"Ref": "A"}]]}, [("A", "")]),
        ("A", []),
    ],
)
def test_a_value_names_resources(value: Any, names: list[tuple[str, str]]) -> None:
    assert list(named(value)) == names


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"Fn::Base64": {"Fn::Join": ["", ["a\n", {"Ref": "B"}, {"Fn::GetAtt": ["C", "Arn"]}]]}}, "a\n${B}${C.Arn}"),
        ({"Fn::Sub": ["${A}${b}", {"b": "c"}]}, "${A}c"),
        ({"Fn::ImportValue": "x"}, "${import x}"),
        ({"Fn::Split": ["a", "b"]}, '{"Fn::Split": ["a", "b"]}'),
        (None, ""),
    ],
)
def test_a_value_reads_as_text(value: Any, shown: str) -> None:
    assert text(value) == shown
