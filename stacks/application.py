"""The stacks together, wired."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import cdk_nag
from aws_cdk import App, Validations

from stacks.calculate_mean_settings import CalculateMeanSettings
from stacks.calculate_mean_stack import CalculateMeanStack
from stacks.checks import check_each, check_values, closest, unknown_setting
from stacks.copies import read_copy
from stacks.copy_settings import MAIN, CopySettings
from stacks.describe_settings import DescribeSettings
from stacks.describe_stack import DescribeStack
from stacks.lab_limits import LabLimits
from stacks.registry import SETTINGS
from stacks.setting import CHECKOUT, SettingsError, as_text
from stacks.streamlit_settings import StreamlitSettings
from stacks.streamlit_stack import StreamlitStack

CDK_JSON = CHECKOUT / "cdk.json"

# No packages are fetched unless the command line says that it means to deploy.
NOTHING_BUNDLED: dict[str, Any] = {"aws:cdk:bundling-stacks": []}

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
    """Read the feature flags, as the CDK's command line does, whose own context goes over this."""
    context: dict[str, Any] = json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"]
    return context | NOTHING_BUNDLED


def attach_packs(app: App) -> None:
    """Let every pack of cdk-nag look at the app when it is synthesized."""
    Validations.of(app).add_plugins(*(pack(app) for pack in PACKS))


class CopyStacks(NamedTuple):
    """The stacks of a copy; None is an extra that it does not have."""

    mean: CalculateMeanStack
    page: StreamlitStack
    describe: DescribeStack | None


def define_stacks(app: App, copies: Path | None = None) -> CopyStacks:
    """Define a copy's stacks by what it was told, and what the command line tells with ``-c`` over it.

    :param copies: the folder with what each copy was told.
    """
    told = read_told(app.node.get_all_context(), copies)
    copy = CopySettings.read(told)
    if copy.in_lab:
        Validations.of(app).add_plugins(LabLimits())
    mean = CalculateMeanStack(app, settings=CalculateMeanSettings.read(told))
    page = StreamlitStack(app, settings=StreamlitSettings.read(told), api_url=mean.api_url)
    describe = DescribeStack(app, settings=DescribeSettings.read(told)) if "describe" in copy.extras else None
    return CopyStacks(mean, page, describe)


def read_told(context: Mapping[str, Any], copies: Path | None) -> dict[str, str]:
    """Read the settings from the app's context and the copy's file, or raise one ``SettingsError``.

    The context also holds what the CDK and its command line keep there, so an unknown key is an error only where it is
    nearly a setting.
    """
    mistyped = [unknown_setting(key) for key in sorted(context.keys() - SETTINGS.keys()) if closest(key)]
    if mistyped:
        raise SettingsError("\n".join(mistyped))
    given = {key: as_text(key, value).strip() for key, value in context.items() if key in SETTINGS}
    # Also before the copy's name becomes that of a file.
    check_each(given)
    told = (read_copy(copies, given.get("copy") or MAIN) if copies else {}) | given
    check_values(told)
    return told
