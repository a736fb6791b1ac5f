"""AWS's resource schemas, as the files that cfn-lint carries: importing it takes seconds, and reading one does not."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

PropertyPath = tuple[str, ...]


@dataclass(frozen=True)
class CreateOnly:
    """The properties of which a change makes a new resource. In a path ``*`` is each member of a list."""

    always: tuple[PropertyPath, ...]
    on_condition: tuple[PropertyPath, ...]


@cache
def create_only(resource_type: str) -> CreateOnly | None:
    """Read what AWS says of a resource type; None where it has no schema, as of a custom resource."""
    schemas = Path(str(distribution("cfn-lint").locate_file("cfnlint/data/schemas")))
    digests = json.loads((schemas / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    if resource_type not in digests:
        return None
    schema = json.loads((schemas / "resources" / f"{digests[resource_type]}.json").read_text(encoding="utf-8"))
    lists = (schema.get(name, []) for name in ("createOnlyProperties", "conditionalCreateOnlyProperties"))
    return CreateOnly(*(tuple(tuple(path.split("/")[2:]) for path in paths) for paths in lists))
