"""The signals that CloudFormation waits for while it makes or changes a resource."""

from typing import Any

from ministack.services.cloudformation import handlers, wait_conditions

from local_aws.ministack import stacks


def seconds(duration: str, logical_id: str) -> int:
    """Read a duration as a policy writes it, such as PT5M."""
    read: int = wait_conditions.validate_resource_signal_timeout(duration, logical_id)
    return read


def wait_for(stack_name: str, logical_id: str, resource_type: str, policy: dict[str, Any]) -> None:
    """Wait for what a CreationPolicy's ResourceSignal asks, or raise."""
    count = wait_conditions.validate_count(policy.get("Count"), logical_id)
    patience = seconds(policy.get("Timeout", ""), logical_id)
    stack = stacks.id_of(stack_name)
    token = wait_conditions.register_slot(stack)
    wait_conditions.wait_for(token, stack, stack_name, logical_id, resource_type, count, patience)


def why(error: Exception, reasons: list[str], what: str) -> str:
    """Say why a resource did not come up: what its machines say themselves, else what the wait does."""
    told = "; ".join(reasons)
    return f"The machine did not come up: {told}" if told else str(error).replace("WaitCondition", what)


def take_in_rollbacks() -> None:
    """Let a machine that a rollback makes signal too."""
    theirs = handlers._signal_resource

    def signal_resource(asked: Any) -> Any:
        known = handlers._resolve_stack(handlers._p(asked, "StackName"))
        if not known or known["StackStatus"] != "UPDATE_ROLLBACK_IN_PROGRESS":
            return theirs(asked)
        told = [handlers._p(asked, name) for name in ("LogicalResourceId", "UniqueId", "Status")]
        if not handlers._wc.signal_resource(known["StackId"], *told):
            return handlers._error("ValidationError", f"Resource [{told[0]}] is not waiting for signals")
        return handlers._xml(200, "SignalResourceResponse", "")

    handlers._ACTION_HANDLERS["SignalResource"] = signal_resource
