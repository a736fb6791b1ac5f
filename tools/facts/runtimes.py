"""Until when AWS takes functions of each Lambda runtime, as the dated table that cfn-lint carries."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import distribution
from pathlib import Path


@dataclass(frozen=True)
class Runtime:
    """The end of a runtime; None is a day that AWS has not named."""

    # From then on AWS mends nothing in it, takes no new function of it, and no change of one.
    deprecated: date | None
    create_block: date | None
    update_block: date | None
    successor: str | None


def runtime(name: str) -> Runtime | None:
    """Tell when a runtime ends; None of one that the table does not know."""
    found = _table().get(name)
    if found is None:
        return None
    days = (found.get(what) for what in ("deprecated", "create-block", "update-block"))
    deprecated, create_block, update_block = (date.fromisoformat(day) if day else None for day in days)
    return Runtime(deprecated, create_block, update_block, found.get("successor"))


@cache
def _table() -> dict[str, dict[str, str | None]]:
    file = distribution("cfn-lint").locate_file("cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json")
    content: dict[str, dict[str, str | None]] = json.loads(Path(str(file)).read_text(encoding="utf-8"))
    return content
