"""The launches that EC2 refuses, in its own words."""

from collections.abc import Mapping
from typing import Any

from local_aws.ministack import records

# What a network interface says itself, and EC2's words for it where the instance says it too.
OF_AN_INTERFACE = {
    "SubnetId": "subnet ID",
    "SecurityGroupId.1": "security groups",
    "PrivateIpAddress": "private IP address",
}


class RefusedError(ValueError):
    """A launch that EC2 refuses, with the code that it gives."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def refuse_two_places(asked: Mapping[str, list[str]], wanted: Mapping[str, Any]) -> None:
    """Refuse a subnet or groups of the instance beside a network interface, which names its own."""
    if not wanted.get("NetworkInterfaces"):
        return
    for parameter, words in OF_AN_INTERFACE.items():
        # A template may hold groups beside an interface; EC2 says so when something is launched from it.
        if asked.get(parameter) or (parameter.startswith("SecurityGroup") and wanted.get("SecurityGroupIds")):
            raise RefusedError(
                "InvalidParameterCombination",
                f"Network interfaces and an instance-level {words} may not be specified on the same request",
            )


def refuse_two_networks(subnet: str, groups: list[str]) -> None:
    """Refuse groups of another VPC, such as those of an interface without a subnet: it lands in the default VPC."""
    for group in groups:
        networks = {records.network(group), records.network(subnet)} - {None}
        if len(networks) > 1:
            raise RefusedError(
                "InvalidParameter", f"Security group {group} and subnet {subnet} belong to different networks."
            )
