"""Stack events that name their operation: by that the CDK command line tells one deploy from those before it."""

import re

from local_aws.ministack import calls, stacks


def install() -> None:
    """Name the operation in each event that is told."""
    calls.around_cloudformation("DescribeStackEvents", _with_operations)


def _with_operations(describe: calls.Action) -> calls.Action:
    def describe_stack_events(asked: calls.Asked) -> calls.Answer:
        status, headers, body = describe(asked)
        text = body.decode()
        stack_id = re.search(r"<StackId>([^<]+)</StackId>", text)
        operations = _operations(stack_id[1]) if stack_id else {}

        def with_operation(event: re.Match[str]) -> str:
            return f"{event[0]}<OperationId>{operations[event[1]]}</OperationId>"

        return status, headers, re.sub(r"<EventId>([^<]+)</EventId>", with_operation, text).encode()

    return describe_stack_events


def _operations(stack_id: str) -> dict[str, str]:
    """Tell the operation of each event. As on AWS a rollback is one of its own."""
    operations: dict[str, str] = {}
    operation = ""
    for event in stacks.events(stack_id):
        status = event["ResourceStatus"]
        of_stack = event["LogicalResourceId"] == event["StackName"]
        if not operation or (of_stack and status.endswith("_IN_PROGRESS") and "CLEANUP" not in status):
            operation = event["EventId"]
        operations[event["EventId"]] = operation
    return operations
