"""What could go wrong in the templates and no scanner would say."""

import ipaddress
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stacks.calculate_mean_stack import SOURCE
from tests.stacks.conftest import Synthesis
from tests.stacks.variants import VARIANTS
from tests.templates import Json, function_called, machine_of, ours, resources, user_data

Synthesize = Callable[[str], Synthesis]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WORLD = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
USER_DATA_LIMIT_BYTES = 16 * 1024
# A value that only a deploy knows, such as a bucket's name or a URL, is at most this long.
LONGEST_UNKNOWN_BYTES = 256
API_TIMEOUT_SECONDS = 30
ROUTE_KEY = re.compile(r"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[\w{}/.~-]*")
# How a template would carry a secret's value, or point at a private key.
SECRET = re.compile(
    r"\{\{resolve:(secretsmanager|ssm-secure)|PRIVATE KEY|PrivateKey|ec2/keypair|SecretString|GenerateSecretString"
    r"|(aws_secret_access_key|password|passwd|token)\s*[=:]",
    re.IGNORECASE,
)

# What EC2 takes as the description of a security group or a rule.
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")

every_variant = pytest.mark.parametrize("variant", VARIANTS)


def ingress(template: Json) -> Iterator[Json]:
    for group in resources(template, "AWS::EC2::SecurityGroup").values():
        yield from group["Properties"].get("SecurityGroupIngress", [])
    for rule in resources(template, "AWS::EC2::SecurityGroupIngress").values():
        yield rule["Properties"]


def let_in(template: Json) -> list[Network]:
    """Give whom the rules let in when they are taken together."""
    cidrs = [rule.get("CidrIp", rule.get("CidrIpv6")) for rule in ingress(template)]
    networks = [ipaddress.ip_network(cidr) for cidr in cidrs if cidr]
    return [
        whole
        for version in (4, 6)
        for whole in ipaddress.collapse_addresses([found for found in networks if found.version == version])  # type: ignore[type-var]
    ]


@every_variant
def test_only_the_word_world_opens_the_page_to_the_world(synthesis: Synthesize, variant: str) -> None:
    template = synthesis(variant).template("Streamlit")
    said = VARIANTS[variant].settings.get("web_from", "")

    assert [network for network in let_in(template) if network in WORLD] == (WORLD[:1] if said == "world" else [])


@every_variant
def test_no_rule_opens_more_than_the_page_and_ssh(synthesis: Synthesize, variant: str) -> None:
    page = int(VARIANTS[variant].settings.get("port", "8501"))

    for rule in ingress(synthesis(variant).template("Streamlit")):
        assert rule["IpProtocol"] == "tcp"
        assert rule["FromPort"] == rule["ToPort"]
        assert rule["FromPort"] in (page, 22)
        if rule["FromPort"] == 22:
            assert ipaddress.ip_network(rule["CidrIp"]).num_addresses <= 2**16


def test_the_check_above_sees_two_halves() -> None:
    rules = [
        {"CidrIp": half, "IpProtocol": "tcp", "FromPort": 8501, "ToPort": 8501} for half in ("0.0.0.0/1", "128.0.0.0/1")
    ]
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": rules}}

    assert let_in({"Resources": {"Group": group}}) == WORLD[:1]


@every_variant
def test_metadata_answers_the_machine_itself_and_with_a_token(synthesis: Synthesize, variant: str) -> None:
    options = machine_of(synthesis(variant).template("Streamlit"))["MetadataOptions"]

    assert options == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


@every_variant
def test_user_data_fits(synthesis: Synthesize, variant: str) -> None:
    script = user_data(synthesis(variant).template("Streamlit"))
    # Each ${…} of CloudFormation's (not the shell's) stands for a value to come.
    unknown = re.findall(r"\$\{(?:AWS::\w+|Server\w+|import .*?)\}", script)

    assert unknown
    assert len(script.encode()) + len(unknown) * LONGEST_UNKNOWN_BYTES < USER_DATA_LIMIT_BYTES


@every_variant
def test_machine_must_signal_and_its_script_does(synthesis: Synthesize, variant: str) -> None:
    template = synthesis(variant).template("Streamlit")
    groups = resources(template, "AWS::AutoScaling::AutoScalingGroup")
    ((name, waiting),) = (resources(template, "AWS::EC2::Instance") | groups).items()
    signal = waiting["CreationPolicy"]["ResourceSignal"]
    script = user_data(template)

    assert signal["Count"] == int(waiting["Properties"].get("MinSize", 1))
    assert re.fullmatch(r"PT([5-9]|[1-5]\d)M", signal["Timeout"])
    # The signal names this very resource, and goes out however the script ends.
    assert f"RESOURCE_ID='{name}'" in script.splitlines()
    assert re.search(r'cfn-signal --exit-code "\$code" --stack "\$STACK_NAME" --resource "\$RESOURCE_ID"', script)
    assert re.search(r"^trap finish EXIT$", script, re.MULTILINE)


@every_variant
@pytest.mark.parametrize("stack", ["CalculateMean", "Streamlit"])
def test_no_secret_is_in_a_template_or_referred_to(synthesis: Synthesize, variant: str, stack: str) -> None:
    template = synthesis(variant).template(stack)
    # But for the one that CloudFormation itself gives to the edge, at the deploy.
    for distribution in resources(template, "AWS::CloudFront::Distribution").values():
        page = distribution["Properties"]["DistributionConfig"]["Origins"][0]
        [header] = page.pop("OriginCustomHeaders")
        assert header["HeaderName"] == "X-Origin-Secret"
    for secret in resources(template, "AWS::SecretsManager::Secret").values():
        assert secret["Properties"].pop("GenerateSecretString")

    assert not SECRET.search(json.dumps(template))


@pytest.mark.parametrize(
    "text",
    [
        "{{resolve:secretsmanager:MySecret:SecretString:password}}",
        "{{resolve:ssm-secure:/my/secret:1}}",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "/ec2/keypair/${KeyPair.KeyPairId}",
        "AWS_SECRET_ACCESS_KEY=abc",
    ],
)
def test_the_check_above_sees_a_secret(text: str) -> None:
    assert SECRET.search(text)


@every_variant
def test_function_gives_up_before_the_api_does(synthesis: Synthesize, variant: str) -> None:
    template = synthesis(variant).template("CalculateMean")
    integrations = resources(template, "AWS::ApiGatewayV2::Integration").values()
    called = {found["Properties"]["IntegrationUri"]["Fn::GetAtt"][0] for found in integrations}

    assert called
    for name in called:
        assert 0 < template["Resources"][name]["Properties"]["Timeout"] < API_TIMEOUT_SECONDS


@every_variant
def test_no_origin_is_a_wildcard(synthesis: Synthesize, variant: str) -> None:
    template = synthesis(variant).template("CalculateMean")
    for api in resources(template, "AWS::ApiGatewayV2::Api").values():
        cors = api["Properties"].get("CorsConfiguration", {})
        assert not any("*" in text for values in cors.values() if isinstance(values, list) for text in values)

    cors = ours(template, "AWS::ApiGatewayV2::Api", "ApiHttpApi").get("CorsConfiguration", {})
    assert cors.get("AllowOrigins", []) == [
        text for text in VARIANTS[variant].settings.get("allow_origins", "").split(",") if text
    ]


@every_variant
def test_routes_are_well_formed(synthesis: Synthesize, variant: str) -> None:
    routes = resources(synthesis(variant).template("CalculateMean"), "AWS::ApiGatewayV2::Route").values()
    keys = [route["Properties"]["RouteKey"] for route in routes]

    assert {"GET /calculate_mean", "POST /calculate_mean"} <= set(keys)
    assert all(ROUTE_KEY.fullmatch(key) for key in keys)


def test_configured_handler_answers_with_the_standard_library_alone(synthesis: Synthesize, tmp_path: Path) -> None:
    """Import it as Lambda does, from the files that go there, where no package is installed."""
    template = synthesis("default").template("CalculateMean")
    module, _, function = function_called(template, "calculate_mean")["Handler"].rpartition(".")
    deployed = deployed_with("calculate_mean.py", synthesis("default"))
    script = (
        f"import sys; sys.path.insert(0, {str(deployed)!r}); import {module}; "
        f"print({module}.{function}({{'nums': [1, 2, 3]}}, None))"
    )

    # -I -S: no site-packages, no environment, nothing of this folder. -B: leave no cache behind.
    answered = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", script], capture_output=True, text=True, cwd=tmp_path
    )

    assert answered.stderr == ""
    assert answered.stdout == "{'statusCode': 200, 'body': 2.0}\n"


def test_handler_that_is_deployed_is_the_one_in_the_repository(synthesis: Synthesize) -> None:
    names = {path.name for path in deployed_with("calculate_mean.py", synthesis("default")).iterdir()}

    assert names == {path.name for path in SOURCE.glob("*.py")}


def deployed_with(file: str, synthesis: Synthesis) -> Path:
    """Give the deployed folder that holds a file of such a name."""
    (deployed,) = [asset for asset in synthesis.folder.glob("asset.*") if (asset / file).is_file()]
    return deployed


@every_variant
@pytest.mark.parametrize("stack", ["CalculateMean", "Streamlit"])
def test_ec2_takes_every_description(synthesis: Synthesize, variant: str, stack: str) -> None:
    """An apostrophe in a rule's description fails the deploy, and no scanner says so."""
    for kind, found in security_groups(synthesis(variant).template(stack)):
        for text in found:
            assert DESCRIPTION.fullmatch(text), f"{kind}: {text!r}"


def test_the_check_above_sees_an_apostrophe() -> None:
    rule = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"Description": "the machine's"}}

    assert list(security_groups({"Resources": {"Rule": rule}})) == [
        ("AWS::EC2::SecurityGroupIngress", ["the machine's"])
    ]
    assert not DESCRIPTION.fullmatch("the machine's")


def security_groups(template: Json) -> Iterator[tuple[str, list[str]]]:
    """Give the descriptions of each group and rule."""
    for found in template["Resources"].values():
        if found["Type"].startswith("AWS::EC2::SecurityGroup"):
            given = found["Properties"]
            rules = [*given.get("SecurityGroupIngress", []), *given.get("SecurityGroupEgress", [])]
            texts = [given.get("GroupDescription"), given.get("Description"), *(rule["Description"] for rule in rules)]
            yield found["Type"], [text for text in texts if text is not None]
