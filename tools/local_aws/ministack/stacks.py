"""CloudFormation's stacks and change sets, and what a template says of them."""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, provisioners, stacks

# MiniStack's own, whatever else is done before a deploy keeps what it gives.
_resolve_outputs = stacks._resolve_stack_outputs


def stack(stack_name: str) -> dict[str, Any]:
    """Open the caller's stack of this name."""
    found: dict[str, Any] = cloudformation._stacks[stack_name]
    return found


def id_of(stack_name: str) -> str:
    """Tell the id of the caller's stack of this name."""
    found: str = provisioners._cr_stack_id(stack_name)
    return found


def definition(stack_name: str, logical_id: str) -> dict[str, Any]:
    """Read a resource as the template that is being deployed defines it, CreationPolicy included."""
    found: dict[str, Any] = provisioners._cfn_wait_condition_definition(stack_name, logical_id)
    return found


def is_changing(name_or_id: str) -> bool:
    """Tell whether a stack of the caller's is being made, changed or deleted."""
    known = handlers._resolve_stack(name_or_id)
    status = known["StackStatus"] if known else ""
    # One in review has a change set that nobody has begun.
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def events(stack_id: str) -> list[dict[str, Any]]:
    """Read what has happened to a stack of the caller's, the oldest first."""
    found: list[dict[str, Any]] = cloudformation._stack_events[stack_id]
    return found


def change_set(identifier: str) -> dict[str, Any] | None:
    """Open the caller's change set of this id."""
    found: dict[str, Any] | None = cloudformation._change_sets.get(identifier)
    return found


def says_other_outputs(change_set: dict[str, Any]) -> bool:
    """Tell whether the outputs of a change set's stack would be others by it, the resources being as they are."""
    known = stack(change_set["StackName"])
    template, parameters = change_set["_template"], change_set["_resolved_params"]
    # As on AWS nothing is evaluated anew for what is already deployed.
    if (template, parameters) == (known["_template"], known["_resolved_params"]):
        return False
    outputs, _ = _resolve_outputs(
        template.get("Outputs", {}),
        stacks._evaluate_conditions(template, parameters),
        known["_resources"],
        parameters,
        template.get("Mappings", {}),
        change_set["StackName"],
        known["StackId"],
    )
    return bool(outputs != known["Outputs"])


def before_exports_change(ours: Callable[[str, dict[str, str]], None]) -> None:
    """Do something before a deploy keeps its stack's exports, by the stack's id and their values; or raise there."""

    def resolve(*definitions: Any) -> Any:
        outputs, exports = _resolve_outputs(*definitions)
        ours(definitions[-1], {name: export["Value"] for name, export in exports.items()})
        return outputs, exports

    stacks._resolve_stack_outputs = resolve


def exports(stack_id: str) -> dict[str, str]:
    """Read what a stack of the caller's exports."""
    known = cloudformation._exports.items()
    return {name: export["Value"] for name, export in known if export["StackId"] == stack_id}


def end_export(name: str) -> None:
    """Let an export of the caller's be no more."""
    del cloudformation._exports[name]


def importing(export: str) -> list[str]:
    """Name the caller's stacks that import something and hold any resource."""
    return [
        name
        for name, one in cloudformation._stacks.items()
        if one.get("_resources") and export in handlers._imported_export_names(one, name)
    ]
