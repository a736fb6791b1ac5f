"""Who may do what: each planted change of rights with its own kind and level."""

from typing import Any

import pytest

from review.assembly import Assembly
from tests.review.apps import Json, app, found, in_words, resource, told

ROLE = "AWS::IAM::Role"
ONE = {"AWS": "1"}
EC2 = {"Service": "ec2"}
LAMBDA = {"Service": "lambda.amazonaws.com"}
BUCKET = "arn:aws:s3:::data"
AWS = "arn:aws:iam::aws:policy"


def may(actions: Any, resources: Any = "*", effect: str = "Allow", **more: Any) -> Json:
    return {"Effect": effect, "Action": actions, "Resource": resources, **more}


def trusts(principal: Any, **more: Any) -> Json:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}


TRUST = [trusts(LAMBDA)]


def role(*statements: Json, trust: Any = TRUST, more: Json | None = None, **said: Any) -> Assembly:
    inline = [{"PolicyName": "a", "PolicyDocument": {"Statement": list(statements)}}]
    own = {"AssumeRolePolicyDocument": {"Statement": list(trust)}, "Policies": inline, **said}
    function = resource("AWS::Lambda::Function", {"Role": {"Fn::GetAtt": ["Role", "Arn"]}})
    return app({"Role": resource(ROLE, own), "Work": function, **(more or {})})


def apart(*statements: Json) -> Json:
    said = {"PolicyDocument": {"Statement": list(statements)}, "Roles": [{"Ref": "Role"}]}
    return {"Policy": resource("AWS::IAM::Policy", said)}


def ours(*statements: Json) -> Json:
    return {"Ours": resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": {"Statement": list(statements)}})}


READ = may("s3:GetObject", f"{BUCKET}/*")
MFA: dict[str, Any] = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
DENY = may("s3:DeleteObject", "*", "Deny")
OIDC = {"Federated": "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}
AUD = {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
SUB = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:me/mine:*"}}
ALL = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}}
SOURCE = {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}
BASIC = "AWSLambdaBasicExecutionRole"
GRANTED = {"look granted s3:GetObject@arn:aws:s3:::data/*"}
OURS: dict[str, Any] = {"ManagedPolicyArns": [{"Ref": "Ours"}]}
ALL_BUCKETS = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::*"]]}
IF_SOURCE = '{"StringEquals":{"aws:SourceAccount":["1"]}}'

CHANGES = [
    # What is granted, wherever it is written.
    (role(), role(READ), GRANTED),
    (role(), role(more=apart(READ)), GRANTED),
    (role(), role(more=ours(READ), **OURS), GRANTED),
    (role(READ), role(), {"look revoked s3:GetObject@arn:aws:s3:::data/*"}),
    (role(may("s3:GetObject", **MFA)), role(may("s3:GetObject")), {"look granted s3:GetObject@*"}),
    # Wildcards.
    (role(), role(may("*")), {"STOP wildcard *@*"}),
    (role(), role(may("*", BUCKET)), {"STOP wildcard *@arn:aws:s3:::data"}),
    (role(), role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), {"STOP wildcard !iam:*@*"}),
    (role(), role(may("s3:*")), {"STOP wildcard s3:*@*"}),
    (role(), role(may("s3:*", "arn:aws:s3:::*")), {"STOP wildcard s3:*@arn:aws:s3:::*"}),
    (role(), role(may("s3:*", [BUCKET])), {"look wildcard s3:*@arn:aws:s3:::data"}),
    (role(), role(may("s3:Get*")), {"look wildcard s3:Get*@*"}),
    (role(), role(may("s3:Get*", BUCKET)), {"look granted s3:Get*@arn:aws:s3:::data"}),
    (role(READ), role(READ, may("s3:*", ALL_BUCKETS)), {"STOP wildcard s3:*@arn:${AWS::Partition}:s3:::*"}),
    # Ladders.
    (role(), role(may("iam:PassRole")), {"STOP ladder iam:PassRole@*"}),
    (role(), role(may("iam:PassRole", "arn:aws:iam::1:*")), {"STOP ladder iam:PassRole@arn:aws:iam::1:*"}),
    (role(), role(may("iam:PassRole", "arn:r")), {"look ladder iam:PassRole@arn:r"}),
    (role(), role(may("iam:CreateAccessKey", "arn:u")), {"STOP ladder iam:CreateAccessKey@arn:u"}),
    (role(), role(may("iam:AttachRolePolicy")), {"STOP ladder iam:AttachRolePolicy@*"}),
    (role(), role(may("IAM:putrolepolicy")), {"STOP ladder IAM:putrolepolicy@*"}),
    (role(), role(may("iam:Create*", BUCKET)), {"STOP ladder iam:Create*@arn:aws:s3:::data"}),
    (role(), role(may("lambda:UpdateFunctionCode")), {"STOP ladder lambda:UpdateFunctionCode@*"}),
    (role(), role(may("lambda:UpdateFunctionCode", "arn:f")), {"look ladder lambda:UpdateFunctionCode@arn:f"}),
    (role(), role(may("ssm:StartSession")), {"STOP ladder ssm:StartSession@*"}),
    (role(), role(may("sso:CreateAccountAssignment", "arn:i")), {"STOP ladder sso:CreateAccountAssignment@arn:i"}),
    (role(), role(may("ssm:CreateAssociation")), {"STOP ladder ssm:CreateAssociation@*"}),
    (role(), role(may("kms:CreateGrant", "arn:k")), {"look ladder kms:CreateGrant@arn:k"}),
    (role(), role(may("iam:*", BUCKET)), {"STOP wildcard iam:*@arn:aws:s3:::data"}),
    # Each by itself, whatever it is written with.
    (
        role(),
        role(may(["s3:*", "iam:PassRole", "ec2:RunInstances"])),
        {"STOP wildcard s3:*@*", "STOP ladder iam:PassRole@*", "look granted ec2:RunInstances@*"},
    ),
    # What is forbidden.
    (role(DENY), role(), {"STOP deny-gone s3:DeleteObject@*"}),
    (role(), role(DENY), {"look denied s3:DeleteObject@*"}),
    (role(PermissionsBoundary="arn:b"), role(), {"STOP boundary-gone"}),
    (role(), role(PermissionsBoundary="arn:b"), {"look boundary"}),
    # AWS's own policies.
    (role(), role(ManagedPolicyArns=[f"{AWS}/AdministratorAccess"]), {"STOP managed-policy AdministratorAccess"}),
    (role(), role(ManagedPolicyArns=[f"{AWS}/service-role/{BASIC}"]), {f"note managed-policy service-role/{BASIC}"}),
    (role(), role(ManagedPolicyArns=[f"{AWS}/Nobody"]), {"look managed-policy Nobody"}),
    (role(), role(ManagedPolicyArns=["arn:aws:iam::1:policy/ReadOnlyAccess"]), {"look managed-policy ReadOnlyAccess"}),
    (role(ManagedPolicyArns=[f"{AWS}/Nobody"]), role(), {"look managed-policy-gone Nobody"}),
    # Who may take on the role.
    (role(), role(trust=[*TRUST, trusts("*")]), {"STOP trust *:sts:AssumeRole@*"}),
    (role(), role(trust=[*TRUST, trusts({"AWS": "*"})]), {"STOP trust *:sts:AssumeRole@*"}),
    (role(), role(trust=[*TRUST, trusts("*", **SOURCE)]), {f"look trust *:sts:AssumeRole@*{IF_SOURCE}"}),
    (role(), role(trust=[*TRUST, trusts({"AWS": "222222222222"})]), {"look trust AWS222222222222:sts:AssumeRole@*"}),
    (role(), role(trust=[*TRUST, trusts(EC2)]), {"look trust Serviceec2:sts:AssumeRole@*"}),
    (role(trust=[trusts(ONE, **MFA)]), role(trust=[trusts(ONE)]), {"STOP trust AWS1:sts:AssumeRole@*"}),
    (role(trust=[trusts({"AWS": "1"}), trusts(LAMBDA)]), role(), {"look trust-gone AWS1:sts:AssumeRole@*"}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "wanted"), CHANGES)
def test_each_change_is_told_with_its_level(before: Assembly, after: Assembly, wanted: set[str]) -> None:
    made = ("note created:", "look deleted:App/Policy")
    assert {fact for fact in in_words(told(before, after)) if not fact.startswith(made)} == {
        f"{level} {kind}:App/Role{':' + detail if detail else ''}"
        for level, kind, detail in (f"{one} ".split(" ")[:3] for one in wanted)
    }


def test_why_a_right_is_too_much_has_sentences_of_its_own() -> None:
    facts = told(role(), role(may(["ssm:*", "iam:PassRole"]))).values()
    assert [fact.sentence for fact in facts if fact.kind in ("wildcard", "ladder")] == [
        "`Work` may now `iam:PassRole` on everything. That is more than is written: "
        "by `iam:PassRole` it gives a role to a machine or function of its own making.",
        "`Work` may now `ssm:*` on everything. All that a service can do is in `ssm:*`. That is more than is written: "
        "by `ssm:CreateAssociation` it runs a program on a machine and has its role, "
        "by `ssm:SendCommand` it runs a program on a machine and has its role, "
        "by `ssm:StartAutomationExecution` it runs steps with an automation's role and 1 more.",
    ]


@pytest.mark.parametrize(
    ("said", "level"), [({}, "STOP"), (AUD, "STOP"), (ALL, "STOP"), (SUB, "look"), ({**AUD, **SUB}, "look")]
)
def test_whoever_signs_in_elsewhere_is_nobody_we_know(said: Json, level: str) -> None:
    facts = told(role(), role(trust=[trusts(LAMBDA), trusts(OIDC, Condition=said)]))
    assert {fact.level.value for fact in facts.values() if fact.kind == "trust"} == {level}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (role(may(["a:B", "a:C"], ["x", "y"])), role(may(["a:C", "a:B"], ["y", "x"]))),
        (role(may(["a:B", "a:C"], ["x", "y"])), role(may("a:B", ["x", "y"]), may("a:C", "x"), may(["a:C"], "y"))),
        (role(READ), role(more=apart(READ))),
        (role({**READ, "Sid": "One"}), role({**READ, "Sid": "Two"})),
        (role(may("s3:*")), role(may("s3:*"), READ)),
        (role(may("s3:getobject")), role(may("s3:GetObject"))),
        (role(may("a:B", **MFA)), role(may("a:B", Condition={"Bool": {"aws:MultiFactorAuthPresent": ["true"]}}))),
        (role(READ, more={}), role(may("s3:GetObject", f"{BUCKET}/*", Condition={}))),
    ],
)
def test_another_way_to_write_the_same_grants_nothing(before: Assembly, after: Assembly) -> None:
    noise = ("note created:App/Policy", "look deleted:App/Policy")
    for facts in (told(before, after), told(after, before)):
        assert not in_words(facts) - set(noise)


def test_another_digest_of_an_asset_is_no_other_right() -> None:
    old, new = (role(may("s3:GetObject", f"arn:aws:s3:::assets/{digit * 64}.zip")) for digit in "ab")
    assert not in_words(told(old, new))


def test_who_wears_the_role_is_named_and_what_it_may() -> None:
    facts = told(role(), role(may(["s3:GetObject", "s3:PutObject"], {"Fn::GetAtt": ["Data", "Arn"]})))
    (fact,) = [fact for fact in facts.values() if fact.kind == "granted"]
    assert fact.sentence == "`Work` may now `s3:GetObject`, `s3:PutObject` on `${Data.Arn}`."


def test_a_machine_wears_the_role_of_its_profile() -> None:
    machine = {
        "Profile": resource("AWS::IAM::InstanceProfile", {"Roles": [{"Ref": "Role"}]}),
        "Template": resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"Iam": {"Ref": "Profile"}}}),
        "Machine": resource("AWS::EC2::Instance", {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}}}),
    }
    facts = found(role(READ, more=machine))
    assert facts["may:App/Role"].sentence == "`Work`, `Machine` may `s3:GetObject` on `arn:aws:s3:::data/*`."


def test_what_comes_to_wear_a_role_that_was_there_is_told() -> None:
    def work(name: str) -> Json:
        return {
            "Other": resource(ROLE, {"Policies": [{"PolicyDocument": {"Statement": [may("*")]}}]}),
            "Job": resource("AWS::Lambda::Function", {"Role": {"Fn::GetAtt": [name, "Arn"]}}),
        }

    assert in_words(told(role(READ, more=work("Role")), role(READ, more=work("Other")))) == {"STOP wears:App/Job:Other"}
    assert in_words(told(role(READ, more=work("Other")), role(READ, more=work("Role")))) == {"look wears:App/Job:Role"}


def test_a_renamed_role_is_granted_nothing() -> None:
    def named(name: str) -> Assembly:
        inline = [{"PolicyName": "a", "PolicyDocument": {"Statement": [may("s3:GetObject", {"Ref": name})]}}]
        trust = {"Statement": [trusts(LAMBDA)]}
        return app({name: resource(ROLE, {"AssumeRolePolicyDocument": trust, "Policies": inline})})

    assert in_words(told(named("Old"), named("New"))) == {"look moved:App/New"}


def test_the_inventory_tells_rights_in_a_sentence_and_what_is_too_much_apart() -> None:
    facts = found(role(READ, may("iam:PassRole"), ManagedPolicyArns=[f"{AWS}/ReadOnlyAccess"]))
    assert in_words(facts) == {
        "note may:App/Role",
        "STOP ladder:App/Role:iam:PassRole@*",
        "STOP managed-policy:App/Role:ReadOnlyAccess",
    }
    assert "gives a role to a machine or function" in facts["ladder:App/Role:iam:PassRole@*"].sentence
