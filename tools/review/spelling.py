"""A value as a text that means the same on both sides of a comparison, and that a person can read."""

import re
from collections.abc import Mapping
from typing import Any

from review.assembly import Resource, Stack
from review.values import text

# What a construct of the base is in the change, so that one that moved is called as there.
Called = Mapping[Resource, Resource]
REFERENCE = re.compile(r"\$\{([^}!]+)\}")
# Of an asset: another one with each change of its content.
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def spelled(stack: Stack, value: Any, called: Called) -> str:
    """Write constructs by their paths, in angle brackets, and assets without their digests."""

    def shown(found: re.Match[str]) -> str:
        name, _, attribute = found[1].partition(".")
        if resource := stack.resources.get(name):
            path = called.get(resource, resource).path
            return f"<{path}>" if attribute in ("", "Arn", "GroupId") else f"<{path}>.{attribute}"
        return found[0]

    return DIGEST.sub("…", REFERENCE.sub(shown, text(value)))
