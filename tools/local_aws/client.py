"""Clients that know the embedded AWS and nothing else."""

from typing import TYPE_CHECKING, Any

from local_aws.environment import ACCESS_KEY, REGION

if TYPE_CHECKING:
    from botocore.client import BaseClient


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
