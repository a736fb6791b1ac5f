"""A function with packages runs with them on the laptop: the extra stack Describe, of a copy that has nothing else."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from data_compute.requirements import FUNCTIONS_PYTHON
from local_aws import deploy, environment
from tests.local_aws import raw_stacks
from tests.local_aws.checkout import Checkout

pytestmark = pytest.mark.system

STACK, BUCKET = "Describe-tables", "tables"
TABLE = "city,people\nUlm,0.1\nBonn,0.2\nKiel,0.3\n"
# Added one after the other, they would give 0.20000000000000004.
PEOPLE = {"name": "people", "count": 3, "mean": 0.2}
CDK = ["cdk", "deploy", STACK, "--exclusively", "--require-approval", "never", "--no-notices"]
SETTINGS = ["-c", "copy=tables", "-c", "extras=describe", "-c", f"csv_bucket={BUCKET}"]


@pytest.fixture(scope="module")
def described(up: Checkout) -> Iterator[dict[str, str]]:
    """Deploy the stack as a person would after `env`, and give its outputs."""
    settings = environment.isolated(up.state, os.environ) | deploy.QUIET
    assert settings[FUNCTIONS_PYTHON] == sys.executable
    done = subprocess.run(
        [*CDK, *SETTINGS, "--output", str(up.state.folder / "cdk.describe")],
        cwd=up.folder,
        env=settings | {"AWS_ENDPOINT_URL": up.cloud.cdk_endpoint},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    (stack,) = up.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    yield {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    raw_stacks.delete(up.cloud, STACK)


def people(answer: Any) -> dict[str, Any]:
    found = answer["columns"][1]
    return {name: found[name] for name in PEOPLE}


def invoked(up: Checkout, name: str, event: object) -> tuple[int, Any]:
    answer = json.loads(up.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read())
    return answer["statusCode"], answer["body"]


def test_a_posted_table_is_described_by_pandas(described: dict[str, str]) -> None:
    request = urllib.request.Request(described["ApiUrl"], TABLE.encode(), {"content-type": "text/csv"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        assert people(json.load(answer)) == PEOPLE


def test_a_posted_table_in_latin_1_is_refused_as_whatever_it_is_sent(described: dict[str, str]) -> None:
    for kind in ("text/csv", "application/x-www-form-urlencoded"):
        request = urllib.request.Request(described["ApiUrl"], "Köln\n1\n".encode("latin-1"), {"content-type": kind})  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(request, timeout=60)  # noqa: S310
        assert (answer.value.code, json.load(answer.value)["error"]["code"]) == (400, "invalid_encoding")


def test_a_table_in_the_bucket_that_was_named(up: Checkout, described: dict[str, str]) -> None:
    """In that one alone: IAM denies the function any other."""
    buckets = up.client("s3")
    for bucket in (BUCKET, "payroll"):
        buckets.create_bucket(Bucket=bucket)
        buckets.put_object(Bucket=bucket, Key="cities.csv", Body=TABLE.encode())
    name = described["FunctionName"]
    try:
        status, answer = invoked(up, name, {"bucket": BUCKET, "key": "cities.csv"})
        assert (status, people(answer)) == (200, PEOPLE)
        for bucket, key in ((BUCKET, "gone.csv"), ("payroll", "cities.csv"), ("nobodys", "cities.csv")):
            status, answer = invoked(up, name, {"bucket": bucket, "key": key})
            assert (status, answer["error"]["code"]) == (404, "not_found")
            assert "CSV_BUCKET=its bucket; or the file is encrypted with a key of KMS" in answer["error"]["message"]
        status, answer = invoked(up, name, {"bucket": "No Bucket", "key": "cities.csv"})
        assert (status, answer["error"]["code"]) == (400, "bad_event")
    finally:
        for bucket in (BUCKET, "payroll"):
            buckets.delete_object(Bucket=bucket, Key="cities.csv")
            buckets.delete_bucket(Bucket=bucket)


def test_status_tells_of_it_to_whoever_asks_for_another_copy(up: Checkout, described: dict[str, str]) -> None:
    told = up.run("status").stdout
    assert f"{STACK}.ApiUrl" in told
    assert described["ApiUrl"] in told
