"""What a function finds in the embedded AWS: what Lambda gives it, and nothing of this checkout."""

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from local_aws.cloud import Cloud
from tests.local_aws.raw_stacks import FUNCTION_ROLE

pytestmark = pytest.mark.system

Run = Callable[..., tuple[Any, str]]


@pytest.fixture
def run(cloud: Cloud) -> Iterator[Run]:
    client, made, numbers = cloud.client("lambda"), [], count(1)

    def run_code(code: str, event: object = None, memory: int = 128, timeout: int = 3) -> tuple[Any, str]:
        """Call a new function, and give its answer and its log."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("handler.py", code)
        made.append(f"tried-{next(numbers)}")
        client.create_function(
            FunctionName=made[-1],
            Runtime="python3.13",
            Role=FUNCTION_ROLE,
            Handler="handler.lambda_handler",
            Code={"ZipFile": packed.getvalue()},
            MemorySize=memory,
            Timeout=timeout,
        )
        answer = json.loads(client.invoke(FunctionName=made[-1], Payload=json.dumps(event))["Payload"].read())
        group = f"/aws/lambda/{made[-1]}"
        logged = cloud.client("logs").filter_log_events(logGroupName=group)["events"]
        return answer, "\n".join(event["message"] for event in logged)

    yield run_code
    for name in made:
        client.delete_function(FunctionName=name)
        cloud.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{name}")


IMPORT = """
import importlib

def lambda_handler(names, context):
    missing = []
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing.append(error.name)
    return missing
"""


def test_it_imports_what_lambda_has_and_nothing_else(run: Run) -> None:
    lambdas = ["boto3", "botocore.session", "dateutil.tz", "six.moves", "urllib3", "sqlite3", "ssl"]
    ours = ["pandas", "numpy", "streamlit", "ministack", "pip", "data_compute", "local_aws", "ops"]
    assert run(IMPORT, lambdas + ours)[0] == ours


def test_boto3_reaches_the_embedded_aws(run: Run) -> None:
    code = (
        "import boto3\ndef lambda_handler(event, context):\n"
        "    return boto3.client('sts').get_caller_identity()['Account']\n"
    )
    assert run(code)[0] == "000000000000"


HOLDS = """
def lambda_handler(event, context):
    print("before")
    return len(b"x" * {megabytes} * 1024 * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux, which says how much memory a process has held")
def test_a_function_that_needs_more_memory_than_it_has_is_ended(run: Run) -> None:
    answer, log = run(HOLDS.format(megabytes=300), memory=256)
    assert answer["errorType"] == "Runtime.ExitError"
    assert answer["errorMessage"].endswith(" Error: Runtime exited with error: signal: killed")
    assert "before" in log
    assert "Runtime.ExitError" in log
    used = int(log.rpartition("Max Memory Used: ")[2].split()[0])
    assert 300 < used < 400

    answer, log = run(HOLDS.format(megabytes=100), memory=256)
    assert answer == 100 * 1024 * 1024
    assert 100 < int(log.rpartition("Max Memory Used: ")[2].split()[0]) < 256


def test_a_function_that_takes_too_long_is_ended(run: Run) -> None:
    code = "import time\ndef lambda_handler(event, context):\n    time.sleep(event)\n    return 'done'\n"
    assert run(code, 0.1, timeout=1)[0] == "done"
    assert "timed out after 1.00 seconds" in run(code, 20, timeout=1)[0]["errorMessage"]
