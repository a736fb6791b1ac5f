"""When the machine of a page runs, as a setting tells it; free of the CDK, as the registry is."""

from collections.abc import Iterator, Mapping
from typing import Any

from data_compute.hours import Hours
from stacks.lab_names import LAB


def parse_hours(text: str) -> Hours | None:
    """Read office hours; no text is none."""
    return Hours.read(text) if text else None


def contradictions_of_power(values: Mapping[str, Any], *, fleet: bool) -> Iterator[str]:
    """Say what a fleet and a lab have no place for."""
    if not (hours := values["office_hours"]):
        return
    if fleet:
        yield f"office_hours={hours}: a fleet has none; its own way is scale_on_schedule, in stacks/streamlit_stack.py"
    if values["account"] == LAB:
        yield f"office_hours={hours}: the scheduler acts in a role, and nobody may make one in a lab, so leave it out"
