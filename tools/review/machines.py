"""The machines of an assembly, wherever a template writes what they are."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from facts.schemas import at
from review.assembly import INSTANCE, Assembly, Json, Resource
from review.meaning import may_be_true, resources_named
from review.values import members

TEMPLATE = "AWS::EC2::LaunchTemplate"
ELASTIC_IP = "AWS::EC2::EIP"
TIES = (ELASTIC_IP, "AWS::EC2::EIPAssociation")
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


def elastic_ips(assembly: Assembly) -> dict[Resource, list[Resource]]:
    """Give, of each machine, the Elastic IPs that are tied to it; of one that is none of the assembly's, the tie."""
    found: dict[Resource, list[Resource]] = defaultdict(list)
    for tie in assembly.resources:
        if tie.type in TIES:
            address = [tie.properties.get("AllocationId"), tie.properties.get("EIP")]
            named = [one for one, _ in resources_named(assembly, tie.stack, address) if one.type == ELASTIC_IP]
            for machine, _ in resources_named(assembly, tie.stack, tie.properties.get("InstanceId")):
                found[machine].append(named[0] if named else tie)
    return found


def has_public_address(assembly: Assembly, machine: Resource) -> bool | None:
    """Tell whether the internet can address it; None where the network says that, and is none of the assembly's."""
    data = machine_data(assembly, machine)
    places = [data, *members(data.get("NetworkInterfaces"))]
    said = [one for place in places if (one := at(place, ["AssociatePublicIpAddress"])) is not None]
    if machine in elastic_ips(assembly) or any(may_be_true(assembly, machine.stack, one) for one in said):
        return True
    written = [at(place, ["SubnetId"]) for place in places]
    subnets = [one for one, _ in resources_named(assembly, machine.stack, written)]
    if said or not subnets:
        return False if said else None
    return any(may_be_true(assembly, one.stack, one.properties.get("MapPublicIpOnLaunch")) for one in subnets)


def _dictionary(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
