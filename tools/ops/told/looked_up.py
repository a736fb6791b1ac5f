"""What a person may leave open, for AWS to answer."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ops.answers.errors import OpsError
from ops.cloud.clients import Aws
from ops.cloud.networks import find_vpc
from ops.cloud.zones import find_zone
from stacks.copies import copies_folder, read_copy
from stacks.copy_settings import MAIN
from stacks.network_settings import DEFAULT_VPC, VPC_ID, ZONES

# Who answers each, given all words; a network before a zone in it.
LookUps = Mapping[str, Callable[[Mapping[str, str]], str]]
# Which texts of a setting are questions.
QUESTIONS = MappingProxyType({"vpc": f"{DEFAULT_VPC}|{VPC_ID}", "zone": "auto"})
# The embedded AWS has it from its start, and is not up yet when it is asked for.
DEFAULT_VPC_HERE = "vpc-00000001,us-east-1a/subnet-00000001,us-east-1b/subnet-00000002"


def all_told(now: Mapping[str, str]) -> dict[str, str]:
    """Put what is typed now over what the copy was told."""
    return {**read_copy(copies_folder(), now.get("copy") or MAIN), **now}


def _vpc_here(now: Mapping[str, str]) -> str:
    if now["vpc"] != DEFAULT_VPC:
        raise OpsError(f"vpc={now['vpc']!r}: on this laptop there is the default VPC alone: VPC={DEFAULT_VPC}")
    return DEFAULT_VPC_HERE


# Where every zone has every type.
ON_THIS_LAPTOP: LookUps = MappingProxyType({"vpc": _vpc_here, "zone": lambda _: ZONES[0]})


def in_aws(aws: Aws) -> LookUps:
    """Let AWS answer."""
    return {"vpc": lambda now: find_vpc(aws, now["vpc"]), "zone": lambda now: find_zone(aws, all_told(now))}


def questions(words: Mapping[str, str]) -> list[str]:
    """List the settings that are to be looked up."""
    return [name for name, pattern in QUESTIONS.items() if re.fullmatch(pattern, words.get(name, ""))]
