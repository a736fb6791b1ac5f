"""What an account has only so many of in a region, and a copy takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """One of AWS's quotas."""

    service: str
    code: str
    # As the console calls the service.
    console: str
    what: str
    # What every account has at least, and need not be asked for.
    least: int
    # How to do with less.
    otherwise: str = ""

    @property
    def more(self) -> str:
        """Say how to get more."""
        return f"free some, or ask for more in the console: Service Quotas, {self.console}, {self.code}{self.otherwise}"


VCPUS = Quota("ec2", "L-1216C47A", "EC2", "vCPUs of standard machines", 0)
SPOT_VCPUS = Quota("ec2", "L-34B43A08", "EC2", "vCPUs of standard machines on Spot", 0)
ADDRESSES = Quota("ec2", "L-0263D0A3", "EC2", "Elastic IPs", 5)
VPCS = Quota("vpc", "L-F678F1CE", "VPC", "VPCs", 5, "; or share a network, `VPC=default`")
