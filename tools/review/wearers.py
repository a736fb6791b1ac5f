"""Who wears a security group or a role: the machines, functions and whatever else name it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from review.assembly import Assembly, Resource
from review.meaning import resources_named

# Through these it reaches another.
ON_THE_WAY = {"AWS::IAM::InstanceProfile", "AWS::EC2::LaunchTemplate", "AWS::EC2::NetworkInterface"}
# Name one to say something about it, without wearing it.
ABOUT = {
    "AWS::CDK::Metadata",
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Permission",
}
ABOUT_TOO = re.compile("^Custom::|Policy$")
WORN = {"AWS::EC2::SecurityGroup", "AWS::IAM::Role"}


def wearers(assembly: Assembly) -> dict[Resource, list[Resource]]:
    """Give, of each group and role, who wears it, in the order of the templates."""
    users: dict[Resource, dict[Resource, None]] = defaultdict(dict)
    for resource in assembly.resources:
        if resource.type not in ABOUT and not ABOUT_TOO.search(resource.type):
            for named, _ in resources_named(assembly, resource.stack, resource.properties):
                if named.type in WORN | ON_THE_WAY:
                    users[named][resource] = None
    return {one: list(dict.fromkeys(_reached(users, one))) for one in assembly.resources if one.type in WORN}


def worn(assembly: Assembly, worn_type: str, become: Mapping[Resource, Resource]) -> dict[Resource, set[Resource]]:
    """Give what each resource wears of a type, all as they are after the change."""
    found: dict[Resource, set[Resource]] = defaultdict(set)
    for one, users in wearers(assembly).items():
        for user in users if one.type == worn_type else ():
            found[become.get(user, user)].add(become.get(one, one))
    return found


def _reached(users: dict[Resource, dict[Resource, None]], worn: Resource) -> Iterator[Resource]:
    for user in users.get(worn, ()):
        # A template that no machine names is one for machines to come.
        if user.type in ON_THE_WAY and user in users:
            yield from _reached(users, user)
        else:
            yield user
