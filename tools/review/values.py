"""Values of a template: at which leaves two differ, what one names, how it reads as text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# Stands for what is not there: null is a value.
ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "ABSENT", "__bool__": lambda _: False})()
ENCODER = json.JSONEncoder(sort_keys=True)
MOST_COMPARED = 1_000_000
IN_SUB = re.compile(r"\$\{(!?)([^}]+)\}")


@dataclass(frozen=True)
class Difference:
    """One place at which two values differ: the members of a list that came are `+1`, those that went `-1`."""

    path: tuple[str, ...]
    old: Any
    new: Any


def exact(value: Any) -> str:
    """Write a value so that equal texts mean equal values: to Python, 1 equals true."""
    return ENCODER.encode(value)


def members(value: Any) -> list[Any]:
    """Give the members of a list; of what is none, none."""
    return value if isinstance(value, list) else []


def differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Tell each place at which two values differ, as deep as both have it."""
    if old is new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            yield from differences(old.get(name, ABSENT), new.get(name, ABSENT), (*path, name))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, path)
    elif old is ABSENT or new is ABSENT or exact(old) != exact(new):
        yield Difference(path, old, new)


def _of_lists(old: list[Any], new: list[Any], path: tuple[str, ...]) -> Iterator[Difference]:
    olds, news = [exact(one) for one in old], [exact(one) for one in new]
    if olds == news:
        return
    for tag, i, i_end, j, j_end in _steps(olds, news):
        if tag == "equal":
            continue
        both = min(i_end - i, j_end - j)
        for step in range(both):
            yield from differences(old[i + step], new[j + step], (*path, str(i + step)))
        for gone in range(i + both, i_end):
            yield Difference((*path, f"-{gone}"), old[gone], ABSENT)
        for come in range(j + both, j_end):
            yield Difference((*path, f"+{come}"), ABSENT, new[come])


def _steps(olds: list[str], news: list[str]) -> list[tuple[str, int, int, int, int]]:
    if len(olds) * len(news) > MOST_COMPARED:
        # One by one: what fits best would take minutes to find.
        return [("replace", 0, len(olds), 0, len(news))]
    return list(SequenceMatcher(None, olds, news, autojunk=False).get_opcodes())


def named(value: Any) -> Iterator[tuple[str, str]]:
    """Give what a value refers to, as logical id and attribute; the attribute of a Ref is empty."""
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            yield name, ""
        case {"Fn::GetAtt": [str(name), attribute]} if len(value) == 1:
            yield name, attribute if isinstance(attribute, str) else exact(attribute)
        case {"Fn::GetAtt": str(both)} if len(value) == 1:
            name, _, attribute = both.partition(".")
            yield name, attribute
        case {"Fn::Sub": sub} if len(value) == 1:
            pattern, given = sub if isinstance(sub, list) and len(sub) == 2 else (sub, {})
            for literal, found in IN_SUB.findall(pattern if isinstance(pattern, str) else ""):
                if not literal and found not in given:
                    name, _, attribute = found.partition(".")
                    yield name, attribute
            yield from named(given)
        case dict():
            for inner in value.values():
                yield from named(inner)
        case list():
            for inner in value:
                yield from named(inner)


def text(value: Any) -> str:
    """Read a value as text, with `${…}` for what only a deploy knows."""
    match value:
        case str():
            return value
        case {"Fn::Base64": inner}:
            return text(inner)
        case {"Fn::Sub": [pattern, dict(given)]}:
            return IN_SUB.sub(lambda found: text(given.get(found[2], found[0])), text(pattern))
        case {"Fn::Sub": inner}:
            return text(inner)
        case {"Fn::Join": [separator, list(parts)]}:
            return text(separator).join(map(text, parts))
        case {"Fn::ImportValue": name}:
            return f"${{import {text(name)}}}"
        case {"Ref": name}:
            return f"${{{text(name)}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{text(name)}.{text(attribute)}}}"
        case None:
            return ""
    return exact(value)
