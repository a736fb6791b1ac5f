"""The proof that a function starts, as CloudFormation asks for it: through updates, rollbacks and the end."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from data_compute.function.start.python import data_compute_start
from local_aws.cloud import Cloud
from tests.local_aws.raw_stacks import FUNCTION_ROLE, delete, reasons, wait

pytestmark = pytest.mark.system

STACK = TWIN = "proven"
HANDLER = """import os
os.environ["OUTSIDE"]
def lambda_handler(event, context): ...
"""


def template(arn: str, code: str) -> str:
    asked = {"ServiceToken": arn, "Handler": "handler.lambda_handler", "Code": code, "MemorySize": 256, "Timeout": 10}
    return json.dumps({"Resources": {"Start": {"Type": "Custom::FunctionStarts", "Properties": asked}}})


def test_a_rollback_does_not_ask_for_what_was_proven(cloud: Cloud) -> None:
    functions, cloudformation = cloud.client("lambda"), cloud.client("cloudformation")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(str(data_compute_start.__file__), Path(str(data_compute_start.__file__)).name)
        archive.writestr("handler.py", HANDLER)
    arn = functions.create_function(
        FunctionName=TWIN,
        Runtime="python3.13",
        Role=FUNCTION_ROLE,
        Handler="data_compute_start.lambda_handler",
        Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"OUTSIDE": "well"}},
    )["FunctionArn"]

    def proven() -> str:
        (found,) = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        return str(found["PhysicalResourceId"])

    cloudformation.create_stack(StackName=STACK, TemplateBody=template(arn, "first"))
    wait(cloud, STACK, "stack_create_complete")
    first = proven()

    # What neither the old nor the new code starts without.
    functions.update_function_configuration(FunctionName=TWIN, Environment={"Variables": {}})
    cloudformation.update_stack(StackName=STACK, TemplateBody=template(arn, "second"))
    wait(cloud, STACK, "stack_rollback_complete")
    assert "cannot be imported: KeyError: 'OUTSIDE'" in reasons(cloud, STACK)
    assert proven() == first

    functions.update_function_configuration(FunctionName=TWIN, Environment={"Variables": {"OUTSIDE": "well"}})
    cloudformation.update_stack(StackName=STACK, TemplateBody=template(arn, "second"))
    wait(cloud, STACK, "stack_update_complete")
    assert proven() != first
    assert "DELETE_FAILED" not in str(cloudformation.describe_stack_events(StackName=STACK))

    delete(cloud, STACK)
    functions.delete_function(FunctionName=TWIN)
