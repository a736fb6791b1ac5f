"""What an AWS Academy Learner Lab refuses of one resource, or closes the account for, and what to do instead."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

# By how their types begin, and what to do instead.
DENIED = {
    "AWS::IAM::": "pass the role that there is, role=stack.role, and let no construct make one",
    "AWS::CloudFront::": "let people open the page itself",
    "AWS::CodeBuild::": "build it on your laptop",
    "AWS::SES::": "send mail by another service, such as a topic of SNS",
    "AWS::Bedrock": "bring a model in the app itself",
}
# What runs machines of which nobody knows how many: at twenty, whoever has started them, the account is closed.
UNCOUNTED = (
    "AWS::Batch::ComputeEnvironment",
    "AWS::EC2::EC2Fleet",
    "AWS::EC2::SpotFleet",
    "AWS::EKS::Nodegroup",
    "AWS::EMR::",
)
SIZES = ("nano", "micro", "small", "medium", "large")
DATABASE_SIZES = SIZES[: SIZES.index("large")]
MOST_MACHINES, FATAL = 9, 20
LARGEST_DISK_GB = 100
# Of which a lab has none.
PROVISIONED_DISKS = ("io1", "io2")
# What asks for Spot: a property, whatever it says, or one that says this.
SPOT: Mapping[str, tuple[object, ...]] = {"SpotPrice": (), "MarketType": ("spot",)}
ON_DEMAND = "OnDemandPercentageAboveBaseCapacity"


class Refusal(NamedTuple):
    """What a lab does not do, and what it does."""

    rule: str
    words: str
    fix: str


def refusals(kind: str, properties: Mapping[str, Any]) -> Iterator[Refusal]:
    """Say what a lab refuses of one resource."""
    for beginning, fix in DENIED.items():
        if kind.startswith(beginning):
            yield Refusal("lab-service", f"{kind} is denied in a lab", fix)
    if kind.startswith(UNCOUNTED):
        words = f"how many machines {kind} runs is not known before, and a lab that runs {FATAL} is closed"
        yield Refusal("lab-machines", words, "define machines one by one, or an Auto Scaling group")
    for name, value in _values(properties):
        of_machines = name == "InstanceType" and kind.startswith(("AWS::EC2::", "AWS::AutoScaling::"))
        sizes = SIZES if of_machines else DATABASE_SIZES if name == "DBInstanceClass" else None
        if sizes and isinstance(value, str) and value.rpartition(".")[2] not in sizes:
            example = "t3.small" if of_machines else "db.t3.small"
            fix = f"use one from {sizes[0]} to {sizes[-1]}, such as {example}"
            yield Refusal("lab-size", f"{value} is no size that a lab runs", fix)
        if (name in SPOT and (not SPOT[name] or value in SPOT[name])) or (name == ON_DEMAND and _number(value) != 100):
            yield Refusal("lab-spot", f"{name} {value} asks for Spot, which a lab denies", "run it on demand")
        is_disk = name in ("VolumeSize", "AllocatedStorage") or (kind, name) == ("AWS::EC2::Volume", "Size")
        if is_disk and _number(value) > LARGEST_DISK_GB:
            words = f"a disk of {value} GB is larger than a lab gives"
            yield Refusal("lab-disk", words, f"use {LARGEST_DISK_GB} GB at most")
        if name in ("VolumeType", "StorageType") and value in PROVISIONED_DISKS:
            yield Refusal("lab-disk", f"a lab has no disks of type {value}", "use gp3")
        if name == "ReservedConcurrentExecutions":
            words = f"{value} executions can't be reserved in a lab, which runs ten in all"
            yield Refusal("lab-concurrency", words, "reserve none")


def machines(kind: str, properties: Mapping[str, Any]) -> int:
    """Count the machines that one resource may run."""
    if kind == "AWS::AutoScaling::AutoScalingGroup":
        return _number(properties.get("MaxSize"))
    return int(kind == "AWS::EC2::Instance")


def _values(properties: object) -> Iterator[tuple[str, Any]]:
    """Give every property, however deep it is."""
    if isinstance(properties, Mapping):
        for name, value in properties.items():
            yield name, value
            yield from _values(value)
    elif isinstance(properties, list):
        for value in properties:
            yield from _values(value)


def _number(value: object) -> int:
    """Read a number, also one in quotes; one that only the deploy knows is none."""
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else 0
