"""Secrets: found by shape or name, told without being printed, and nothing harmless taken for one."""

from pathlib import Path
from typing import Any

import pytest

from review.__main__ import main
from review.assembly import Assembly
from review.hiding import hidden
from tests.review.apps import Json, app, found, in_words, resource, told, write_assembly

# Put together here, so that no scanner takes this file for a leak.
KEY_ID = "AKIA" + "Z7Q2" * 4
PEM = "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIEabc\n-----END RSA PRIVATE" + " KEY-----"
SHAPED = [
    KEY_ID,
    PEM,
    "ghp" + "_" + "a1B2" * 9,
    "xoxb" + "-1234567890-abcdef",
    "sk" + "_live_" + "a1B2" * 6,
    "AIza" + "a1B2c" * 7,
    "hf" + "_" + "aBcD" * 9,
    "sk-ant" + "-a1B2c3D4e5F6g7H8i9J0",
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".abcdefghijk",
]
PASSWORD = "hunter2-and-more"  # noqa: S105


def of(resource_type: str, properties: Json, **sections: Any) -> Assembly:
    return read({"Resources": {"It": resource(resource_type, properties)}, **sections})


def read(template: Json) -> Assembly:
    template = hidden({"Resources": {}, **template})
    return app(template.pop("Resources"), **template)


def function(**variables: Any) -> Assembly:
    return of("AWS::Lambda::Function", {"Environment": {"Variables": variables}})


@pytest.mark.parametrize("secret", SHAPED)
def test_what_looks_like_a_secret_is_told_and_not_printed(secret: str) -> None:
    before, after = (of("AWS::SSM::Parameter", {"Value": value}) for value in ("a", f"x='{secret}' y"))

    facts = told(before, after)

    assert "STOP secret:App/It:Properties/Value" in in_words(facts)
    assert secret not in repr(facts)
    assert secret.split("\n")[-1][:12] not in repr(facts)
    # It is hidden, and what stands around it is not.
    assert str(facts["property:App/It:Properties/Value"].values["new"]).startswith("x='(hidden: a")


IN_TASK = {"Name": "API_KEY", "Value": PASSWORD}
HIDDEN = [
    (of("AWS::RDS::DBInstance", {"MasterUserPassword": PASSWORD}), "Properties/MasterUserPassword"),
    (of("AWS::IAM::User", {"LoginProfile": {"Password": PASSWORD}}), "Properties/LoginProfile/Password"),
    (of("AWS::SecretsManager::Secret", {"SecretString": PASSWORD}), "Properties/SecretString"),
    (of("AWS::AmazonMQ::Broker", {"Users": [{"Password": PASSWORD}]}), "Properties/Users/0/Password"),
    (of("Custom::Thing", {"Password": PASSWORD}), "Properties/Password"),
    (function(DB_PASSWORD=PASSWORD), "Properties/Environment/Variables/DB_PASSWORD"),
    (
        of("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Environment": [IN_TASK]}]}),
        "Properties/ContainerDefinitions/0/Environment/0/Value",
    ),
    (of("AWS::SSM::Parameter", {"Value": f"postgres://me:{PASSWORD}@db/x"}), "Properties/Value"),
]  # fmt: skip


@pytest.mark.parametrize(("assembly", "place"), HIDDEN)
def test_what_is_called_like_a_secret_is_told_and_not_printed(assembly: Assembly, place: str) -> None:
    facts = found(assembly)
    assert in_words(facts) == {f"STOP secret:App/It:{place}"}
    assert PASSWORD not in repr(told(app(), assembly))


@pytest.mark.parametrize(
    "harmless",
    [
        function(DB_PASSWORD={"Ref": "Password"}),
        function(
            **{"DB_PASSWORD": "{{resolve:ssm:/app}}", "TOKEN_TTL": "3600", "DB_SECRET": "arn:aws:secretsmanager:a"}
        ),
        function(URL="https://example.org/a@b", SCHEME="postgres://${user}:${word}@db"),
        of("AWS::RDS::DBInstance", {"MasterUserPassword": {"Ref": "Password"}, "ManageMasterUserPassword": "true"}),
        of("AWS::RDS::DBInstance", {"MasterUserPassword": "{{resolve:secretsmanager:db:SecretString:password}}"}),
        of("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "required"}}}),
        of("Custom::Thing", {"ServiceToken": "arn:f"}),
        of("AWS::SSM::Parameter", {"Value": "AKIA" + "IOSFODNN7EXAMPLE"}),
        of("AWS::EC2::KeyPair", {"PublicKeyMaterial": "ssh-ed25519 AAAA"}),
        read({"Parameters": {"Password": {"Type": "String", "NoEcho": True}}}),
    ],
)
def test_what_only_leads_to_a_secret_is_none(harmless: Assembly) -> None:
    assert not in_words(found(harmless))


def test_the_default_of_a_secret_parameter_is_one() -> None:
    facts = found(read({"Parameters": {"Word": {"Type": "String", "NoEcho": "true", "Default": PASSWORD}}}))
    assert in_words(facts) == {"STOP secret:App:Parameters/Word/Default"}


SECRET = {"Word": {"Type": "String", "NoEcho": True}}
ACCESS = {"It": resource("AWS::IAM::AccessKey", {"UserName": "me"})}


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Word"},
        {"Fn::Sub": "login=${Word}"},
        {"Fn::GetAtt": ["It", "SecretAccessKey"]},
        "{{resolve:secretsmanager:db}}",
        {"Fn::Join": ["", ["{{resolve:ssm:/ec2/keypair/", {"Fn::GetAtt": ["Key", "KeyPairId"]}, "}}"]]},
    ],
)
def test_an_output_that_shows_a_secret_stops(value: Any) -> None:
    before, after = (app(ACCESS, Parameters=SECRET, Outputs={"Out": {"Value": said}}) for said in ("a", value))
    assert in_words(told(before, after)) == {"STOP secret-shown:App:Outputs/Out"}


def test_a_variable_or_a_machine_that_shows_one_is_told() -> None:
    variables = {"Environment": {"Variables": {"WORD": {"Ref": "Word"}}}}
    work = app({"Work": resource("AWS::Lambda::Function", variables)}, Parameters=SECRET)
    assert in_words(found(work)) == {"look secret-shown:App/Work:WORD"}
    machine = {"UserData": {"Fn::Base64": {"Fn::Sub": "login ${Word}"}}}
    assert in_words(found(app({"M": resource("AWS::EC2::Instance", machine)}, Parameters=SECRET))) == {
        "STOP secret-shown:App/M:UserData"
    }


def test_the_same_secret_on_both_sides_is_no_change_and_another_one_is() -> None:
    old, same, other = (of("AWS::RDS::DBInstance", {"MasterUserPassword": f"{PASSWORD}{end}"}) for end in ("", "", "!"))
    assert not told(old, same)
    assert "property:App/It:Properties/MasterUserPassword" in told(old, other)


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_no_report_prints_one(tmp_path: Path, option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    script = {"UserData": {"Fn::Base64": f"export KEY={KEY_ID}\ncat <<E\n{PEM}\nE\n"}}
    heads = [
        str(write_assembly(tmp_path / name, {"App": {"Resources": {"M": resource("AWS::EC2::Instance", said)}}}))
        for name, said in (("a", {}), ("b", script))
    ]
    assert main([*heads, *option]) == 1
    shown = capsys.readouterr().out
    assert "a private key" in shown
    assert KEY_ID not in shown
    assert "MIIEabc" not in shown
