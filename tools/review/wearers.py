"""Who wears a security group or a role: the machines, functions and whatever else name it."""

from collections import defaultdict
from collections.abc import Iterator

from review.assembly import Assembly, Resource
from review.meaning import resources_named

# Through these it reaches another.
ON_THE_WAY = {"AWS::IAM::InstanceProfile", "AWS::EC2::LaunchTemplate", "AWS::EC2::NetworkInterface"}
# Name one to say something about it, without wearing it.
ABOUT = {
    "AWS::CDK::Metadata",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Permission",
}
WORN = {"AWS::EC2::SecurityGroup", "AWS::IAM::Role"}


def wearers(assembly: Assembly) -> dict[Resource, list[Resource]]:
    """Give, of each group and role, who wears it, in the order of the templates."""
    users: dict[Resource, dict[Resource, None]] = defaultdict(dict)
    for resource in assembly.resources:
        if resource.type not in ABOUT and not resource.type.endswith("Policy"):
            for named, _ in resources_named(assembly, resource.stack, resource.properties):
                if named.type in WORN | ON_THE_WAY:
                    users[named][resource] = None
    return {worn: list(dict.fromkeys(_reached(users, worn))) for worn in assembly.resources if worn.type in WORN}


def _reached(users: dict[Resource, dict[Resource, None]], worn: Resource) -> Iterator[Resource]:
    for user in users.get(worn, ()):
        # A template that no machine names is one for machines to come.
        if user.type in ON_THE_WAY and user in users:
            yield from _reached(users, user)
        else:
            yield user
