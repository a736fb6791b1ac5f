"""What a person may leave open, for AWS to answer."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ops.cloud.clients import Aws
from ops.cloud.networks import find_vpc
from ops.cloud.zones import find_zone
from stacks.copies import copies_folder, read_copy
from stacks.copy_settings import MAIN
from stacks.streamlit_settings import DEFAULT_VPC, VPC_ID, ZONES

# Who answers each, given all words; a network before a zone in it.
LookUps = Mapping[str, Callable[[Mapping[str, str]], str]]
# Which texts of a setting are questions.
QUESTIONS = MappingProxyType({"vpc": f"{DEFAULT_VPC}|{VPC_ID}", "zone": "auto"})
# Where every zone has every type, and nobody counts networks.
ON_THIS_LAPTOP: LookUps = MappingProxyType({"vpc": lambda _: "", "zone": lambda _: ZONES[0]})


def all_told(now: Mapping[str, str]) -> dict[str, str]:
    """Put what is typed now over what the copy was told."""
    return {**read_copy(copies_folder(), now.get("copy") or MAIN), **now}


def in_aws(aws: Aws) -> LookUps:
    """Let AWS answer."""
    return {"vpc": lambda now: find_vpc(aws, now["vpc"]), "zone": lambda now: find_zone(aws, all_told(now))}


def questions(words: Mapping[str, str]) -> list[str]:
    """List the settings that are to be looked up."""
    return [name for name, pattern in QUESTIONS.items() if re.fullmatch(pattern, words.get(name, ""))]
