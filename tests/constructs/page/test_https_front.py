"""A front makes the edge the only way to the page, and tells its secret to nobody else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2

from data_compute import HttpsFront, StreamlitServer
from data_compute.page.cloudfront_regions import PREFIX_LISTS
from tests.constructs.servers import DefineServer
from tests.templates import Json, only, properties, rendered, resources, statements, synthesized, user_data

KEPT_SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a type
DISTRIBUTION_TYPE = "AWS::CloudFront::Distribution"


@pytest.fixture(scope="module")
def front(define: DefineServer) -> HttpsFront:
    front = HttpsFront(Stack.of(server := define()), "Front", server=server)
    front.allow_web_from(ec2.Peer.ipv4("203.0.113.0/24"))
    return front


@pytest.fixture(scope="module")
def template(front: HttpsFront) -> Json:
    return synthesized(Stack.of(front))


@pytest.fixture(scope="module")
def config(template: Json) -> Json:
    found: Json = properties(template, DISTRIBUTION_TYPE)["DistributionConfig"]
    return found


def name_of(template: Json, kind: str) -> str:
    """Give the logical id of the one resource of its type."""
    [name] = resources(template, kind)
    return name


def test_the_machine_admits_cloudfront_and_nobody_else(template: Json) -> None:
    assert "SecurityGroupIngress" not in properties(template, "AWS::EC2::SecurityGroup")
    rule = properties(template, "AWS::EC2::SecurityGroupIngress")
    [mapping] = template["Mappings"]
    assert rule["SourcePrefixListId"] == {"Fn::FindInMap": [mapping, {"Ref": "AWS::Region"}, "PrefixList"]}
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 8501, 8501)
    known = {region: values["PrefixList"] for region, values in template["Mappings"][mapping].items()}
    assert known == PREFIX_LISTS
    assert len(set(known.values())) == 17


def test_the_origin_is_the_machines_public_name(template: Json, config: Json) -> None:
    [mapping] = template["Mappings"]
    address = {"Fn::GetAtt": [name_of(template, "AWS::EC2::EIP"), "PublicIp"]}
    domain = {"Fn::FindInMap": [mapping, {"Ref": "AWS::Region"}, "Domain"]}
    numbers = [{"Fn::Select": [part, {"Fn::Split": [".", address]}]} for part in range(4)]
    page = origin(config, 0)
    assert page["DomainName"] == {"Fn::Join": ["", ["ec2-", {"Fn::Join": ["-", numbers]}, ".", domain]]}
    domains = {region: values["Domain"] for region, values in template["Mappings"][mapping].items()}
    assert domains["us-east-1"] == "compute-1.amazonaws.com"
    assert domains["eu-central-1"] == "eu-central-1.compute.amazonaws.com"


def origin(config: Json, number: int) -> Json:
    found: Json = config["Origins"][number]
    return found


def test_the_edge_brings_a_secret_that_only_secrets_manager_knows(template: Json, config: Json) -> None:
    [header] = origin(config, 0)["OriginCustomHeaders"]
    reference = f"{{{{resolve:secretsmanager:${{{name_of(template, KEPT_SECRET)}}}:SecretString:::}}}}"
    assert (header["HeaderName"], rendered(header["HeaderValue"])) == ("X-Origin-Secret", reference)
    assert properties(template, KEPT_SECRET)["GenerateSecretString"] == {
        "ExcludePunctuation": True,
        "PasswordLength": 64,
    }
    # Nowhere else is the reference that CloudFormation puts the value in for.
    assert json.dumps(template).count("resolve:secretsmanager") == 1
    assert "Outputs" not in template


def test_the_machine_may_read_this_one_secret(template: Json) -> None:
    reading = [found for found in statements(template) if "secretsmanager:GetSecretValue" in found["Action"]]
    assert reading == [
        {
            "Sid": "KnowTheEdge",
            "Action": "secretsmanager:GetSecretValue",
            "Effect": "Allow",
            "Resource": {"Ref": name_of(template, KEPT_SECRET)},
        }
    ]
    assert f"ORIGIN_SECRET='${{{name_of(template, KEPT_SECRET)}}}'\n" in user_data(template)
    # The app still reaches no role.
    assert "APP_USES_ROLE=no\n" in user_data(template)


def test_user_data_does_not_name_the_distribution(template: Json) -> None:
    assert name_of(template, DISTRIBUTION_TYPE) not in json.dumps(only(template, "AWS::EC2::LaunchTemplate"))


def test_all_that_streamlit_needs_passes(config: Json) -> None:
    behavior = config["DefaultCacheBehavior"]
    assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
    assert len(behavior["AllowedMethods"]) == 7
    # CachingDisabled and AllViewer, as AWS names them.
    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert behavior["OriginRequestPolicyId"] == "216adef6-5c7f-47e4-b989-5492eafa07d3"
    [*static, stopped] = config["CacheBehaviors"]
    kept = ["/static/css/*", "/static/js/*", "/static/media/*"]
    assert [(one["PathPattern"], one["Compress"]) for one in static] == [(path, True) for path in kept]
    assert behavior["CachePolicyId"] not in {one["CachePolicyId"] for one in static}
    assert origin(config, 0)["CustomOriginConfig"]["HTTPPort"] == 8501
    for each in (behavior, *static, stopped):
        assert each["ViewerProtocolPolicy"] == "redirect-to-https"
        [function] = each["FunctionAssociations"]
        assert function["EventType"] == "viewer-request"


def test_a_stopped_machines_page_comes_within_ten_seconds_from_elsewhere(template: Json, config: Json) -> None:
    page = origin(config, 0)
    assert page["ConnectionAttempts"] * page["ConnectionTimeout"] < 10
    shown = {
        found["ErrorCode"]: (found["ResponseCode"], found["ResponsePagePath"])
        for found in config["CustomErrorResponses"]
        if "ResponsePagePath" in found
    }
    assert shown == {502: (503, "/_stopped"), 504: (503, "/_stopped")}

    assert [found["PathPattern"] for found in config["CacheBehaviors"]][-1] == "/_stopped"
    assert origin(config, 1)["OriginPath"] != ""
    method = properties(template, "AWS::ApiGateway::Method")
    assert method["Integration"]["Type"] == "MOCK"
    [answer] = method["Integration"]["IntegrationResponses"]
    html = answer["ResponseTemplates"]["text/html"]
    assert "stopped" in html
    assert "make start" in html
    assert "python -m ops start" in html
    # API Gateway takes both for its own.
    assert not set("$#") & set(html)


def test_nobody_gets_anothers_error(config: Json) -> None:
    kept = {found["ErrorCode"]: found["ErrorCachingMinTTL"] for found in config["CustomErrorResponses"]}
    assert kept == {404: 0, 414: 0, 500: 0, 501: 0, 503: 0, 502: 5, 504: 5}


def test_the_doors_are_the_edges(template: Json) -> None:
    code = properties(template, "AWS::CloudFront::Function")["FunctionCode"]
    assert 'const NETWORKS = ["203.0.113.0/24"];' in code
    assert "203.0.113.0/24" not in json.dumps(resources(template, "AWS::EC2::SecurityGroup"))


def test_ipv6_only_for_who_names_it(config: Json, define: DefineServer) -> None:
    assert config["IPV6Enabled"] is False

    front = HttpsFront(Stack.of(server := define()), "Front", server=server)
    front.allow_web_from(ec2.Peer.ipv6("2001:db8::/32"))
    found = properties(synthesized(Stack.of(front)), DISTRIBUTION_TYPE)["DistributionConfig"]
    assert found["IPV6Enabled"] is True


def test_the_page_has_no_doors_of_its_own_any_more(define: DefineServer) -> None:
    stack = Stack.of(server := define())
    HttpsFront(stack, "Front", server=server)
    with pytest.raises(ValueError, match=r"by Stack/Front alone: call its allow_web_from, not the page's"):
        server.allow_web_from(ec2.Peer.any_ipv4())
    with pytest.raises(ValueError, match=r"the page is behind Stack/Front, so Stack/Second can't"):
        HttpsFront(stack, "Second", server=server)
    opened = define()
    opened.allow_web_from(ec2.Peer.ipv4("203.0.113.7/32"))
    with pytest.raises(ValueError, match=r"the page lets people in itself, so Stack/Front can't"):
        HttpsFront(Stack.of(opened), "Front", server=opened)


def test_ssh_is_still_the_machines(define: DefineServer) -> None:
    HttpsFront(Stack.of(server := define()), "Front", server=server)
    server.allow_ssh_from(ec2.Peer.ipv4("203.0.113.7/32"))

    [rule] = properties(synthesized(Stack.of(server)), "AWS::EC2::SecurityGroup")["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"]) == ("203.0.113.7/32", 22)


def test_a_domain_of_ones_own(define: DefineServer) -> None:
    stack = Stack.of(server := define())
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", "arn:aws:acm:us-east-1:1:certificate/1")
    front = HttpsFront(stack, "Front", server=server, domain_names=["page.example.org"], certificate=certificate)

    found = properties(synthesized(stack), DISTRIBUTION_TYPE)["DistributionConfig"]
    assert front.url == "https://page.example.org"
    assert found["Aliases"] == ["page.example.org"]
    assert found["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_the_address_is_cloudfronts_otherwise(front: HttpsFront) -> None:
    name = name_of(synthesized(Stack.of(front)), DISTRIBUTION_TYPE)
    assert rendered(Stack.of(front).resolve(front.url)) == f"https://${{{name}.DomainName}}"


@pytest.mark.parametrize("word", ["", "the-rotation-after-the-leak-of-" * 5])
def test_another_generation_changes_the_edge_and_not_the_machine(define: DefineServer, word: str) -> None:
    """However long the word is: CloudFront takes 128 characters of what it stands in."""
    made = []
    for generation in (f"{word}1", f"{word}2"):
        HttpsFront(Stack.of(server := define()), "Front", server=server, generation=generation)
        made.append(synthesized(Stack.of(server)))
    first, second = made
    changed = [name for name in first["Resources"] if first["Resources"][name] != second["Resources"][name]]
    assert changed == [name_of(first, DISTRIBUTION_TYPE)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"server": "server"}, "server is 'server': pass the StreamlitServer"),
        ({"domain_names": ["page.example.org"]}, "certificate is missing"),
        ({"domain_names": "page.example.org"}, r"domain_names is 'page.example.org': pass a list"),
        ({"generation": 2}, "generation is 2: pass a text, such as '2'"),
        ({"certificate": "arn:aws:acm:us-east-1:1:certificate/1"}, r"certificate is 'arn.*from_certificate_arn"),
    ],
)
def test_what_cannot_be_is_refused(define: DefineServer, arguments: dict[str, Any], words: str) -> None:
    server = define()
    with pytest.raises(ValueError, match=words):
        HttpsFront(Stack.of(server), "Front", **({"server": server} | arguments))


def test_a_certificate_needs_its_names(define: DefineServer) -> None:
    stack = Stack.of(server := define())
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", "arn:aws:acm:us-east-1:1:certificate/1")
    with pytest.raises(ValueError, match="domain_names is missing"):
        HttpsFront(stack, "Front", server=server, certificate=certificate)


def test_a_streamlit_before_the_check_is_refused(define: DefineServer, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import streamlit\n")
    (tmp_path / "requirements.txt").write_text("streamlit==1.56.0\n")
    server = define(app=tmp_path)
    with pytest.raises(ValueError, match=r"has streamlit 1\.56\.0, .*let requirements.txt say streamlit>=1\.57"):
        HttpsFront(Stack.of(server), "Front", server=server)


def test_other_regions_are_refused(template: Json, app_folder: Path, tmp_path: Path) -> None:
    [rule] = [found for name, found in template["Rules"].items() if name.startswith("Front")]
    [assertion] = rule["Assertions"]
    assert assertion["Assert"] == {"Fn::Contains": [sorted(PREFIX_LISTS), {"Ref": "AWS::Region"}]}
    assert re.match(
        "The HTTPS front is for ap-northeast-1, .*: deploy there, or without it", assertion["AssertDescription"]
    )

    env = Environment(account="111122223333", region="ap-east-1")
    stack = Stack(App(outdir=str(tmp_path)), "Stack", env=env)
    server = StreamlitServer(stack, "Server", app=app_folder, entry_file="app.py")
    with pytest.raises(ValueError, match=r"region ap-east-1: The HTTPS front is for"):
        HttpsFront(stack, "Front", server=server)
