"""What six packs of cdk-nag and the CDK's own validation say: nothing, but for what has a written reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, CloudFormationValidatePlugin, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk.aws_apigatewayv2_authorizers import HttpIamAuthorizer
from aws_cdk.aws_lambda import Tracing
from aws_cdk.aws_sqs import CfnQueue

from data_compute import UBUNTU_24_04, HttpTrigger, PythonFunction, StreamlitServer
from stacks.application import attach_packs, default_context, define_stacks
from stacks.calculate_mean_stack import SOURCE
from stacks.streamlit_settings import StreamlitSettings
from tests.stacks.conftest import QUIET, Synthesis
from tests.stacks.variants import VARIANTS
from tests.templates import Json

Synthesize = Callable[[str], Synthesis]
PACKS = {
    "AwsSolutions",
    "HIPAA.Security",
    "NIST.800.53.R4",
    "NIST.800.53.R5",
    "PCI.DSS.321",
    "Serverless",
}
# A report of the app's own warnings, which are for the person who deploys.
OWN_WARNINGS = "Construct Annotations"
SHORTEST_REASON = 20


def findings(synthesis: Synthesis, kind: str) -> list[tuple[str, Json]]:
    return [
        (report["pluginName"], finding)
        for report in synthesis.report()
        if report["pluginName"] != OWN_WARNINGS
        for finding in report.get(kind, [])
    ]


def silenced(synthesis: Synthesis) -> set[tuple[str, str]]:
    """Give where each finding was silenced, and by which id."""
    return {
        (finding["acknowledgedAt"], finding["acknowledgedId"])
        for _, finding in findings(synthesis, "suppressedViolations")
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_pack_has_looked(synthesis: Synthesize, variant: str) -> None:
    names = {report["pluginName"] for report in synthesis(variant).report()}

    assert names - {OWN_WARNINGS} == PACKS


@pytest.mark.system
def test_the_cdks_own_validation_finds_one_mistake_and_no_other(tmp_path: Path) -> None:
    """A scanner without a finding leaves no trace in the report, so it gets one to find."""
    app = App(context=default_context() | QUIET, outdir=str(tmp_path))
    # tests/conftest.py turned off the one that comes by itself, as it takes seconds.
    Validations.of(app).add_plugins(CloudFormationValidatePlugin())
    define_stacks(app)
    CfnQueue(Stack(app, "Mistaken"), "Queue").add_property_override("Nonsense", 1)
    app.synth()

    ((scanner, mistake),) = findings(Synthesis(tmp_path, {}), "violations")
    assert scanner == "CloudFormation Validate"
    assert "Nonsense" in mistake["description"]
    assert [place["constructPath"] for place in mistake["violatingConstructs"]] == ["Mistaken/Queue"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_finding_is_open(synthesis: Synthesize, variant: str) -> None:
    found = [
        f"{pack}: {finding['ruleName']} at {place['constructPath']}: {finding['description']}"
        for pack, finding in findings(synthesis(variant), "violations")
        for place in finding["violatingConstructs"]
    ]

    assert found == []


def test_no_option_of_the_constructs_brings_a_finding(tmp_path: Path) -> None:
    app = App(context=QUIET, outdir=str(tmp_path))
    attach_packs(app)
    stack = Stack(app, "Stack")
    mean = PythonFunction(stack, "Mean", source=SOURCE, handler="handler.lambda_handler", tracing=Tracing.ACTIVE)
    HttpTrigger(stack, "Api", function=mean, routes=["GET /mean"], authorizer=HttpIamAuthorizer())
    server = StreamlitServer(
        stack, "Server", app=StreamlitSettings.read({}).app, entry_file="app.py", operating_system=UBUNTU_24_04
    )
    server.allow_web_from(ec2.Peer.ipv4("203.0.113.0/24"))
    server.allow_ssh_from(ec2.Peer.ipv4("203.0.113.7/32"))
    app.synth()

    found = [(pack, finding["ruleName"]) for pack, finding in findings(Synthesis(tmp_path, {}), "violations")]
    assert found == []


def test_a_route_of_a_persons_own_is_open_for_their_reason(tmp_path: Path) -> None:
    app = App(context=default_context() | QUIET, outdir=str(tmp_path))
    attach_packs(app)
    mean, page, _ = define_stacks(app)
    # By names that nobody else gives: the stack is a person's to extend.
    theirs = PythonFunction(mean, "OfThisTest", source=SOURCE)
    mean.open_route(theirs, "GET /of-this-test", why="A greeting is no secret.")
    app.synth()
    made = Synthesis(tmp_path, {"CalculateMean": mean, "Streamlit": page})

    assert findings(made, "violations") == []
    reasons = {path: reason for path, rule, reason in made.acknowledged() if rule.endswith("-APIG4")}
    assert reasons["CalculateMean/Api/HttpApi/GET--of-this-test"] == "A greeting is no secret."


def test_no_acknowledgement_is_stale(synthesis: Synthesize) -> None:
    given = {(path, rule) for variant in VARIANTS for path, rule, _ in synthesis(variant).acknowledged()}
    used = {place for variant in VARIANTS for place in silenced(synthesis(variant))}

    assert given
    assert given - used == set()


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_acknowledgement_names_its_pack(synthesis: Synthesize, variant: str) -> None:
    for path, rule, _ in synthesis(variant).acknowledged():
        pack, separator, name = rule.partition("::")
        assert separator, f"{rule} at {path}"
        assert pack in PACKS, f"{rule} at {path}"
        assert name.startswith(f"{pack}-"), f"{rule} at {path}"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_acknowledgement_has_a_reason(synthesis: Synthesize, variant: str) -> None:
    for path, rule, reason in synthesis(variant).acknowledged():
        assert len(reason) >= SHORTEST_REASON, f"{rule} at {path}: {reason!r}"


def test_reasons_are_kept_in_the_report(synthesis: Synthesize) -> None:
    reasons = {reason for _, _, reason in synthesis("default").acknowledged()}

    for _, finding in findings(synthesis("default"), "suppressedViolations"):
        assert finding["reason"] in reasons
