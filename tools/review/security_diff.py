"""What a template's difference says of rights and security groups, as the CDK's own does: statement by statement.

Another split into statements is another statement there. The facts tell what that means.
"""

from collections.abc import Iterator
from typing import Any

from review.assembly import Json, Resource, Stack
from review.doors import GROUP, INLINE, RULES
from review.rights import HOLDERS, IDENTITIES, PERMISSION, documents
from review.values import exact, text

PEERS = {
    "CidrIp": ("cidr-ip", "ip"),
    "CidrIpv6": ("cidr-ip", "ip"),
    "DestinationSecurityGroupId": ("security-group", "securityGroupId"),
    "SourceSecurityGroupId": ("security-group", "securityGroupId"),
    "DestinationPrefixListId": ("prefix-list", "prefixListId"),
    "SourcePrefixListId": ("prefix-list", "prefixListId"),
}
NOTHING = Stack("", {"Resources": {}})


def security_diff(before: Stack | None, after: Stack | None) -> Json:
    """Give `iamChanges`, `securityGroupChanges` and `permissionsBroadened`."""
    old, new = before or NOTHING, after or NOTHING
    (statements, gone), (policies, left) = (_both(list(read(old)), list(read(new))) for read in (_statements, _managed))
    rights = {
        "statementAdditions": statements,
        "statementRemovals": gone,
        "managedPolicyAdditions": policies,
        "managedPolicyRemovals": left,
    }
    iam = {name: [{"type": "parsed", "value": one} for one in found] for name, found in rights.items() if found}
    doors: Json = {}
    for way, name in (("in", "ingress"), ("out", "egress")):
        come, go = _both(list(_rules(old, way)), list(_rules(new, way)))
        doors |= {f"{name}Rule{what}": found for what, found in (("Additions", come), ("Removals", go)) if found}
    broadened = any(not _takes(one) for one in statements) or any(map(_takes, gone)) or bool(policies)
    broadened = broadened or any(name.endswith("Additions") for name in doors)
    told = {name: found for name, found in (("iamChanges", iam), ("securityGroupChanges", doors)) if found}
    return {**told, "permissionsBroadened": broadened}


def _both(old: list[Json], new: list[Json]) -> tuple[list[Json], list[Json]]:
    """Give what comes and what goes."""
    olds, news = [exact(one) for one in old], [exact(one) for one in new]
    come = [one for one, said in zip(new, news, strict=True) if said not in olds]
    return come, [one for one, said in zip(old, olds, strict=True) if said not in news]


def _takes(statement: Json) -> bool:
    inverted = any(statement[name]["not"] for name in ("actions", "principals", "resources"))
    return inverted if statement["effect"] == "Allow" else not inverted


def _statements(stack: Stack) -> Iterator[Json]:
    for resource in stack.resources.values():
        for name, document in documents(resource):
            statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
            for statement in statements:
                if isinstance(statement, dict):
                    yield from _told(resource, name, statement)


def _told(resource: Resource, name: str, statement: Json) -> Iterator[Json]:
    told: Json = {
        "effect": text(statement.get("Effect")) or "Unknown",
        "actions": _targets(statement, "Action"),
        "principals": _targets(statement, "Principal"),
        "resources": _targets(statement, "Resource"),
    }
    if "Sid" in statement:
        told["sid"] = text(statement["Sid"])
    if statement.get("Condition"):
        told["condition"] = statement["Condition"]
    if "Principal" in statement or "NotPrincipal" in statement:
        for one in _lies_on(resource, name):
            own = [one if value in ("", "*") else value for value in told["resources"]["values"] or [one]]
            yield {**told, "resources": {**told["resources"], "values": own}}
    else:
        for one in _held_by(resource):
            yield {**told, "principals": {"not": False, "values": [f"AWS:{one}"]}}


def _lies_on(resource: Resource, name: str) -> list[str]:
    if resource.type == PERMISSION or name == "PolicyDocument":
        others = [
            value for key, value in resource.properties.items() if "Policy" not in key and not key.endswith("Name")
        ]
        if len(others) == 1:
            return [text(one) for one in (others[0] if isinstance(others[0], list) else others)]
        return [text(resource.properties.get("FunctionName", "???"))]
    return [f"${{{resource.logical_id}.Arn}}"]


def _held_by(resource: Resource) -> list[str]:
    named = [one for name in HOLDERS if isinstance(found := resource.properties.get(name), list) for one in found]
    return (
        [text(one) for one in named] if resource.type not in IDENTITIES and named else [f"${{{resource.logical_id}}}"]
    )


def _targets(statement: Json, name: str) -> Json:
    inverted = f"Not{name}" in statement
    return {"not": inverted, "values": sorted(_listed(statement.get(f"Not{name}" if inverted else name)))}


def _listed(value: Any) -> list[str]:
    match value:
        case None:
            return []
        case list():
            return [",".join(_listed(one)) for one in value]
        case dict() if not any(name == "Ref" or name.startswith("Fn::") for name in value):
            return [f"{name}:{one}" for name, inner in value.items() for one in _listed(inner)]
    return [text(value)]


def _managed(stack: Stack) -> Iterator[Json]:
    for resource in stack.of_type(*IDENTITIES):
        arns = resource.properties.get("ManagedPolicyArns")
        for arn in arns if isinstance(arns, list) else ():
            yield {"identityArn": f"${{{resource.logical_id}}}", "managedPolicyArn": text(arn)}


def _rules(stack: Stack, way: str) -> Iterator[Json]:
    inline = next(name for name, direction in INLINE.items() if direction == way)
    for resource in stack.resources.values():
        if resource.type == GROUP and isinstance(found := resource.properties.get(inline), list):
            yield from (_rule(one, f"${{{resource.logical_id}.GroupId}}") for one in found if isinstance(one, dict))
        elif RULES.get(resource.type) == way:
            yield _rule(resource.properties, text(resource.properties.get("GroupId")) or "*unknown*")


def _rule(rule: Json, group: str) -> Json:
    told: Json = {"groupId": group, "ipProtocol": text(rule.get("IpProtocol")) or "*unknown*"}
    told |= {shown: rule[name] for name, shown in (("FromPort", "fromPort"), ("ToPort", "toPort")) if name in rule}
    for name, (kind, value) in PEERS.items():
        if name in rule:
            return {**told, "peer": {"kind": kind, value: text(rule[name])}}
    return told
