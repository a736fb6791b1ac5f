"""Which AWS is meant, and as whom."""

from ops.answers import lab
from ops.answers.embedded import is_on_this_laptop
from ops.answers.errors import FORBIDDEN, OpsError, error_code, in_words
from ops.answers.output import note
from ops.cloud.clients import Aws
from stacks.lab_names import ENDS_SESSION


def say_which_aws(aws: Aws) -> None:
    """Say it before something is done there, or raise what ``which_aws`` raises."""
    note(f"AWS: {which_aws(aws)}")


def which_aws(aws: Aws) -> str:
    """Say which AWS the environment means; raise where it is silent, or takes no credentials of ours any more."""
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
    if lab.is_student(identity.get("Arn", "")):
        _check_session(aws)
    if is_on_this_laptop(sts.meta.endpoint_url):
        return f"the embedded AWS on this laptop ({sts.meta.endpoint_url})"
    return f"account {identity['Account']}, {region}, as {identity['Arn']}"


def check_refusal(aws: Aws, error: BaseException) -> None:
    """Raise if the reason of a refusal, which AWS does not always give, is that a lab's session has ended."""
    if error_code(error) not in FORBIDDEN:
        return
    try:
        which_aws(aws)
    except OpsError:
        raise
    except Exception:  # noqa: S110 - then the refusal itself is what there is to tell
        pass


def _check_session(aws: Aws) -> None:
    """Raise if a lab's session has ended: its student may list stacks as long as it lasts, and STS answers always."""
    try:
        aws.client("cloudformation").list_stacks()
    except Exception as error:
        if error_code(error) not in FORBIDDEN:
            raise
        wrong_region = ENDS_SESSION not in str(error) and lab.elsewhere(aws.region_name)
        raise OpsError(wrong_region or lab.ended()) from error
