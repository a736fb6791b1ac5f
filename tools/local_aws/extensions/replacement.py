"""What an update replaces, by AWS's own schemas: MiniStack has lists of some types, and asks of no nested property."""

from typing import Any

from facts.schemas import at, create_only
from local_aws.extensions import instance, launch_template
from local_aws.ministack import resources
from local_aws.ministack.resources import Properties


def install() -> None:
    """Have MiniStack ask the schemas, for change sets and for updates."""
    resources.decide_replacement(recreation, replaces)


def recreation(resource_type: str, name: str) -> str:
    """Say of a property, in a change set's words, whether its change makes a new resource."""
    schema = create_only(resource_type)
    if schema and (name,) in schema.always:
        return "Always"
    if not schema or any(path[0] == name for path in schema.always + schema.on_condition):
        return "Conditionally"
    return "Never"


def replaces(resource_type: str, old: Properties, new: Properties) -> bool:
    """Tell whether an update makes a new resource."""
    if resource_type == instance.RESOURCE_TYPE:
        old, new = launch_template.spelled_out(old), launch_template.spelled_out(new)
        # The one of its conditions that is met here, where every machine is as one on EBS.
        if _disks(old) != _disks(new):
            return True
    schema = create_only(resource_type)
    return schema is not None and any(at(old, path) != at(new, path) for path in schema.always)


def _disks(properties: Properties) -> list[Any]:
    """Show an instance's disks without what may change while it runs."""
    return [
        {**disk, "Ebs": {name: value for name, value in disk.get("Ebs", {}).items() if name != "DeleteOnTermination"}}
        for disk in properties.get("BlockDeviceMappings", [])
    ]
