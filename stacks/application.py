"""Both stacks together, wired, named, tagged."""

import json
from pathlib import Path
from typing import Any

import cdk_nag
from aws_cdk import App, Stack, Tags, Validations

from stacks.calculate_mean_stack import CalculateMeanStack
from stacks.registry import STACKS
from stacks.settings import read_settings
from stacks.streamlit_stack import StreamlitStack

CDK_JSON = Path(__file__).parents[1] / "cdk.json"
PROJECT = "cdk-data-compute"

# An open finding of any of these fails the synthesis.
PACKS = (
    cdk_nag.AwsSolutionsChecks,
    cdk_nag.HIPAASecurityChecks,
    cdk_nag.NIST80053R4Checks,
    cdk_nag.NIST80053R5Checks,
    cdk_nag.PCIDSS321Checks,
    cdk_nag.ServerlessChecks,
)


def default_context() -> dict[str, Any]:
    """Read feature flags and the settings' defaults; what the command line passes with ``-c`` comes over them."""
    context: dict[str, Any] = json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"]
    return context


def attach_packs(app: App) -> None:
    """Let every pack of cdk-nag look at the app when it is synthesized."""
    Validations.of(app).add_plugins(*(pack(app) for pack in PACKS))


def define_stacks(app: App) -> tuple[CalculateMeanStack, StreamlitStack]:
    """Define the two stacks from the app's context."""
    settings = read_settings(app.node.get_all_context())
    mean_name, page_name = (settings.named(name) for name in STACKS)
    mean = CalculateMeanStack(app, mean_name, settings=settings)
    page = StreamlitStack(app, page_name, settings=settings, api_url=mean.api_url)
    for stack in (mean, page):
        _tag(stack, stack.stack_name)
    return mean, page


def _tag(stack: Stack, name: str) -> None:
    for key, value in (("project", PROJECT), ("stack", name)):
        Tags.of(stack).add(key, value)
        # Feature flag explicitStackTags: the stack itself is tagged only when told.
        stack.tags.set_tag(key, value)
