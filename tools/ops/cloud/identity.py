"""Which AWS is meant, and as whom."""

from ops.answers.embedded import is_on_this_laptop
from ops.answers.errors import FORBIDDEN, error_code, in_words
from ops.answers.output import note
from ops.cloud.clients import Aws


def say_which_aws(aws: Aws) -> None:
    """Say it before something is done there, or raise what ``which_aws`` raises."""
    note(f"AWS: {which_aws(aws)}")


def which_aws(aws: Aws) -> str:
    """Say which AWS the environment means; raise where it is silent, or takes no credentials of ours."""
    # First: STS alone would answer without one.
    region = aws.region_name
    sts = aws.client("sts")
    try:
        identity = sts.get_caller_identity()
    except Exception as error:
        # No policy of a person's denies this; that of a network's endpoint may, and all else can work.
        if error_code(error) not in FORBIDDEN:
            raise
        return f"{region}, in an account unknown ({in_words(error)})"
    if is_on_this_laptop(sts.meta.endpoint_url):
        return f"the embedded AWS on this laptop ({sts.meta.endpoint_url})"
    return f"account {identity['Account']}, {region}, as {identity['Arn']}"
