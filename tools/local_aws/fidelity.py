"""The ledger: what the embedded AWS proves of the properties that are deployed, only stores, or ignores."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from local_aws import readings
from local_aws.cloud import Cloud
from local_aws.deploy import BOOTSTRAP_STACK
from local_aws.readings import Property
from ops.cloud.stack import find_stacks
from stacks.copy_settings import MAIN

TABLE = Path(__file__).with_suffix(".toml")
# With all that they hold they mean one thing.
WHOLE = ("Tags", "AssumeRolePolicyDocument", "PolicyDocument")

Verdict = Literal["proved", "stored, not enforced", "ignored", "read, not proved"]


@dataclass(frozen=True, order=True)
class Line:
    """What is known of one property."""

    of: Property
    verdict: Verdict
    # The test that proves it, or what only a real account can prove; empty where the table does not know it.
    words: str


class Table:
    """What was written down by hand, of each property by the longest name that it goes by."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.proved = {name: test for test, names in content["proved"].items() for name in names}
        self.unproved = {name: one["sentence"] for one in content["unproved"] for name in one.get("properties", ())}
        self.sentences = [one["sentence"] for one in content["unproved"]]

    def name_of(self, found: Property) -> str | None:
        """Find the name by which the table knows a property."""
        steps = found.path.split(".")
        paths = [".".join(steps[:end]) for end in range(len(steps), -1, -1)]
        names = (f"{kind} {path}".strip() for path in paths for kind in (found.kind, "*"))
        return next((name for name in names if name in self.proved or name in self.unproved), None)

    def line(self, found: Property, read: Iterable[Property]) -> Line:
        """Judge a property: what nobody reads is ignored, whatever the table says."""
        name = self.name_of(found) or ""
        words = self.proved.get(name) or self.unproved.get(name, "")
        inside = f"{found.path}."
        if not any(one.kind == found.kind and f"{one.path}.".startswith(inside) for one in read):
            return Line(found, "ignored", self.unproved.get(name, ""))
        if name in self.proved:
            return Line(found, "proved", words)
        return Line(found, "stored, not enforced" if words else "read, not proved", words)


def table() -> Table:
    """Read the table."""
    return Table(tomllib.loads(TABLE.read_text(encoding="utf-8")))


def find_ledger(cloud: Cloud) -> list[Line]:
    """Judge each property of the stacks that are deployed, whoever has deployed them."""
    cloudformation = cloud.client("cloudformation")
    names = [stack.name for stack in find_stacks(cloud.here(MAIN)) if stack.name != BOOTSTRAP_STACK]
    templates = [cloudformation.get_template(StackName=name)["TemplateBody"] for name in names]
    known, read = table(), readings.read(cloud.state.readings)
    return sorted(known.line(one, read) for one in {one for template in templates for one in properties(template)})


def properties(template: Any) -> Iterator[Property]:
    """List the properties of a template: those that hold no others, and what a function of CloudFormation makes."""
    for resource in (_loaded(template) if isinstance(template, str) else template)["Resources"].values():
        for path in _paths(resource.get("Properties", {})):
            yield Property(resource["Type"], path)


def summary(lines: Iterable[Line]) -> str:
    """Count what is not proved."""
    count = Counter(line.verdict for line in lines)
    unknown = f", {count['read, not proved']} read and not proved" if count["read, not proved"] else ""
    ignored = f"{count['ignored']} of {count.total()} properties are ignored"
    return f"{ignored}, {count['stored, not enforced']} stored but not enforced{unknown}"


def _paths(value: Any, path: str = "") -> Iterator[str]:
    members = value if isinstance(value, list) else []
    if isinstance(value, dict) and value and not any(name == "Ref" or name.startswith("Fn::") for name in value):
        for name, member in value.items():
            inner = f"{path}.{name}".lstrip(".")
            yield from [inner] if name in WHOLE else _paths(member, inner)
    elif any(isinstance(member, dict | list) for member in members):
        for member in members:
            yield from _paths(member, path)
    elif path:
        yield path


def _loaded(text: str) -> Any:
    """Read a template in YAML, whose short functions need not be told apart."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda *_: {"Fn::": None})
    return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
