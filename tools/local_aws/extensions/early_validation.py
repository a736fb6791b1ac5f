"""A template that AWS's resource schemas forbid is refused with the reason, before anything changes."""

import re
from collections.abc import Iterator
from typing import Any

from facts.property_faults import property_faults
from local_aws.ministack import calls, stacks, validation


def install() -> None:
    """Hold every template against the schemas, and a change set's as soon as it is made."""
    validation.look_also(_faults)
    calls.around_cloudformation("CreateChangeSet", _refusing)


def _faults(resource_type: str, properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for fault in property_faults(resource_type, properties):
        yield fault.path, fault.reason


def _refusing(create: calls.Action) -> calls.Action:
    def create_change_set(asked: calls.Asked) -> calls.Answer:
        answer = create(asked)
        made = re.search(r"<Id>([^<]+)</Id>", str(answer[2]))
        change_set = stacks.change_set(made[1]) if answer[0] == 200 and made else None
        if change_set and change_set["Status"] != "FAILED" and (faults := validation.faults(change_set)):
            validation.refuse(change_set, faults)
        return answer

    return create_change_set
