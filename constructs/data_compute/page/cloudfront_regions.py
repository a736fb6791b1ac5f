"""What CloudFront needs to know of a region: its own addresses there, and how EC2 names a public one."""

from aws_cdk import Aws, CfnMapping, CfnRule, CfnRuleAssertion, Fn, Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

# The managed list com.amazonaws.global.cloudfront.origin-facing has another id in each region, which never changes. As
# AWS published them, and Osaka's beside; a template that looked it up would need a custom resource.
PREFIX_LISTS = {
    "ap-northeast-1": "pl-58a04531",
    "ap-northeast-2": "pl-22a6434b",
    "ap-northeast-3": "pl-31a14458",
    "ap-south-1": "pl-9aa247f3",
    "ap-southeast-1": "pl-31a34658",
    "ap-southeast-2": "pl-b8a742d1",
    "ca-central-1": "pl-38a64351",
    "eu-central-1": "pl-a3a144ca",
    "eu-north-1": "pl-fab65393",
    "eu-west-1": "pl-4fa04526",
    "eu-west-2": "pl-93a247fa",
    "eu-west-3": "pl-75b1541c",
    "sa-east-1": "pl-5da64334",
    "us-east-1": "pl-3b927c52",
    "us-east-2": "pl-b6a144df",
    "us-west-1": "pl-4ea04527",
    "us-west-2": "pl-82a045eb",
}


class CloudFrontRegions(Construct):
    """The region of the stack, which most stacks know only when they are deployed; others are refused."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        region = Stack.of(self).region
        why = f"The HTTPS front is for {', '.join(PREFIX_LISTS)}: deploy there, or without it"
        if not Token.is_unresolved(region) and region not in PREFIX_LISTS:
            raise ValueError(f"region {region}: {why}")
        self._mapping = CfnMapping(self, "Regions", mapping=_known())
        here = Fn.condition_contains(list(PREFIX_LISTS), Aws.REGION)
        CfnRule(self, "IsKnown", assertions=[CfnRuleAssertion(assert_=here, assert_description=why)])

    @property
    def edge(self) -> ec2.IPeer:
        """All of CloudFront, of every customer."""
        return ec2.Peer.prefix_list(self._find("PrefixList"))

    def public_name(self, address: str) -> str:
        """Name a public IPv4 address as EC2 does, ``ec2-203-0-113-7.…``, since CloudFront takes names only."""
        return Fn.join("", ["ec2-", Fn.join("-", Fn.split(".", address, 4)), ".", self._find("Domain")])

    def _find(self, what: str) -> str:
        return self._mapping.find_in_map(Aws.REGION, what)


def _known() -> dict[str, dict[str, str]]:
    return {
        region: {
            "PrefixList": prefix_list,
            "Domain": "compute-1.amazonaws.com" if region == "us-east-1" else f"{region}.compute.amazonaws.com",
        }
        for region, prefix_list in PREFIX_LISTS.items()
    }
