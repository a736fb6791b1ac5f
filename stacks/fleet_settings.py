"""How many machines serve a page, as a setting tells it; free of the CDK, as the registry is."""

import re
from collections.abc import Mapping
from typing import Any

from data_compute.limits import MOST_MACHINES
from stacks.lab_names import LAB
from stacks.lab_refusals import MOST_MACHINES as MOST_OF_LAB
from stacks.network_settings import ZONES

# At least and at most.
ONE_MACHINE = (1, 1)
# A group that evens out its zones may for minutes have one more than its larger number.
MOST_IN_LAB = MOST_OF_LAB - 1


def parse_machines(text: str) -> tuple[int, int]:
    """Read how many machines there are at least and at most; one alone is no range."""
    if text == "1":
        return ONE_MACHINE
    if re.fullmatch("[2-9]", text):
        raise ValueError(
            f"a replacement is started before what it replaces goes, so a fleet needs room for one more: say {text}-"
            f"{int(text) + 1}"
        )
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", text)
    least, most = (int(found[1]), int(found[2])) if found else ONE_MACHINE
    if not 2 <= least < most <= MOST_MACHINES:
        raise ValueError(
            f"use 1, or at least and at most how many, such as 2-4: from 2 to {MOST_MACHINES}, and the second number "
            "the larger one, as a replacement is started before what it replaces goes"
        )
    return least, most


def contradictions_of_machines(values: Mapping[str, Any]) -> list[str]:
    """Say what one machine, or a fleet, does not go together with."""
    of_lab = f"a lab runs {MOST_OF_LAB}, one of them to even out the zones: {MOST_IN_LAB} at most"
    in_lab, network, (least, most) = values["account"] == LAB, values["vpc"], values["machines"]
    if values["machines"] == ONE_MACHINE:
        alone = "spot=true with machines=1: AWS would take the only machine away; say machines=2-4, of which one stays"
        return [alone] if values["spot"] else []
    return [
        *(["spot=true: a lab denies Spot, so leave it out"] if in_lab and values["spot"] else []),
        *([f"machines={least}-{most}: {of_lab}"] if in_lab and most > MOST_IN_LAB else []),
        *(["zone=second: a fleet stands in both zones, so leave it out"] if values["zone"] != ZONES[0] else []),
        *(
            [f"vpc={network.vpc_id}: a load balancer takes two zones, and this has public subnets in one"]
            if network and len(network.subnets) < 2
            else []
        ),
    ]
