"""Small apps, and what a change of one is told to do."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

from review import kinds
from review.assembly import Assembly, Stack
from review.comparison import Comparison
from review.fact import Fact
from review.kinds import contract, cost, protection
from review.report import LEAVES

# These tell something of most apps: their tests name them.
OF_MOST = (contract, cost, protection)
Json = dict[str, Any]


def resource(resource_type: str, properties: Json | None = None, /, **more: Any) -> Json:
    """Write a resource."""
    return {"Type": resource_type, "Properties": properties or {}, **more}


def app(resources: Json | None = None, /, **sections: Any) -> Assembly:
    """Give an assembly of one stack, `App`, whose constructs are called as their logical ids."""
    return apps(App={"Resources": resources or {}, **sections})


def apps(**templates: Json) -> Assembly:
    """Give an assembly of some stacks."""
    return Assembly(Path(), [Stack(name, {"Resources": {}, **template}) for name, template in templates.items()])


def told(before: Assembly, after: Assembly) -> dict[str, Fact]:
    """Give what a change does, by id; no two facts have the same."""
    return by_id(list(kinds.changes(Comparison(before, after))))


def found(assembly: Assembly) -> dict[str, Fact]:
    """Give what an app is, by id."""
    return by_id(list(kinds.inventory(assembly)))


def by_id(facts: list[Fact]) -> dict[str, Fact]:
    """Give facts by their ids."""
    ids = [fact.id for fact in facts]
    assert sorted(set(ids)) == sorted(ids)
    assert {fact.kind for fact in facts} <= {name for kind in kinds.KINDS for name in kind.TELLS}
    return dict(zip(ids, facts, strict=True))


def in_words(facts: dict[str, Fact], *of: ModuleType) -> set[str]:
    """Give the ids of what some modules tell, with the level of each; of all but `OF_MOST` where none is named."""
    left_out = {*LEAVES, *(name for kind in OF_MOST for name in kind.TELLS)}
    wanted = {name for kind in of for name in kind.TELLS}
    return {
        f"{fact.level.value} {id_}"
        for id_, fact in facts.items()
        if (fact.kind in wanted if of else fact.kind not in left_out)
    }


def write_assembly(folder: Path, templates: dict[str, Json], version: str = "55.0.0") -> Path:
    """Write an assembly as the CDK does."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, template in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps(template))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/unknown-region",
            "properties": {"templateFile": f"{name}.template.json", "terminationProtection": False},
            "displayName": name,
        }
    (folder / "manifest.json").write_text(json.dumps({"version": version, "artifacts": artifacts}))
    return folder
