"""The one place of ops where boto3 clients are made."""

import os
from dataclasses import dataclass, field
from functools import cached_property, partial
from getpass import getpass
from typing import Any
from urllib.parse import urlsplit

from ops.answers.credentials import VARIABLES
from ops.answers.embedded import is_on_this_laptop
from ops.answers.errors import OpsError

# An embedded AWS answers in less, or never.
HANGS_SECONDS = 20.0


@dataclass(frozen=True)
class Aws:
    """Which AWS to talk to. What is None comes from the usual AWS environment and files."""

    region: str | None = None
    profile: str | None = None
    endpoint: str | None = None
    # Whether a profile that needs an MFA code may ask for one at the terminal.
    may_ask: bool = True
    _clients: dict[tuple[str, str | None], Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    # What the person was asked.
    _asked: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    def client(self, service: str, region: str | None = None) -> Any:
        """Make, or find again, the client of a service."""
        key = service, region
        if key not in self._clients:
            self._clients[key] = self._make(service, region)
        return self._clients[key]

    @property
    def region_name(self) -> str:
        """The region that calls go to."""
        return str(self.client("cloudformation").meta.region_name)

    @property
    def embedded(self) -> bool:
        """Whether it is an embedded AWS on this laptop."""
        return is_on_this_laptop(self.client("cloudformation").meta.endpoint_url)

    def hand_over(self) -> bool:
        """Let what we start have the credentials that a person gave an MFA code for, if so: AWS takes each code once.

        They count in the place of a profile, and the region is here as it is there.
        """
        if not self._asked:
            return False
        found = self._session.get_credentials().get_frozen_credentials()
        os.environ.update(zip(VARIABLES, found, strict=False))
        os.environ["AWS_REGION"] = self.region_name
        return True

    def _ask_for_code(self, question: str) -> str:
        if not self.may_ask:
            raise OpsError("the AWS profile needs an MFA code")
        self._asked.append(question)
        return getpass(question)

    @cached_property
    def _session(self) -> Any:
        # Here, not above: importing boto3 takes longer than all else that --help does.
        import boto3

        # The CDK reads AWS_REGION before AWS_DEFAULT_REGION; boto3 alone would not.
        chosen = self.region or os.environ.get("AWS_REGION") or None
        session = boto3.Session(profile_name=self.profile, region_name=chosen)
        # Botocore has no public setting for it.
        chain = session._session.get_component("credential_provider")
        chain.get_provider("assume-role")._prompter = self._ask_for_code
        return session

    def _make(self, service: str, region: str | None) -> Any:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        laptop = is_on_this_laptop(self.endpoint or os.environ.get("AWS_ENDPOINT_URL") or "")
        config = Config(
            connect_timeout=5,
            # A function takes its time everywhere.
            read_timeout=HANGS_SECONDS if laptop and service != "lambda" else 30,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        try:
            client = self._session.client(service, region_name=region, endpoint_url=self.endpoint, config=config)
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
        client.meta.events.register("after-call", _note_service)
        # Botocore's own answer is registered for the service's name, and counts before one for all services.
        retry = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
        hopeless = (ConnectionRefusedError, TimeoutError) if laptop else (ConnectionRefusedError,)
        client.meta.events.register_first(retry, partial(_ask_once, hopeless))
        return client


def _note_service(parsed: dict[str, Any], model: Any, **_: object) -> None:
    """Leave the service's IAM name in each answer, so that a refusal can name the action it lacks."""
    parsed.setdefault("ResponseMetadata", {})["Service"] = model.service_model.signing_name


def _ask_once(after: tuple[type, ...], caught_exception: BaseException | None, **_: object) -> bool | None:
    """Refuse to ask again where nobody listens, or an embedded AWS hangs: it still does a second later."""
    error = caught_exception
    while error and not isinstance(error, after):
        error = error.__cause__ or error.__context__
    return False if error else None
