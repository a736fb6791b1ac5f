"""What an AWS Academy Learner Lab refuses, or closes the account for, said at the synthesis: of every template."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from stacks.lab_names import REGIONS, TITLE

# By how their types begin, and what to do instead.
DENIED = {
    "AWS::IAM::": "pass the role that there is, role=stack.role, and let no construct make one",
    "AWS::CloudFront::": "let people open the page itself",
    "AWS::CodeBuild::": "build it on your laptop",
    "AWS::SES::": "send mail by another service, such as a topic of SNS",
    "AWS::Bedrock": "bring a model in the app itself",
}
SIZES = ("nano", "micro", "small", "medium", "large")
MOST_MACHINES = 9
LARGEST_DISK_GB = 100
# What asks for Spot: a property, whatever it says, or one that says this.
SPOT: Mapping[str, tuple[object, ...]] = {
    "SpotPrice": (),
    "SpotFleetRequestConfigData": (),
    "MarketType": ("spot",),
    "DefaultTargetCapacityType": ("spot",),
    "CapacityType": ("SPOT",),
    "Type": ("SPOT",),
}
# How the CDK names the template of a stack in a stack.
NESTED = ".nested.template.json"
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
    for name, value in _values(properties):
        if name == "InstanceType" and kind.startswith(("AWS::EC2::", "AWS::AutoScaling::")) and _too_large(value):
            sizes = f"{SIZES[0]} to {SIZES[-1]}"
            yield Refusal("lab-size", f"{value} is no size that a lab runs", f"use one from {sizes}, such as t3.small")
        if (name in SPOT and (not SPOT[name] or value in SPOT[name])) or (name == ON_DEMAND and _number(value) != 100):
            shown = value if isinstance(value, str | int) else "{…}"
            yield Refusal("lab-spot", f"{name} {shown} asks for Spot, which a lab denies", "run it on demand")
        is_disk = name in ("VolumeSize", "AllocatedStorage") or (kind, name) == ("AWS::EC2::Volume", "Size")
        if is_disk and _number(value) > LARGEST_DISK_GB:
            words = f"a disk of {value} GB is larger than a lab gives"
            yield Refusal("lab-disk", words, f"use {LARGEST_DISK_GB} GB at most")
        if name == "ReservedConcurrentExecutions":
            words = f"{value} executions can't be reserved in a lab, which runs ten in all"
            yield Refusal("lab-concurrency", words, "reserve none")


def machines(kind: str, properties: Mapping[str, Any]) -> int:
    """Count the machines that one resource may run."""
    if kind == "AWS::AutoScaling::AutoScalingGroup":
        return _number(properties.get("MaxSize"))
    return int(kind == "AWS::EC2::Instance")


@jsii.implements(IPolicyValidationPlugin)
class LabLimits:
    """Looks at all that the app would deploy to a lab, whoever has defined it."""

    @property
    def name(self) -> str:
        """What the report calls it."""
        return TITLE

    @property
    def version(self) -> str | None:
        """None: it goes with the app."""
        return None

    @property
    def rule_ids(self) -> list[str] | None:
        """None: nobody counts them."""
        return None

    @jsii.member(jsii_name="validate")
    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Report what the lab refuses."""
        violations, count = [], 0
        running: PolicyViolatingResource | None = None
        for stack in context.stack_templates:
            if stack.region and stack.region not in REGIONS:
                words = f"a lab does not work in {stack.region}"
                here = PolicyViolatingResource(construct_path=stack.stack_construct_path, locations=[])
                violations.append(_violation(Refusal("lab-region", words, f"use {' or '.join(REGIONS)}"), here))
            for file, name, resource in _resources(Path(stack.template_path)):
                kind, properties = resource["Type"], resource.get("Properties", {})
                here = PolicyViolatingResource(resource_logical_id=name, template_path=str(file), locations=[])
                violations += [_violation(refusal, here) for refusal in refusals(kind, properties)]
                if many := machines(kind, properties):
                    count += many
                    running = running or here
        # What replaces a machine runs beside it.
        if running and count + 1 > MOST_MACHINES:
            words = (
                f"{count} machines, and one more while it replaces another, are more than the {MOST_MACHINES} of a lab"
            )
            violations.append(_violation(Refusal("lab-machines", words, f"run {MOST_MACHINES - 1} at most"), running))
        return PolicyValidationPluginReport(success=not violations, violations=violations)


def _resources(template: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Give what a stack defines, and what the stacks nested in it do, which it uploads."""
    uploaded = _read(template.with_name(template.name.replace(".template.json", ".assets.json")))["files"].values()
    nested = [asset["source"]["path"] for asset in uploaded if asset["source"]["path"].endswith(NESTED)]
    for file in (template, *(template.with_name(name) for name in nested)):
        for name, resource in _read(file).get("Resources", {}).items():
            yield file, name, resource


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _violation(refusal: Refusal, where: PolicyViolatingResource) -> PolicyViolation:
    return PolicyViolation(
        rule_name=refusal.rule,
        description=f"{refusal.words}: {refusal.fix}",
        violating_resources=[where],
    )


def _values(properties: object) -> Iterator[tuple[str, Any]]:
    """Give every property, however deep it is."""
    if isinstance(properties, Mapping):
        for name, value in properties.items():
            yield name, value
            yield from _values(value)
    elif isinstance(properties, list):
        for value in properties:
            yield from _values(value)


def _too_large(instance_type: object) -> bool:
    return isinstance(instance_type, str) and instance_type.rpartition(".")[2] not in SIZES


def _number(value: object) -> int:
    """Read a number, also one in quotes; one that only the deploy knows is none."""
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else 0
