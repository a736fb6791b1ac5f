"""A finding is accepted by its rule, for every pack that has it."""

import json
import re
from pathlib import Path

import aws_cdk
import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3

from data_compute import acknowledge
from stacks.application import attach_packs
from tests.own_project import FILES, PAGE, write_files
from tests.stacks.conftest import QUIET

REASON = "Only the nightly job reads it, so no log is needed."


def test_a_persons_own_finding_is_accepted_by_the_id_of_the_report(tmp_path: Path) -> None:
    app = App(context=QUIET, outdir=str(tmp_path))
    attach_packs(app)
    bucket = s3.Bucket(Stack(app, "Stack"), "Data")
    acknowledge(bucket, "AwsSolutions::AwsSolutions-S1", REASON)
    app.synth()

    reports = json.loads((tmp_path / "validation-report.json").read_text(encoding="utf-8"))["pluginReports"]
    (report,) = [report for report in reports if report["pluginName"] == "AwsSolutions"]
    assert [finding["ruleName"] for finding in report["violations"]] == ["AwsSolutions-S10"]
    accepted = [(finding["acknowledgedId"], finding["reason"]) for finding in report["suppressedViolations"]]
    assert accepted == [("AwsSolutions::AwsSolutions-S1", REASON)]


def test_the_page_accepts_a_finding_of_its_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path)
    app = App(context=QUIET, outdir=str(tmp_path / "cdk.out"))
    attach_packs(app)
    monkeypatch.setattr(aws_cdk, "App", lambda: app)
    (lines,) = re.findall(
        r"^```python\n(from data_compute import acknowledge\n.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    )
    code = FILES["app.py"].replace("app.synth()", f"{lines}app.synth()")
    # The CDK's process stands elsewhere.
    for folder in ("functions/score", "dashboard"):
        code = code.replace(f'="{folder}"', f'="{tmp_path / folder}"')
    exec(code, {})  # noqa: S102 - the page's own

    reports = json.loads((tmp_path / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))["pluginReports"]
    (report,) = [report for report in reports if report["pluginName"] == "AwsSolutions"]
    accepted = {finding["acknowledgedId"]: finding["reason"] for finding in report["suppressedViolations"]}
    assert accepted["AwsSolutions::AwsSolutions-APIG4"].startswith("A score is no secret, ")
    assert "AwsSolutions-APIG4" not in {finding["ruleName"] for finding in report["violations"]}


@pytest.mark.parametrize(
    "rule",
    [
        "EC2Nonsense",
        "",
        "AwsSolutions-S1",
        "AwsSolutions::S1",
        "AwsSolutions::",
        # cdk-nag would silence the finding, and lose the reason.
        "AwsSolutions-IAM5[Resource::*]",
    ],
)
def test_what_is_no_full_id_is_refused(new_stack: type[Stack], rule: str) -> None:
    with pytest.raises(ValueError, match=r"is no full id of a finding: copy what the report says after") as refused:
        acknowledge(new_stack(), rule, REASON)
    assert repr(rule) in str(refused.value)


@pytest.mark.parametrize("reason", ["", " \n"])
def test_no_reason_is_refused(new_stack: type[Stack], reason: str) -> None:
    with pytest.raises(ValueError, match=r"rule 'VPC7' is accepted without a reason: say in a sentence why"):
        acknowledge(new_stack(), "VPC7", reason)
