"""Tells CloudFormation whether a function starts: runs with its files and settings, and imports its handler."""

import importlib
import json
import traceback
import urllib.request
from typing import Any

# CloudFormation takes a few kilobytes in all.
LONGEST_REASON = 1000


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Answer one request of CloudFormation for the custom resource that stands before the function."""
    wrong = None if event["RequestType"] == "Delete" else _fault(event["ResourceProperties"]["Handler"])
    answer = {
        "Status": "FAILED" if wrong else "SUCCESS",
        "Reason": wrong,
        # Always the same, so that no change replaces it.
        "PhysicalResourceId": event["LogicalResourceId"],
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # The address is signed for no content type at all.
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass


def _fault(handler: str) -> str | None:
    """Say what keeps a handler from being called, if anything does."""
    module, _, function = handler.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), function)
    except BaseException as error:
        # Also a handler that ends Python while it is imported.
        # All of it goes into the function's log.
        traceback.print_exc()
        last = "".join(traceback.format_exception_only(error)).strip()
        return f"the handler {handler} cannot be imported: {last}"[:LONGEST_REASON]
    return None if callable(found) else f"the handler {handler} is no function"
