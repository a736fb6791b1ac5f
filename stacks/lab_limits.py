"""Looks through every template for what an AWS Academy Learner Lab refuses, and says it at the synthesis."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from stacks.lab_names import REGIONS, TITLE
from stacks.lab_refusals import MOST_MACHINES, Refusal, machines, refusals

# How the CDK names the template of a stack in a stack.
NESTED = ".nested.template.json"


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
            whole = PolicyViolatingResource(construct_path=stack.stack_construct_path, locations=[])
            if stack.region and stack.region not in REGIONS:
                words = f"a lab does not work in {stack.region}"
                violations.append(_violation(Refusal("lab-region", words, f"use {' or '.join(REGIONS)}"), whole))
            if _read(_assets(Path(stack.template_path)))["dockerImages"]:
                words = "a container image has no registry to go to, as a lab's bootstrap makes none"
                violations.append(_violation(Refusal("lab-image", words, "bring packages by a lock"), whole))
            for file, name, resource in _resources(Path(stack.template_path)):
                kind, properties = resource["Type"], resource.get("Properties", {})
                here = PolicyViolatingResource(resource_logical_id=name, template_path=str(file), locations=[])
                violations += [_violation(refusal, here) for refusal in refusals(kind, properties)]
                if many := machines(kind, properties):
                    count += many
                    running = running or here
        # What replaces a machine runs beside it; a group keeps to its largest number while it is updated, but not while
        # it evens out its zones.
        if running and count + 1 > MOST_MACHINES:
            words = (
                f"{count} machines, and one more that may run beside them, are more than the {MOST_MACHINES} of a lab"
            )
            violations.append(_violation(Refusal("lab-machines", words, f"run {MOST_MACHINES - 1} at most"), running))
        return PolicyValidationPluginReport(success=not violations, violations=violations)


def _resources(template: Path) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    """Give what a stack defines, and what the stacks nested in it do, which it uploads."""
    uploaded = _read(_assets(template))["files"].values()
    nested = [asset["source"]["path"] for asset in uploaded if asset["source"]["path"].endswith(NESTED)]
    for file in (template, *(template.with_name(name) for name in nested)):
        for name, resource in _read(file).get("Resources", {}).items():
            yield file, name, resource


def _assets(template: Path) -> Path:
    return template.with_name(template.name.replace(".template.json", ".assets.json"))


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _violation(refusal: Refusal, where: PolicyViolatingResource) -> PolicyViolation:
    return PolicyViolation(
        rule_name=refusal.rule,
        description=f"{refusal.words}: {refusal.fix}",
        violating_resources=[where],
    )
