"""Whatever goes wrong, said in a sentence that names the next step."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from ops.answers import embedded, lab
from ops.answers.credentials import LOG_IN, VERSION_2, renewed
from ops.answers.spelling import typed_profile
from stacks.lab_names import REGIONS, TITLE
from stacks.setting import SettingsError


class OpsError(Exception):
    """Something that stops a command, already in words."""


EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN_KEYS = (
    *("AuthFailure", "InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"),
    *("IncompleteSignature", "InvalidSignatureException", "SignatureDoesNotMatch"),
)
FORBIDDEN = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized")
THROTTLED = ("RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException")
NOT_ENABLED = ("OptInRequired", "SubscriptionRequiredException")
ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")

# By name, so that a command that never talks to AWS need not load botocore.
SENTENCES = {
    "NoCredentialsError": f"there are no AWS credentials here: {LOG_IN}",
    "PartialCredentialsError": f"half of the AWS credentials is missing ({{error}}): {LOG_IN}",
    "CredentialRetrievalError": f"the AWS credentials could not be fetched ({{error}}): {LOG_IN}",
    "NoRegionError": (
        "no AWS region is chosen: set AWS_REGION, such as AWS_REGION=eu-central-1, or in an "
        f"{TITLE} `aws configure set region {REGIONS[0]}`"
    ),
    "InvalidRegionError": "{error}: use a name such as eu-central-1",
    "ProfileNotFound": "{error}: `aws configure list-profiles` lists those that exist",
    "EndpointConnectionError": "AWS can't be reached ({error}): check the network, the region and AWS_ENDPOINT_URL",
    "ConnectTimeoutError": "AWS did not answer in time ({error}): check the network and any proxy",
    "ReadTimeoutError": "AWS did not answer in time ({error}): try again",
    "ProxyConnectionError": "the proxy can't be reached ({error}): check HTTPS_PROXY",
    "SSLError": "the connection to AWS is not trusted ({error}): check the clock and any proxy",
}
# Where nobody has said which AWS is meant, perhaps the embedded one is.
UNSAID = ("NoCredentialsError", "NoRegionError")
LOGIN = ("SSOError", "SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError")


def in_words(error: BaseException) -> str:
    """Say what an exception means for the person at the keyboard."""
    if isinstance(error, OpsError | SettingsError):
        return str(error)
    names = [kind.__name__ for kind in type(error).__mro__]
    if "ClientError" in names:
        return _refusal(error)
    if any(name in LOGIN for name in names):
        login = f"aws sso login --profile {profile}" if (profile := typed_profile()) else "aws sso login"
        return f"the AWS log-in has expired or is missing ({error}): `{login}` {VERSION_2}, then try again"
    if "MissingDependencyException" in names and "login" in str(error):
        return _login_session()
    if "EndpointConnectionError" in names and embedded.is_on_this_laptop(address := _address(error)):
        return (
            f"nothing listens at {address}, where this shell has its AWS: `make up` starts the embedded one, "
            f"`{embedded.POINT_BACK}` points the shell back"
        )
    if "ReadTimeoutError" in names and embedded.is_on_this_laptop(address := _address(error)):
        return f"the AWS at {address} takes calls and answers none: if it is this checkout's, `make down` ends it"
    for name in names:
        if name in SENTENCES:
            meant = f"; or point this shell at the embedded AWS, which is up: `{embedded.POINT_AT_IT}`"
            hint = meant if name in UNSAID and embedded.runs_here() else ""
            return SENTENCES[name].format(error=str(error).rstrip(".")) + hint
    if "BotoCoreError" in names:
        return f"AWS could not be asked: {error}"
    if isinstance(error, OSError):
        return str(error)
    return (
        f"this should not have happened ({type(error).__name__}: {error}); it is a mistake in this program. "
        "With PYTHONDEVMODE=1 in front, the same command shows where"
    )


def error_code(error: BaseException) -> str:
    """Give AWS's code of a refusal, such as ``InvalidInstanceID.NotFound``; empty for any other exception."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


@contextmanager
def passing_over(words: str) -> Iterator[None]:
    """Go on after a refusal of AWS's that has these words in its code or message."""
    try:
        yield
    except Exception as error:
        if not error_code(error) or words not in str(error):
            raise


def _login_session() -> str:
    """Say how a sign-in by ``aws login`` reaches us: boto3 reads it with a further package only."""
    profile = typed_profile()
    choose, again = (f"export AWS_PROFILE={profile}; ", " without --profile") if profile else ("", "")
    return (
        "the AWS profile is signed in by `aws login`, which can't be read here: "
        f'`{choose}eval "$(aws configure export-credentials --format env)"` {VERSION_2}, gives this shell its '
        f"credentials for a quarter of an hour; then try again{again}"
    )


def _address(error: Any) -> str:
    asked = urlsplit(error.kwargs["endpoint_url"])
    return f"{asked.scheme}://{asked.netloc}"


def _refusal(error: BaseException) -> str:
    code, response = error_code(error), getattr(error, "response", {})
    message = str(response.get("Error", {}).get("Message", "")).strip()
    if code in EXPIRED:
        # Whose they were, AWS does not say any more.
        return f"the AWS credentials have expired: {renewed()}{lab.perhaps_ended()}"
    if code in UNKNOWN_KEYS:
        return f"AWS does not accept the credentials ({code}): {renewed()}{lab.perhaps_ended()}"
    if code in FORBIDDEN:
        action = _action(error, message)
        return lab.refusal(message, action) or (
            f"you lack the permission {action}: ask whoever manages the account to allow it, or use another profile "
            "(--profile)"
        )
    if code in THROTTLED:
        return f"AWS asks for a pause, as too many requests arrived at once ({code}): try again in a minute"
    if code in NOT_ENABLED:
        return f"this account or region is not enabled for the service ({message})"
    operation = getattr(error, "operation_name", "a request")
    return f"AWS refused {operation}: {message or code} ({code})"


def _action(error: BaseException, message: str) -> str:
    """Name the IAM action: AWS's message does so mostly; else the service and operation do."""
    named = ACTION.search(message)
    if named:
        return named[1]
    service = getattr(error, "response", {}).get("ResponseMetadata", {}).get("Service", "")
    operation = getattr(error, "operation_name", "")
    return f"{service}:{operation}" if service else operation
