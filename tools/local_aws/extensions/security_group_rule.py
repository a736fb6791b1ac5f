"""AWS::EC2::SecurityGroupIngress and …Egress: what the CDK makes of a door to a prefix list, among others.

Right into MiniStack's records, as its own calls lose prefix lists.
"""

from functools import partial
from uuid import uuid4

from local_aws.ministack import records, resources
from local_aws.ministack.resources import Made, Properties

# Each with what CloudFormation calls its peer beside the addresses, and where a group keeps its rules.
DIRECTIONS = {"Ingress": ("Source", "IpPermissions"), "Egress": ("Destination", "IpPermissionsEgress")}


def install() -> None:
    """Add both resources."""
    for direction, (end, place) in DIRECTIONS.items():
        resources.add_resource(
            f"AWS::EC2::SecurityGroup{direction}", create=partial(_create, end, place), delete=partial(_delete, place)
        )


def _create(end: str, place: str, _logical_id: str, props: Properties, _stack_name: str) -> Made:
    rule_id = f"sgr-0{uuid4().hex[:16]}"
    rules = records.security_groups[props["GroupId"]][place]
    rules.append({"SecurityGroupRuleId": rule_id, **_permission(props, end)})
    return rule_id, {"Id": rule_id}


def _delete(place: str, physical_id: str, props: Properties) -> None:
    # A group that has gone has taken its rules with it.
    rules = records.security_groups.get(props["GroupId"], {}).get(place, [])
    rules[:] = [rule for rule in rules if rule.get("SecurityGroupRuleId") != physical_id]


def _permission(props: Properties, end: str) -> Properties:
    """Turn a template's properties into a rule as a group keeps it.

    :param end: which end of the traffic the peer is, ``Source`` or ``Destination``.
    """
    said = {"Description": props["Description"]} if "Description" in props else {}
    peers = {
        "IpRanges": ("CidrIp", "CidrIp"),
        "Ipv6Ranges": ("CidrIpv6", "CidrIpv6"),
        "PrefixListIds": (f"{end}PrefixListId", "PrefixListId"),
        "UserIdGroupPairs": (f"{end}SecurityGroupId", "GroupId"),
    }
    rule: Properties = {"IpProtocol": str(props["IpProtocol"])}
    rule |= {name: int(props[name]) for name in ("FromPort", "ToPort") if name in props}
    return rule | {
        place: [{name: props[ours], **said}] if ours in props else [] for place, (ours, name) in peers.items()
    }
