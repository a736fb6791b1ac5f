"""Clients that know the embedded AWS and nothing else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_aws.environment import ACCESS_KEY, REGION
from ops.cloud.clients import Aws

if TYPE_CHECKING:
    from botocore.client import BaseClient


@dataclass(frozen=True)
class OurAws(Aws):
    """What ops knows as an AWS, asked by such clients."""

    def client(self, service: str, region: str | None = None) -> Any:  # noqa: ARG002 - there is one region
        """Make a client of the embedded AWS."""
        return client(service, str(self.endpoint))


def client(service: str, endpoint: str, account: str = ACCESS_KEY) -> Any:
    """Make a boto3 client that knows the embedded AWS and nothing else."""
    import boto3
    from botocore.config import Config
    from botocore.session import Session

    # Whatever profile the environment names has no say here.
    without_profile = Session(session_vars={"profile": (None, None, None, None)})
    made: BaseClient = boto3.Session(botocore_session=without_profile).client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key=ACCESS_KEY,
        config=Config(retries={"total_max_attempts": 2}, proxies={}),
    )
    return made
