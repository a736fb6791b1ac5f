"""Which construct a resource is of: by the template's own word, else the assembly's, else its logical id."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

# How a construct names the one resource that it is.
ITSELF = ("Resource", "Default")


def written_paths(metadata: Any) -> dict[str, list[str]]:
    """Read what the assembly notes beside the templates: the construct paths of each logical id, nested stacks' too."""
    found: dict[str, list[str]] = {}
    for path, entries in metadata.items() if isinstance(metadata, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and entry.get("type") == "aws:cdk:logicalId":
                found.setdefault(str(entry.get("data")), []).append(path.strip("/"))
    return found


def within_stack(
    stack: str, nested_at: str, written: Mapping[str, list[str]], bodies: Mapping[str, Any]
) -> dict[str, str]:
    """Give the construct path of each resource within the stack that is deployed, no two of them the same."""
    long = {name: _path(stack, nested_at, name, body, written.get(name, [])) for name, body in bodies.items()}
    short = {name: _without_itself(path) for name, path in long.items()}
    for paths in (short, long):
        often = Counter(paths.values())
        if all(count == 1 for count in often.values()):
            return paths
    return {name: f"{path}/{name}" if often[path] > 1 else path for name, path in long.items()}


def _path(stack: str, nested_at: str, logical_id: str, body: Any, written: list[str]) -> str:
    metadata = body.get("Metadata")
    own = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
    if isinstance(own, str):
        return own.removeprefix(f"{stack}/")
    known = [path.removeprefix(f"{stack}/") for path in written]
    if not nested_at:
        return known[0] if known else logical_id
    # A logical id of a nested stack's may be one of the outer stack's as well.
    inside = nested_at.split(".NestedStack/")[0]
    return next((path for path in known if path.startswith(f"{inside}/")), f"{inside}/{logical_id}")


def _without_itself(path: str) -> str:
    parent, _, last = path.rpartition("/")
    return parent if parent and last in ITSELF else path
