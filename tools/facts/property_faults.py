"""What AWS's resource schemas forbid: a property that a type does not have, one that it lacks, a value not taken."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from facts.schemas import schema

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Check = Callable[["Validator", Any, Any, Mapping[str, Any]], Iterator[Any]]

LONGEST_REASON = 300
# CloudFormation takes a number for its text, and a text for its number.
OF_NUMBERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
OF_TEXTS = {"minLength", "maxLength"}
NO_VALUE = {"Ref": "AWS::NoValue"}
INTRINSIC = re.compile(r"Ref|Condition|Fn::\w+(::\w+)?")


@dataclass(frozen=True)
class Fault:
    """One thing that AWS would refuse."""

    # Such as `Tags/0/Key`.
    path: str
    reason: str


def property_faults(resource_type: str, properties: Mapping[str, Any]) -> list[Fault]:
    """Find what AWS would refuse. What only a deploy decides, such as a reference, passes; so does an unknown type."""
    known = schema(resource_type)
    if known is None:
        return []
    properties = _valued(properties)
    read_only = {path.split("/")[2] for path in known.get("readOnlyProperties", []) if path.count("/") == 2}
    faults = [Fault(name, "AWS sets it itself") for name in sorted(read_only & properties.keys())]
    errors = _validator(resource_type).iter_errors({k: v for k, v in properties.items() if k not in read_only})
    return faults + [_fault(error) for error in errors]


def _valued(value: Any) -> Any:
    """Leave out what an intrinsic function says is no value."""
    if isinstance(value, list):
        return [_valued(one) for one in value if one != NO_VALUE]
    if isinstance(value, dict):
        return {name: _valued(one) for name, one in value.items() if one != NO_VALUE}
    return value


def _fault(error: Any) -> Fault:
    from jsonschema.exceptions import best_match

    # Of a choice that nothing fits, what comes nearest.
    error = best_match([error])
    return Fault("/".join(map(str, error.absolute_path)), error.message[:LONGEST_REASON])


@cache
def _validator(resource_type: str) -> "Validator":
    # Here, not above: it takes longer than all else of a short command.
    from jsonschema import Draft7Validator, validators

    plain = Draft7Validator.VALIDATORS
    ours = {**plain, "pattern": _pattern, "enum": _enum, "const": _const, "oneOf": plain["anyOf"]}
    types = Draft7Validator.TYPE_CHECKER.redefine_many(
        {
            "boolean": lambda _, value: isinstance(value, bool) or value in ("true", "false"),
            "integer": lambda _, value: _reads_as(int, value),
            "number": lambda _, value: _reads_as(float, value),
            "string": lambda _, value: isinstance(value, str | int | float),
        }
    )
    checks = {name: _of_what_is_known(name, check) for name, check in ours.items()}
    made = validators.extend(Draft7Validator, checks, type_checker=types)  # type: ignore[no-untyped-call]
    return made(schema(resource_type))  # type: ignore[no-any-return]


def _of_what_is_known(name: str, check: Check) -> Check:
    """Check only what no intrinsic function stands for, in the form that the check reads."""
    form = float if name in OF_NUMBERS else str if name in OF_TEXTS else None

    def check_known(validator: "Validator", rule: Any, value: Any, within: Mapping[str, Any]) -> Iterator[Any]:
        if is_intrinsic(value):
            return
        if form and isinstance(value, str | int | float) and not isinstance(value, bool):
            with suppress(ValueError):
                value = form(value)
        try:
            yield from check(validator, rule, value, within) or ()
        except re.error:
            # A pattern that is written for Java, be it one of names.
            return

    return check_known


def is_intrinsic(value: object) -> bool:
    """Tell whether CloudFormation puts another value in this one's place."""
    return isinstance(value, dict) and len(value) == 1 and bool(INTRINSIC.fullmatch(next(iter(value))))


def _reads_as(number: type[int] | type[float], value: object) -> bool:
    """Tell whether a value is a number or a text of one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return number(value) == float(value)
    except (ValueError, OverflowError):
        return False


def _pattern(_: "Validator", pattern: str, value: Any, __: Mapping[str, Any]) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not re.search(pattern, str(value)):
        yield ValidationError(f"{value!r} does not match {pattern}")


def _enum(_: "Validator", allowed: list[Any], value: Any, __: Mapping[str, Any]) -> Iterator[Any]:
    from jsonschema import ValidationError

    if _as_text(value) not in map(_as_text, allowed):
        yield ValidationError(f"{value!r} is none of {', '.join(map(str, allowed))}")


def _const(validator: "Validator", allowed: Any, value: Any, within: Mapping[str, Any]) -> Iterator[Any]:
    yield from _enum(validator, [allowed], value, within)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
