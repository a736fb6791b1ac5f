"""Tells CloudFormation whether a function starts: runs with its files and settings, and imports its handler."""

import hashlib
import importlib
import json
import re
import sys
import time
import traceback
import urllib.request
from typing import Any

# CloudFormation takes 4,096 bytes in all; JSON writes a character of the reason as two at most.
LONGEST_REASON = 1000
# Rights that were made seconds ago do not hold everywhere yet.
PAUSE_SECONDS = 10
# Lambda lets an import run so long with a whole processor, and counts it towards the timeout only when it begins anew.
UNCOUNTED_SECONDS = 10
# A function of less memory, in MB, has so much less of a processor when it is called.
WHOLE_PROCESSOR = 1769


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Answer one request of CloudFormation for the custom resource that stands before the function."""
    properties, name = event["ResourceProperties"], event.get("PhysicalResourceId")
    # The resource is called after what was proven. A rollback to that asks for nothing new: the function still has it.
    asked = hashlib.sha256(json.dumps(properties, sort_keys=True).encode()).hexdigest()
    known = event["RequestType"] == "Delete" or name == asked
    wrong = None if known else _fault(properties)
    answer = {
        "Status": "FAILED" if wrong else "SUCCESS",
        # Another name lets CloudFormation delete what had the old one, which means nothing here.
        "PhysicalResourceId": name if name and (known or wrong) else asked,
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    if wrong:
        # One line of plain ASCII, whatever the error says.
        answer["Reason"] = " ".join(wrong.split()).encode("unicode_escape").decode()[:LONGEST_REASON]
    # The address is signed for no content type at all.
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass


# How services say that a right does not hold, or not yet.
DENIED = re.compile(r"AccessDenied|UnauthorizedOperation|AuthorizationError|not authorized|\(403\)")


def _fault(properties: dict[str, Any], *, patient: bool = True) -> str | None:
    """Say what keeps a handler from being called, if anything does."""
    handler, before = properties["Handler"], set(sys.modules)
    started, computed = time.monotonic(), time.process_time()
    module, _, function = handler.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), function)
    except BaseException as error:
        # Also a handler that ends Python while it is imported.
        # All of it goes into the function's log.
        traceback.print_exc()
        if patient and DENIED.search(traceback.format_exc()):
            _forget_halves(before)
            time.sleep(PAUSE_SECONDS)
            return _fault(properties, patient=False)
        last = "".join(traceback.format_exception_only(error)).strip()
        return f"the handler {handler} cannot be imported: {last}{_way_out(error)}"
    took, computed = time.monotonic() - started, time.process_time() - computed
    timeout = float(properties["Timeout"])
    if _with_a_whole_processor(took, computed, float(properties["MemorySize"])) > UNCOUNTED_SECONDS and took > timeout:
        return f"the import of the handler {handler} took {took:.1f} s, and the function's timeout is {timeout:g} s"
    return None if callable(found) else f"the handler {handler} is no function"


def _way_out(error: BaseException) -> str:
    """Say what to do about a module that is not there. A part of one that is there is no matter of packages."""
    if not isinstance(error, ModuleNotFoundError) or not error.name or "." in error.name:
        return ""
    return "; if it is a package's, name the package in the function's requirements.txt, and lock that"


def _forget_halves(before: set[str]) -> None:
    """Let a package begin anew: Python forgets one whose import fails, but not what that has imported of its own."""
    for name in [name for name in sys.modules if name not in before]:
        package = name.rpartition(".")[0]
        if package and package not in sys.modules:
            del sys.modules[name]


def _with_a_whole_processor(took: float, computed: float, memory: float) -> float:
    """Tell how long an import would have taken: as long for its computing, and for its waiting as it did.

    With a part of a processor the computing has taken so many times longer; the rest of the time was waiting.
    """
    times_longer = max(1, WHOLE_PROCESSOR / memory)
    waited = max(0, took - computed * times_longer)
    return computed + waited
