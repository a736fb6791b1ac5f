"""Launching a group's machines: from its launch template, in the zone that has fewest, on demand or on Spot."""

from collections import Counter
from typing import Any

from local_aws.extensions import launch_template
from local_aws.groups.record import IN_SERVICE, in_service
from local_aws.machines.page_addresses import GROUP_TAG
from local_aws.ministack import records
from local_aws.ministack.groups import Record


def specification(group: Record) -> Record:
    """Read which version of which launch template a group launches."""
    mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    told: Record = mixed.get("LaunchTemplateSpecification") or group["LaunchTemplate"]
    return {name: str(value) for name, value in told.items() if value}


def content(named: Record) -> Record:
    """Read what a version holds, as another number alone makes no other machine."""
    held: Record = launch_template.find(named)["LaunchTemplateData"]
    return held


def types(group: Record) -> list[str]:
    """List which types a group may launch, the first one first."""
    mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    named = [one["InstanceType"] for one in mixed.get("Overrides", []) if one.get("InstanceType")]
    return named or [content(specification(group)).get("InstanceType", "m1.small")]


def is_obsolete(group: Record, instance: Record) -> bool:
    """Tell whether a machine is no longer what its group would launch now."""
    held = content(instance["LaunchTemplate"])
    return held != content(specification(group)) or instance["InstanceType"] not in types(group)


def next_is_spot(group: Record) -> bool:
    """Tell whether the next machine is on Spot: as many on demand as the base says, and of the rest a share."""
    shares = group.get("MixedInstancesPolicy", {}).get("InstancesDistribution")
    if not shares:
        return False
    base = int(shares.get("OnDemandBaseCapacity", 0))
    share = int(shares.get("OnDemandPercentageAboveBaseCapacity", 100))
    # Those that a rolling update is about to end stand for nobody.
    running = [one for one in in_service(group) if not is_obsolete(group, one)]
    on_demand = sum(not one.get("Spot") for one in running)
    above = max(0, len(running) + 1 - base)
    return on_demand >= base + -(-above * share // 100)


def launch(ec2: Any, group: Record) -> Record:
    """Launch one machine and give its entry in the group."""
    named, spot = specification(group), next_is_spot(group)
    zones = group["VPCZoneIdentifier"].split(",") if group["VPCZoneIdentifier"] else [""]
    # A machine that ends takes no place: else the one that comes for it would stand beside the other.
    taken = Counter(one.get("Subnet") for one in in_service(group))
    subnet = min(zones, key=lambda zone: taken[zone])
    template = {name: named[name] for name in ("LaunchTemplateId", "Version")}
    asked: Record = {"LaunchTemplate": template, "InstanceType": types(group)[0]}
    if spot:
        asked["InstanceMarketOptions"] = {"MarketType": "spot"}
    tags = {one["Key"]: one["Value"] for one in group["Tags"] if one["PropagateAtLaunch"]}
    tags[GROUP_TAG] = group["AutoScalingGroupName"]
    asked["TagSpecifications"] = [
        {"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
    ]
    interfaces = content(named).get("NetworkInterfaces")
    if interfaces and subnet:
        # A group puts its subnet into the template's interface, where RunInstances would refuse it beside one.
        groups = {"Groups": interfaces[0]["Groups"]} if interfaces[0].get("Groups") else {}
        asked["NetworkInterfaces"] = [{"DeviceIndex": 0, "SubnetId": subnet, **groups}]
    elif subnet:
        asked["SubnetId"] = subnet
    made = ec2.run_instances(MinCount=1, MaxCount=1, **asked)["Instances"][0]
    zone = records.zone(subnet)
    return {
        "InstanceId": made["InstanceId"],
        "InstanceType": made["InstanceType"],
        "LifecycleState": IN_SERVICE,
        "HealthStatus": "Healthy",
        "AvailabilityZone": zone or made["Placement"]["AvailabilityZone"],
        "ProtectedFromScaleIn": group["NewInstancesProtectedFromScaleIn"],
        # By its number, whatever the latest one will be.
        "LaunchTemplate": named | {"Version": str(launch_template.find(named)["VersionNumber"])},
        "Subnet": subnet,
        "Spot": spot,
    }
