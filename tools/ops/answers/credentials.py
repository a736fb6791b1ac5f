"""How to come by AWS credentials that count."""

import os

from ops.answers.spelling import typed_profile

VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
# The environment of this checkout has version 1, which knows neither.
VERSION_2 = "with version 2 of AWS's command line, outside the virtual environment"
LOG_IN = f"log in (`aws configure`, or `aws sso login` {VERSION_2}) or set AWS_PROFILE, then try again"


def winning() -> str | None:
    """Say which variables of the shell win over a file, however new it is; a typed profile wins over them."""
    there = [name for name in VARIABLES if os.environ.get(name)]
    if typed_profile() or not there:
        return None
    return (
        f"this shell's {', '.join(there)} win over ~/.aws/credentials and AWS_PROFILE: set them anew, or "
        f"`unset {' '.join(there)}` for the file to count"
    )


def renewed() -> str:
    """Say how to replace credentials that AWS does not take."""
    return winning() or LOG_IN
