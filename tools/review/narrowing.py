"""Whether the condition of a grant says whose request it has to be."""

import json
import re

from review.addresses import Addresses

# By these a condition says whose request it is.
NARROWING = re.compile(
    r"aws:(Source(Account|Arn|Owner|OrgID|OrgPaths|Vpce?)|Principal(Account|Arn|OrgID|OrgPaths|Tag/.+)|userid)"
    r"|kms:CallerAccount|s3:DataAccessPointAccount|lambda:EventSourceToken|.+:(sub|aud)",
    re.IGNORECASE,
)
# These values of them say nothing: every repository, and what every one of them names as its audience.
ANYBODYS = re.compile(r"(repo:)?[*/:]+|sts\.amazonaws\.com")


def is_narrowed(condition: str) -> bool:
    """Tell whether a condition says whose request it has to be."""
    for operator, keys in (json.loads(condition) if condition else {}).items():
        positive = "Not" not in operator and "IfExists" not in operator and operator != "Null"
        for key, values in keys.items():
            if positive and key.lower() == "aws:sourceip":
                return not any(_is_world(value) for value in values)
            if positive and NARROWING.fullmatch(key) and not any(map(ANYBODYS.fullmatch, values)):
                return True
    return False


def _is_world(network: str) -> bool:
    try:
        return Addresses.of(network).is_world
    except ValueError:
        return False
