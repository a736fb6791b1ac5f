"""Grants as a person reads them: what is granted on the same resources, together."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from review.fact import as_detail, quoted, some
from review.policies import ALL_BUT, EVERYBODY, Grant

SHOWN = 6


@dataclass(frozen=True, order=True)
class Granted:
    """Some actions on some resources."""

    principal: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: str

    @property
    def name(self) -> str:
        """Name it the same in each run, without a space."""
        named = f"{self.principal}:{','.join(self.actions)}@{','.join(self.resources)}{self.condition}"
        return as_detail(named.strip(":"))

    @property
    def in_words(self) -> str:
        """Say what may be done with what, and when."""
        what = "everything" if self.actions == (EVERYBODY,) else listed(self.actions)
        on = "everything" if EVERYBODY in self.resources else listed(self.resources)
        return f"{what} on {on}{when(self.condition)}"


def together(grants: Iterable[Grant]) -> list[Granted]:
    """Put grants together that differ in the action, or in the resource, alone."""
    by_action: dict[tuple[str, str, str], list[str]] = {}
    for one in sorted(set(grants)):
        by_action.setdefault((one.principal, one.action, one.condition), []).append(one.resource)
    by_resources: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for (principal, action, condition), resources in by_action.items():
        by_resources.setdefault((principal, tuple(resources), condition), []).append(action)
    return [
        Granted(principal, tuple(actions), resources, condition)
        for (principal, resources, condition), actions in by_resources.items()
    ]


def listed(names: Iterable[str]) -> str:
    """Name some, the first of them at least."""
    shown = [f"all but {quoted(one[1:])}" if one.startswith(ALL_BUT) else quoted(one) for one in names]
    return some(shown, SHOWN)


def when(condition: str) -> str:
    """Say under which condition."""
    told = json.loads(condition) if condition else {}
    said = [f"{operator} {key} {', '.join(values)}" for operator, keys in told.items() for key, values in keys.items()]
    return f", if {listed(said)}" if said else ""
