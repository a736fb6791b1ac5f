"""Credentials and bootstrap of the AWS account."""

import json
from collections.abc import Mapping
from pathlib import Path

from ops.answers.errors import error_code, in_words
from ops.answers.spelling import make, ops
from ops.checks import Check
from ops.cloud.here import Here
from ops.cloud.identity import which_aws
from stacks.copy_settings import MAIN
from stacks.lab_names import LAB, is_lab

BOOTSTRAP = "/cdk-bootstrap/{}/version"
# The CDK's own; an organisation may have chosen another for cdk.json.
QUALIFIER = "hnb659fds"
# What this version of the app asks for; a synth's own word, where there is one, counts more.
OLDEST_BOOTSTRAP = 6


def check_credentials(here: Here) -> Check:
    """Ask who we are."""
    try:
        return Check("Credentials", True, which_aws(here.aws))
    except Exception as error:
        return Check("Credentials", False, in_words(error), f"mend that, then `{ops('doctor', here.copy)}` again")


def oldest_bootstrap(root: Path) -> int:
    """Read from the last synth which bootstrap it needs."""
    try:
        artifacts = json.loads((root / "cdk.out" / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    except (OSError, ValueError, KeyError):
        return OLDEST_BOOTSTRAP
    needed = [artifact.get("properties", {}).get("requiresBootstrapStackVersion", 0) for artifact in artifacts.values()]
    return max(needed, default=0) or OLDEST_BOOTSTRAP


def check_bootstrap(here: Here, root: Path, told: Mapping[str, str]) -> Check:
    """Look whether the region is prepared for the CDK, which goes another way where the copy was told it is a lab."""
    name, oldest = "Bootstrap", oldest_bootstrap(root)
    step = f"`{make('bootstrap', MAIN, account=LAB) if is_lab(told) else make('bootstrap', MAIN)}`"
    try:
        context = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
        parameter = BOOTSTRAP.format(context.get("@aws-cdk/core:bootstrapQualifier", QUALIFIER))
        version = int(here.aws.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"])
    except Exception as error:
        if error_code(error) == "ParameterNotFound":
            return Check(
                name, False, f"{here.aws.region_name} has no {parameter}: it is not bootstrapped for the CDK", step
            )
        return Check(name, None, in_words(error))
    if version < oldest:
        return Check(name, False, f"version {version}, but this app needs {oldest}", step)
    return Check(name, True, f"version {version}, needed is {oldest}")
