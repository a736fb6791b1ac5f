"""What CloudFormation looks for in a template before a deploy changes anything."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import uuid4

from ministack.services.cloudformation import stacks

from local_aws.ministack.stacks import stack

# A resource's name and type, the validation's name, the fault's path and reason.
Fault = tuple[str, str, str, str, str]


def look_also(ours: Callable[[str, dict[str, Any]], Iterable[tuple[str, str]]]) -> None:
    """Look for more faults, by a resource's type and properties: each has a path and a reason."""
    theirs = stacks._validation_errors

    def errors(resources: dict[str, Any], names: Sequence[str], parameters: Any, conditions: Any, *rest: Any) -> Any:
        found: list[Fault] = theirs(resources, names, parameters, conditions, *rest)
        for name in names:
            kind, properties = resources[name]["Type"], resources[name].get("Properties", {})
            if conditions.get(resources[name].get("Condition"), True):
                place = f"/Resources/{name}/Properties"
                found += [
                    (name, kind, "PROPERTY_VALIDATION", f"{place}/{path}".rstrip("/"), reason)
                    for path, reason in ours(kind, properties)
                ]
        return found

    stacks._validation_errors = errors


def faults(change_set: dict[str, Any]) -> list[Fault]:
    """Find what a deploy of a change set would refuse."""
    template, parameters = change_set["_template"], change_set["_resolved_params"]
    known = stack(change_set["StackName"])
    found: list[Fault] = stacks._validation_errors(
        template["Resources"],
        list(template["Resources"]),
        parameters,
        stacks._evaluate_conditions(template, parameters),
        template.get("Mappings", {}),
        change_set["StackName"],
        known["StackId"],
        frozenset(one["PhysicalResourceId"] for one in known.get("_resources", {}).values()),
    )
    return found


def refuse(change_set: dict[str, Any], faults: Iterable[Fault]) -> None:
    """Let a change set fail as AWS does, which leaves the reasons in the stack's operation events."""
    known = stack(change_set["StackName"])
    operation = str(uuid4())
    known["_operation_events"] = [
        stacks._operation_event(
            known["StackId"],
            operation,
            "VALIDATION_ERROR",
            "CREATE_CHANGESET",
            LogicalResourceId=name,
            ResourceType=kind,
            ValidationFailureMode="FAIL",
            ValidationName=validation,
            ValidationStatus="FAILED",
            ValidationStatusReason=reason,
            ValidationPath=path,
        )
        for name, kind, validation, path, reason in faults
    ]
    reason = "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]"
    change_set |= {"Status": "FAILED", "ExecutionStatus": "UNAVAILABLE", "StatusReason": reason}
