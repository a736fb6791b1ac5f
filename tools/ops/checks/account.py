"""Credentials, bootstrap and limits of the AWS account."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ops.answers.embedded import is_on_this_laptop
from ops.answers.errors import error_code, in_words
from ops.answers.spelling import make, ops
from ops.checks import Check
from ops.cloud.here import Here
from ops.cloud.identity import which_aws
from stacks.copy_settings import MAIN

BOOTSTRAP = "/cdk-bootstrap/{}/version"
# The CDK's own; an organisation may have chosen another for cdk.json.
QUALIFIER = "hnb659fds"
# What this version of the app asks for; a synth's own word, where there is one, counts more.
OLDEST_BOOTSTRAP = 6
VCPUS = ("L-1216C47A", "vCPUs of standard machines")
ADDRESSES = ("L-0263D0A3", "Elastic IPs")
# A t4g.small; a deploy runs the new machine beside the old one for a moment.
VCPUS_NEEDED = 2
STANDARD_FAMILY = re.compile(r"([acdhimrtz]|im|is)\d")


def check_credentials(here: Here) -> Check:
    """Ask who we are."""
    try:
        return Check("Credentials", True, which_aws(here.aws))
    except Exception as error:
        return Check("Credentials", False, in_words(error), f"mend that, then `{ops('doctor', here.copy)}` again")


def check_account(here: Here, root: Path, *, deployed: bool) -> Iterator[Check]:
    """Look at what a deploy needs from the account; a second one keeps its address."""
    yield check_bootstrap(here, root)
    # The embedded AWS has no limits: only this laptop's.
    if is_on_this_laptop(here.aws.client("service-quotas").meta.endpoint_url):
        return
    yield _limit(here, VCPUS, _vcpus_in_use, VCPUS_NEEDED)
    yield _limit(here, ADDRESSES, _addresses_in_use, 0 if deployed else 1)


def oldest_bootstrap(root: Path) -> int:
    """Read from the last synth which bootstrap it needs."""
    try:
        artifacts = json.loads((root / "cdk.out" / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    except (OSError, ValueError, KeyError):
        return OLDEST_BOOTSTRAP
    needed = [artifact.get("properties", {}).get("requiresBootstrapStackVersion", 0) for artifact in artifacts.values()]
    return max(needed, default=0) or OLDEST_BOOTSTRAP


def check_bootstrap(here: Here, root: Path) -> Check:
    """Look whether the region is prepared for the CDK."""
    name, oldest = "Bootstrap", oldest_bootstrap(root)
    step = f"`{make('bootstrap', MAIN)}`"
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


def _limit(here: Here, quota: tuple[str, str], in_use: Any, needed: int) -> Check:
    code, what = quota
    name = f"Limit of {what}"
    try:
        used = in_use(here)
        quotas = here.aws.client("service-quotas")
        limit = int(quotas.get_service_quota(ServiceCode="ec2", QuotaCode=code)["Quota"]["Value"])
    except Exception as error:
        return Check(name, None, in_words(error))
    words = f"{used} of {limit} in use"
    if used + needed <= limit:
        return Check(name, True, words)
    more = f"free some, or ask for more in the console: Service Quotas, EC2, {code}"
    return Check(name, False, f"{words}, and a deploy needs {needed} more", more)


def _vcpus_in_use(here: Here) -> int:
    on = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    pages = here.aws.client("ec2").get_paginator("describe_instances").paginate(Filters=on)
    return sum(
        instance["CpuOptions"]["CoreCount"] * instance["CpuOptions"]["ThreadsPerCore"]
        for page in pages
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
        if STANDARD_FAMILY.match(instance["InstanceType"]) and "CpuOptions" in instance
    )


def _addresses_in_use(here: Here) -> int:
    return len(here.aws.client("ec2").describe_addresses()["Addresses"])
