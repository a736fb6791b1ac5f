"""The machines of an assembly, wherever a template writes what they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from facts.schemas import at
from review.assembly import Assembly, Json, Resource
from review.meaning import resources_named

INSTANCE = "AWS::EC2::Instance"
TEMPLATE = "AWS::EC2::LaunchTemplate"
# Where each type writes it.
WRITTEN_AT = {
    INSTANCE: [],
    TEMPLATE: ["LaunchTemplateData"],
    "AWS::AutoScaling::LaunchConfiguration": [],
}


@dataclass(frozen=True)
class Machine:
    """What machines are made of, as one resource writes it."""

    resource: Resource
    # In the words of an instance's properties; of an instance, with what its launch template says.
    data: Json


def machines(assembly: Assembly) -> Iterator[Machine]:
    """Give each instance, and what else says what machines are: a launch template that no instance of ours names."""
    written = [Machine(one, machine_data(assembly, one)) for one in assembly.resources if one.type in WRITTEN_AT]
    used = {
        named
        for machine in written
        if machine.resource.type == INSTANCE
        for named, _ in resources_named(
            assembly, machine.resource.stack, machine.resource.properties.get("LaunchTemplate")
        )
    }
    return (machine for machine in written if machine.resource not in used)


def machine_data(assembly: Assembly, resource: Resource) -> Json:
    """Give what a resource says that a machine is; it goes over what its launch template says."""
    own = _dictionary(at(resource.properties, WRITTEN_AT.get(resource.type, [])))
    named = resources_named(assembly, resource.stack, own.get("LaunchTemplate")) if resource.type == INSTANCE else ()
    base: Json = next((machine_data(assembly, found) for found, _ in named if found.type == TEMPLATE), {})
    return {**base, **own}


def _dictionary(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
