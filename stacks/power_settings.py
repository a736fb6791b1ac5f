"""When the machine of a page runs, as a setting tells it; free of the CDK, as the registry is."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from data_compute.hours import Hours
from data_compute.limits import LONGEST_IDLE, SHORTEST_IDLE
from stacks.lab_names import LAB

MINUTES = {"m": 1, "h": 60}


def parse_hours(text: str) -> Hours | None:
    """Read office hours; no text is none."""
    return Hours.read(text) if text else None


def parse_idle(text: str) -> int | None:
    """Read after how many minutes a machine stops that nobody uses; no text is never."""
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,4})([mh])", text)
    minutes = int(found[1]) * MINUTES[found[2]] if found else 0
    if not SHORTEST_IDLE <= minutes <= LONGEST_IDLE:
        raise ValueError("use minutes or hours, such as 45m or 2h: from 10m to 24h")
    return minutes


def contradictions_of_power(values: Mapping[str, Any], *, fleet: bool) -> Iterator[str]:
    """Say what a fleet and a lab have no place for."""
    hours, minutes = values["office_hours"], values["idle_stop"]
    instead = "its own way is scale_on_schedule, in stacks/streamlit_stack.py"
    if hours and fleet:
        yield f"office_hours={hours}: a fleet has none; {instead}"
    if minutes and fleet:
        yield f"idle_stop={minutes}m: a fleet starts another in place of a machine that stops; {instead}"
    if hours and values["account"] == LAB:
        yield (
            f"office_hours={hours}: the scheduler acts in a role, and nobody may make one in a lab; "
            "idle_stop=45m needs none"
        )
