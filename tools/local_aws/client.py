"""Clients that know the embedded AWS and nothing else."""

from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from local_aws.environment import ACCESS_KEY, REGION
from ops.cloud.clients import Aws

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient

# One session makes clients for all machines' threads, which it cannot do for two at a time.
MAKING = Lock()


@dataclass(frozen=True)
class OurAws(Aws):
    """What ops knows as an AWS, asked by such clients."""

    def client(self, service: str, region: str | None = None) -> Any:  # noqa: ARG002 - there is one region
        """Make, or find again, a client of the embedded AWS."""
        return client(service, str(self.endpoint))


@cache
def client(
    service: str, endpoint: str, key: str = ACCESS_KEY, secret: str = ACCESS_KEY, token: str | None = None
) -> Any:
    """Make, or find again, a boto3 client that knows the embedded AWS and nothing else.

    :param key: the root's of an account is the account's own number.
    """
    from botocore.config import Config

    with MAKING:
        made: BaseClient = _session().client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": 2}, proxies={}),
        )
    return made


@cache
def _session() -> "boto3.Session":
    # Here, not above: importing boto3 takes longer than all else that --help does.
    import boto3
    from botocore.session import Session

    # Whatever profile the environment names has no say here.
    return boto3.Session(botocore_session=Session(session_vars={"profile": (None, None, None, None)}))
