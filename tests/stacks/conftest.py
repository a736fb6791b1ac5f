"""The stacks, synthesized once for each choice of settings that the tests look at."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from aws_cdk import App, Stack

from stacks.application import attach_packs, default_context, define_stacks
from tests.stacks.variants import VARIANTS
from tests.templates import Json

# A VPC whose stack names no region reads the zones by Fn::GetAZs, and the CDK says so to its own validation.
GIVEN_BY_THE_CDK = "CloudFormation-Validate::W3010"

# The tests read the report, so a finding must not end the synthesis.
QUIET = {"@aws-cdk/core:failSynthOnValidationErrors": False}


@dataclass(frozen=True)
class Synthesis:
    """What one synthesis with one choice of settings gave."""

    folder: Path
    stacks: Mapping[str, Stack]

    def template(self, stack: str) -> Json:
        """Give the template of a stack, by its name without the copy's."""
        return self._read(self.template_file(stack).name)

    def template_file(self, stack: str) -> Path:
        """Give where that template is."""
        return self.folder / f"{self.stacks[stack].stack_name}.template.json"

    def acknowledged(self) -> set[tuple[str, str, str]]:
        """Give path, id and reason of every acknowledgement in the stacks, but for those of the CDK itself."""
        return {
            (path.strip("/"), rule, reason)
            for stack in self.stacks.values()
            for path, entries in self._read(f"{stack.stack_name}.metadata.json").items()
            for entry in entries
            if entry["type"] == "aws:cdk:acknowledged-rules"
            for rule, reason in entry["data"].items()
            if (path, rule) != (f"/{stack.stack_name}", GIVEN_BY_THE_CDK)
        }

    def report(self) -> list[Json]:
        """Give what each scanner said."""
        reports: list[Json] = self._read("validation-report.json")["pluginReports"]
        return reports

    def _read(self, name: str) -> Json:
        content: Json = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return content


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synthesis]:
    """Give the synthesis of a variant; each is made once, and read by every test."""

    @cache
    def synthesize(variant: str) -> Synthesis:
        folder = tmp_path_factory.mktemp(variant)
        app = App(context=default_context() | VARIANTS[variant].settings | QUIET, outdir=str(folder))
        attach_packs(app)
        define_stacks(app)
        app.synth()
        stacks = [child for child in app.node.children if isinstance(child, Stack)]
        return Synthesis(folder, {stack.stack_name.partition("-")[0]: stack for stack in stacks})

    return synthesize
