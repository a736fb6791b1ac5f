"""Whether the account has room for what a deploy makes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ops.answers.embedded import is_on_this_laptop
from ops.answers.errors import in_words
from ops.answers.spelling import ops
from ops.checks import Check
from ops.cloud.clients import Aws
from ops.cloud.fleet import fleet_size
from ops.cloud.here import Here
from ops.cloud.quotas import ADDRESSES, SPOT_VCPUS, VCPUS, VPCS, Quota
from stacks.copy_settings import MAIN
from stacks.lab_names import is_lab
from stacks.lab_refusals import MOST_MACHINES
from stacks.registry import SETTINGS

STANDARD_FAMILY = re.compile(r"([acdhimrtz]|im|is)\d")
# In a lab too.
VCPUS_OF_DEFAULT = 2


def check_quotas(here: Here, told: Mapping[str, str], *, deployed: bool) -> Iterator[Check]:
    """Look for each thing that a copy takes by what it is told; one that is deployed keeps its network and address."""
    default = SETTINGS["instance_type"].default_for(told)
    instance_type = told.get("instance_type") or default
    # The embedded AWS has no limits: only this laptop's.
    if is_on_this_laptop(here.aws.client("service-quotas").meta.endpoint_url):
        return
    least, most = fleet_size(told)
    # A deploy runs the new machine beside the old one for a moment; a fleet may come to be as large as it may.
    coming = most - (least if deployed and most > least else 0)
    if is_lab(told):
        yield _check_machines(here, coming)
    if STANDARD_FAMILY.match(instance_type):
        # Of another type only EC2 knows how many.
        each = VCPUS_OF_DEFAULT if instance_type == default else 1
        on_spot = coming - (not deployed) if told.get("spot") == "true" else 0
        yield _check(here, VCPUS, _vcpus_in_use, each * max(coming - on_spot, 1))
        if on_spot:
            yield _check(here, SPOT_VCPUS, _vcpus_on_spot, each * on_spot)
    if not deployed:
        if most == 1:
            # A balancer's addresses are no Elastic IPs.
            yield _check(here, ADDRESSES, _addresses_in_use, 1)
        if not told.get("vpc"):
            yield _check(here, VPCS, _vpcs_in_use, 1)


def _check(here: Here, quota: Quota, in_use: Callable[[Aws], int], needed: int) -> Check:
    name = f"Limit of {quota.what}"
    try:
        used = in_use(here.aws)
        limit, said = quota.least, f"at least {quota.least}"
        if used + needed > limit:
            quotas = here.aws.client("service-quotas")
            given = quotas.get_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)
            limit = int(given["Quota"]["Value"])
            said = str(limit)
    except Exception as error:
        return Check(name, None, in_words(error))
    words = f"{used} of {said} {quota.what} in use"
    if used + needed <= limit:
        return Check(name, True, words)
    return Check(name, False, f"{words}, and a deploy needs {needed} more", quota.more)


def _check_machines(here: Here, needed: int) -> Check:
    """Count all of a lab's, of whatever service and copy: the synthesis sees those of one copy alone."""
    name = "Limit of a lab's machines"
    try:
        used = len(list(_running(here.aws)))
    except Exception as error:
        return Check(name, None, in_words(error))
    words = f"{used} of the {MOST_MACHINES} machines run that a lab may have at once"
    # The new one of a copy that is deployed runs beside its old one for a moment.
    if used + needed <= MOST_MACHINES:
        return Check(name, True, words)
    whose = f"stop some: `{ops('class status', MAIN)}` shows those of all copies"
    return Check(name, False, f"{words}, and a deploy needs {needed} more; 20 close the account", whose)


def _running(aws: Aws) -> Iterator[dict[str, Any]]:
    on = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    pages = aws.client("ec2").get_paginator("describe_instances").paginate(Filters=on)
    yield from pages.search("Reservations[].Instances[]")


def _addresses_in_use(aws: Aws) -> int:
    # Those of a pool that the account has brought itself are not AWS's to limit.
    found = aws.client("ec2").describe_addresses()["Addresses"]
    return sum(address.get("PublicIpv4Pool", "amazon") == "amazon" for address in found)


def _vpcs_in_use(aws: Aws) -> int:
    # Others' that are shared with the account are told too.
    own = [{"Name": "owner-id", "Values": [aws.client("sts").get_caller_identity()["Account"]]}]
    pages = aws.client("ec2").get_paginator("describe_vpcs").paginate(Filters=own)
    return sum(len(page["Vpcs"]) for page in pages)


def _counts_elsewhere(instance: dict[str, Any]) -> bool:
    """Tell whether it counts for another limit: that of Spot, or of dedicated hosts."""
    tenancy = str(instance.get("Placement", {}).get("Tenancy"))
    return instance.get("InstanceLifecycle") == "spot" or tenancy == "host"


def _vcpus_in_use(aws: Aws) -> int:
    return _vcpus(instance for instance in _running(aws) if not _counts_elsewhere(instance))


def _vcpus_on_spot(aws: Aws) -> int:
    return _vcpus(instance for instance in _running(aws) if instance.get("InstanceLifecycle") == "spot")


def _vcpus(instances: Iterable[dict[str, Any]]) -> int:
    return sum(
        instance["CpuOptions"]["CoreCount"] * instance["CpuOptions"]["ThreadsPerCore"]
        for instance in instances
        if STANDARD_FAMILY.match(instance["InstanceType"]) and "CpuOptions" in instance
    )
