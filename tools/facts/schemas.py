"""AWS's resource schemas, as the files that cfn-lint carries: importing it takes seconds, and reading one does not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

PropertyPath = tuple[str, ...]


@dataclass(frozen=True)
class CreateOnly:
    """The properties of which a change makes a new resource. In a path ``*`` is each member of a list."""

    always: tuple[PropertyPath, ...]
    on_condition: tuple[PropertyPath, ...]


@cache
def schema(resource_type: str) -> dict[str, Any] | None:
    """Read what AWS says of a resource type; None where it has no schema, as of a custom resource."""
    digest = _digests().get(resource_type)
    return _read(f"resources/{digest}") if digest else None


def create_only(resource_type: str) -> CreateOnly | None:
    """Tell of which properties a change makes a new resource."""
    known = schema(resource_type)
    if known is None:
        return None
    lists = (known.get(name, []) for name in ("createOnlyProperties", "conditionalCreateOnlyProperties"))
    return CreateOnly(*(tuple(tuple(path.split("/")[2:]) for path in paths) for paths in lists))


def at(value: Any, path: Sequence[str]) -> Any:
    """Give what stands at a path, None where there is nothing."""
    if not path:
        return value
    if path[0] == "*":
        return [at(member, path[1:]) for member in value] if isinstance(value, list) else value
    return at(value.get(path[0]), path[1:]) if isinstance(value, dict) else None


@cache
def handler_permissions(resource_type: str, verb: str) -> tuple[str, ...]:
    """Tell what CloudFormation needs to `create`, `update` or `delete` a resource, of the resource's own service.

    What the schemas name of other services is needed for some properties only, but for passing a role on.
    """
    known = schema(resource_type) or {}
    service = resource_type.split("::")[1].lower() if "::" in resource_type else ""
    named = known.get("handlers", {}).get(verb, {}).get("permissions", [])
    return tuple(action for action in named if service.startswith(action.split(":")[0]) or action == "iam:PassRole")


@cache
def _digests() -> dict[str, str]:
    return _read("providers/us-east-1")


def _read(name: str) -> dict[str, Any]:
    schemas = Path(str(distribution("cfn-lint").locate_file("cfnlint/data/schemas")))
    content: dict[str, Any] = json.loads((schemas / f"{name}.json").read_text(encoding="utf-8"))
    return content
