"""A change is deployed over what is up, by its own tools, and all that is seen meanwhile is told."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearse.observed import observed
from rehearse.stage import deploy
from review_checkout.syntheses import Side
from tests.local_aws.checkout import Checkout

pytestmark = pytest.mark.system

MISTAKE = "raise KeyError('a mistake of mine')\n"
# What no call needs.
RIGHT = """
        from aws_cdk import aws_iam
        unused = aws_iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::payroll/list"])
        self.function.lambda_function.add_to_role_policy(unused)
"""


@pytest.fixture
def side(up: Checkout, tmp_path: Path) -> Iterator[Side]:
    """Give the checkout as the change; then its files and what it is told are as before."""
    files = [up.folder / "lambda_src/calculate_mean/handler.py", up.folder / "stacks/calculate_mean_stack.py"]
    before = [file.read_text() for file in files]
    (up.folder / "copies").mkdir()
    yield Side("this checkout", up.folder, tmp_path / "head", Path(sys.prefix))
    shutil.rmtree(up.folder / "copies")
    for file, text in zip(files, before, strict=True):
        file.write_text(text)
    up.run("up", "-c", "generation=")


def test_a_machine_that_is_replaced_and_a_handler_that_is_rolled_back(up: Checkout, side: Side) -> None:
    (up.folder / "copies/main.json").write_text('{"generation": "rehearsed"}')
    stack = up.folder / "stacks/calculate_mean_stack.py"
    stack.write_text(stack.read_text().replace("        self.api = ", f"{RIGHT}        self.api = ", 1))

    with observed(up.cloud, up.state.cdk_output) as lines:
        assert deploy(side, up.state) is None

    page, api, *others = lines
    assert re.fullmatch(r"The page: \d\d+ good answers, the longest time without a good one .* s; errors: none.", page)
    assert re.fullmatch(r"The API: \d\d+ good answers, the longest time without a good one .* s; errors: none.", api)
    assert "**Replaced**: `Streamlit/Server/Instance` (`AWS::EC2::Instance`)." in others
    unused = "`s3:GetObject on payroll/list`, to `CalculateMean/Function/Role`"
    assert others[-1] == f"**Granted and never used**: {unused}."

    handler = up.folder / "lambda_src/calculate_mean/handler.py"
    handler.write_text(handler.read_text() + MISTAKE)
    with observed(up.cloud, up.state.cdk_output) as lines:
        failed = deploy(side, up.state)

    assert failed
    assert "KeyError: 'a mistake of mine'" in failed
    assert not any("Replaced" in line for line in lines)
    assert lines[0].endswith("errors: none.")
    assert any(line.startswith("**Rolled back**: `CalculateMean` is `UPDATE_ROLLBACK_COMPLETE`") for line in lines)
