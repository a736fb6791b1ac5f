"""What policies grant and deny, taken apart: one effect, principal, action, resource and condition at a time.

So another order, another split into statements and a statement id are no difference.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from review.assembly import Assembly, Json, Stack
from review.meaning import possible
from review.narrowing import is_narrowed
from review.spelling import Called, spelled
from review.values import exact

EVERYBODY = "*"
# What follows is all that is not among these.
ALL_BUT = "!"


@dataclass(frozen=True, order=True)
class Grant:
    """One thing that a policy grants or denies."""

    effect: str
    # Empty where it is for whoever has the policy.
    principal: str
    action: str
    resource: str
    # As JSON, or empty.
    condition: str

    @property
    def allows(self) -> bool:
        """Tell whether it gives rather than takes."""
        return self.effect != "Deny"

    def covers(self, other: "Grant") -> bool:
        """Tell whether the other says nothing more."""
        return (
            self.effect == other.effect
            and self.condition in ("", other.condition)
            and self.principal in (EVERYBODY, other.principal)
            and matches(self.action.lower(), other.action.lower())
            and matches(self.resource, other.resource)
        )


def beyond(grants: Iterable[Grant], others: Iterable[Grant]) -> list[Grant]:
    """Give the grants that none of the others covers."""
    wide = set(others)
    return sorted(one for one in set(grants) - wide if not any(other.covers(one) for other in wide))


def matches(pattern: str, name: str) -> bool:
    """Tell whether a pattern stands for all that another stands for."""
    if pattern in (EVERYBODY, name):
        return True
    if ALL_BUT in (pattern[:1], name[:1]):
        return False
    # Not by a regular expression: with many stars of a stranger's one takes for ever.
    at = here = back = 0
    star = -1
    while here < len(name):
        if pattern[at : at + 1] == "*":
            star, back, at = at, here, at + 1
        elif at < len(pattern) and (pattern[at] == name[here] or (pattern[at] == "?" and name[here] != "*")):
            at, here = at + 1, here + 1
        elif star >= 0:
            back += 1
            at, here = star + 1, back
        else:
            return False
    return not pattern[at:].strip("*")


def grants(assembly: Assembly, stack: Stack, document: Any, called: Called) -> Iterator[Grant]:
    """Take a policy document apart."""
    for within, statement in possible(assembly, stack, document.get("Statement", [])):
        if not isinstance(statement, dict):
            continue
        parts = [_list(assembly, within, statement, name, called) for name in ("Action", "Resource")]
        condition = _condition(within, statement.get("Condition"), called)
        effect = spelled(within, statement.get("Effect"), called)
        for principal in _principals(assembly, within, statement, called):
            for action in parts[0]:
                for resource in parts[1] or [EVERYBODY]:
                    yield Grant(effect, principal, action, resource, condition)


def _list(assembly: Assembly, stack: Stack, statement: Json, name: str, called: Called) -> list[str]:
    if (but := statement.get(f"Not{name}")) is not None:
        said = sorted(spelled(where, one, called) for where, one in possible(assembly, stack, but))
        return [f"{ALL_BUT}{','.join(said)}"]
    return [spelled(where, one, called) for where, one in possible(assembly, stack, statement.get(name, []))]


def _principals(assembly: Assembly, stack: Stack, statement: Json, called: Called) -> Iterator[str]:
    if "NotPrincipal" in statement:
        yield f"{ALL_BUT}{spelled(stack, statement['NotPrincipal'], called)}"
    elif "Principal" not in statement:
        yield ""
    for where, one in possible(assembly, stack, statement.get("Principal", [])):
        if not isinstance(one, dict) or not {"AWS", "Service", "Federated", "CanonicalUser"} & set(one):
            yield spelled(where, one, called)
            continue
        for kind, named in one.items():
            for inner, name in possible(assembly, where, named):
                said = spelled(inner, name, called)
                yield EVERYBODY if said == EVERYBODY and kind == "AWS" else f"{kind} {said}"


def _condition(stack: Stack, condition: Any, called: Called) -> str:
    if not isinstance(condition, dict) or not condition:
        return ""
    told: dict[str, dict[str, list[str]]] = {}
    for operator, keys in condition.items():
        for key, values in keys.items() if isinstance(keys, dict) else [("", keys)]:
            said = values if isinstance(values, list) else [values]
            told.setdefault(operator, {})[key] = sorted(spelled(stack, one, called) for one in said)
    return exact(told)


def for_everybody(grant: Grant) -> bool:
    """Tell whether it gives something to whoever asks."""
    everybody = grant.principal == EVERYBODY or grant.principal.startswith(ALL_BUT)
    return grant.allows and everybody and not is_narrowed(grant.condition)
