"""The app of a machine on the laptop may do what the real one may."""

import pytest

from local_aws.machines.app_environment import aws_of_app
from local_aws.machines.user_data import Settings

ENDPOINT = "http://127.0.0.1:4566"


@pytest.mark.parametrize("machine", [{}, {"APP_USES_ROLE": "no"}])
def test_an_app_without_the_role_has_no_key(machine: dict[str, str]) -> None:
    aws = aws_of_app(Settings(machine=machine, environment={}), ENDPOINT, "000000000000")
    assert aws["AWS_ENDPOINT_URL"] == ENDPOINT
    assert {name for name in aws if "KEY" in name} == set()
    # Nor does it look for one elsewhere.
    assert aws["AWS_EC2_METADATA_DISABLED"] == "true"


def test_an_app_with_the_role_has_its_account_as_key() -> None:
    aws = aws_of_app(Settings(machine={"APP_USES_ROLE": "yes"}, environment={}), ENDPOINT, "000000000000")
    assert aws["AWS_ACCESS_KEY_ID"] == "000000000000"
    assert aws["AWS_SECRET_ACCESS_KEY"]
