"""The one place where boto3 clients are made."""

import os
from dataclasses import dataclass, field
from functools import cache
from getpass import getpass
from typing import Any
from urllib.parse import urlsplit

from ops.answers.embedded import is_on_this_laptop
from ops.answers.errors import OpsError
from ops.cloud.probe import ask

# Longer than an embedded AWS takes on a busy laptop.
ANSWER_SECONDS = 8.0

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True)
class Aws:
    """Which AWS to talk to. What is None comes from the usual AWS environment and files."""

    region: str | None = None
    profile: str | None = None
    endpoint: str | None = None
    # Whether a profile that needs an MFA code may ask for one at the terminal.
    may_ask: bool = True
    _made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def client(self, service: str, region: str | None = None) -> Any:
        """Make, or find again, the client of a service."""
        key = f"{service} {region}"
        if key not in self._made:
            self._made[key] = self._make(service, region)
        return self._made[key]

    @property
    def region_name(self) -> str:
        """The region that calls go to."""
        return str(self.client("cloudformation").meta.region_name)

    def hand_over(self) -> None:
        """Let what we start have the credentials that a person gave an MFA code for: AWS takes each code once."""
        if "asked" in self._made:
            found = self._made["session"].get_credentials().get_frozen_credentials()
            os.environ.update(zip(CREDENTIALS, found, strict=False))

    def _ask_for_code(self, question: str) -> str:
        if not self.may_ask:
            raise OpsError("the AWS profile needs an MFA code")
        self._made["asked"] = True
        return getpass(question)

    def _make(self, service: str, region: str | None) -> Any:
        # Here, not above: importing boto3 takes longer than all else that --help does.
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        if "session" not in self._made:
            # The CDK reads AWS_REGION before AWS_DEFAULT_REGION; boto3 alone would not.
            chosen = self.region or os.environ.get("AWS_REGION") or None
            self._made["session"] = boto3.Session(profile_name=self.profile, region_name=chosen)
            # Botocore has no public setting for it.
            chain = self._made["session"]._session.get_component("credential_provider")
            chain.get_provider("assume-role")._prompter = self._ask_for_code
        config = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
        try:
            client = self._made["session"].client(
                service, region_name=region, endpoint_url=self.endpoint, config=config
            )
            # Botocore notices a port that is none only when it asks.
            _ = urlsplit(client.meta.endpoint_url).port
        except BotoCoreError:
            raise
        except ValueError as error:
            address = self.endpoint or os.environ.get("AWS_ENDPOINT_URL") or "the profile's endpoint_url"
            raise OpsError(
                f"{address} is no address of an AWS ({error}): give one such as http://localhost:4566, by "
                "--endpoint-url or AWS_ENDPOINT_URL, or none for Amazon's"
            ) from None
        if silence := _silence(address := client.meta.endpoint_url):
            raise OpsError(f"the AWS at {address} hangs: {silence}; if it is this checkout's, `make down` ends it")
        client.meta.events.register("after-call", _note_service)
        # Botocore's own answer is registered for the service's name, and counts before one for all services.
        retry = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
        client.meta.events.register_first(retry, _ask_once_where_nobody_listens)
        return client


@cache
def _silence(address: str) -> str | None:
    """Say that an AWS on this laptop takes connections and answers none: botocore would wait for minutes."""
    if not is_on_this_laptop(address):
        return None
    answer = ask(address, ANSWER_SECONDS)
    return answer.text if not answer.status and answer.milliseconds >= ANSWER_SECONDS * 1000 else None


def _note_service(parsed: dict[str, Any], model: Any, **_: object) -> None:
    """Leave the service's IAM name in each answer, so that a refusal can name the action it lacks."""
    parsed.setdefault("ResponseMetadata", {})["Service"] = model.service_model.signing_name


def _ask_once_where_nobody_listens(caught_exception: BaseException | None, **_: object) -> bool | None:
    """Refuse to ask again after a refused connection: an AWS that is down is still down a second later."""
    error = caught_exception
    while error and not isinstance(error, ConnectionRefusedError):
        error = error.__cause__ or error.__context__
    return False if error else None
