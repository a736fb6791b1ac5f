"""What each argument must be, whatever it is for: who runs no type checker is told by its name, and what to pass."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Token


def check_kind(name: str, value: object, kind: type, instead: str) -> None:
    """Raise unless the argument is of its kind."""
    if not isinstance(value, kind):
        raise ValueError(f"{name} is {value!r}: pass {instead}")


def check_no_text(name: str, value: object, instead: str) -> None:
    """Raise if the argument, one of the CDK's interfaces, which nothing can be an instance of, is a text."""
    if isinstance(value, str):
        raise ValueError(f"{name} is {value!r}: pass {instead}")


def check_list(name: str, value: Sequence[str]) -> None:
    """Raise if one text stands where several may, as its letters would be taken for them."""
    check_no_text(name, value, f"a list, such as [{value!r}]")


def check_whole(name: str, value: float) -> None:
    """Raise unless it is a whole number, or one that the deploy knows."""
    if not isinstance(value, int) and not Token.is_unresolved(value):
        raise ValueError(f"{name} is {value!r}: pass a whole number, without quotes")


def check_texts(name: str, values: Mapping[str, Any]) -> None:
    """Raise unless each value is a text."""
    for key, value in values.items():
        check_kind(f"{name} {key}", value, str, f"a text, such as {str(value)!r}")
