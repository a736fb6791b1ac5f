"""The difference of the templates, in the shape of the CDK's own."""

from typing import Any

from review.assembly import Assembly
from review.comparison import Comparison
from review.template_diff import template_diff
from tests.review.apps import app, resource

BUCKET, QUEUE = "AWS::S3::Bucket", "AWS::SQS::Queue"


def diff(before: Assembly, after: Assembly) -> Any:
    return template_diff(Comparison(before, after))["App"]


def test_no_difference_is_an_empty_document() -> None:
    same = {"It": resource(BUCKET)}
    assert diff(app(same), app(same)) == {"permissionsBroadened": False, "differenceCount": 0}


def test_what_comes_and_goes() -> None:
    kept = {"It": resource(BUCKET), "Kept": resource(BUCKET, DeletionPolicy="Retain")}
    assert diff(app(kept), app({"New": resource(QUEUE)})) == {
        "resources": {
            "It": {"oldResourceType": BUCKET, "isAddition": False, "isRemoval": True, "changeImpact": "WILL_DESTROY"},
            "Kept": {"oldResourceType": BUCKET, "isAddition": False, "isRemoval": True, "changeImpact": "WILL_ORPHAN"},
            "New": {"newResourceType": QUEUE, "isAddition": True, "isRemoval": False, "changeImpact": "WILL_CREATE"},
        },
        "permissionsBroadened": False,
        "differenceCount": 3,
    }


def test_properties_with_their_impact_and_what_follows_from_them() -> None:
    def network(cidr: str, **more: Any) -> Assembly:
        vpc = resource("AWS::EC2::VPC", {"CidrBlock": cidr, **more})
        return app({"Net": vpc, "Sub": resource("AWS::EC2::Subnet", {"VpcId": {"Ref": "Net"}})})

    found = diff(network("10.0.0.0/16"), network("10.1.0.0/16", EnableDnsSupport=True))["resources"]

    assert found["Net"]["propertyDiffs"] == {
        "CidrBlock": {"oldValue": "10.0.0.0/16", "newValue": "10.1.0.0/16", "changeImpact": "WILL_REPLACE"},
        "EnableDnsSupport": {"newValue": True, "changeImpact": "WILL_UPDATE"},
    }
    assert (found["Net"]["changeImpact"], found["Sub"]["changeImpact"]) == ("WILL_REPLACE", "WILL_REPLACE")


def test_attributes_beside_the_properties() -> None:
    old, new = (app({"It": resource(BUCKET, DeletionPolicy=said)}) for said in ("Delete", "Retain"))
    (found,) = diff(old, new)["resources"].values()
    assert found["otherDiffs"] == {"DeletionPolicy": {"oldValue": "Delete", "newValue": "Retain"}}
    assert found["changeImpact"] == "NO_CHANGE"


def test_the_other_sections() -> None:
    old, new = (app(Outputs={"Url": {"Value": said}}, Description=said, Rules={"A": said}) for said in ("a", "b"))
    assert diff(old, new) == {
        "description": {"oldValue": "a", "newValue": "b"},
        "outputs": {"Url": {"oldValue": {"Value": "a"}, "newValue": {"Value": "b"}}},
        "unknown": {"Rules": {"oldValue": {"A": "a"}, "newValue": {"A": "b"}}},
        "permissionsBroadened": False,
        "differenceCount": 3,
    }


def test_rights_statement_by_statement() -> None:
    read = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::GetAtt": ["It", "Arn"]}}
    policy = resource("AWS::IAM::Policy", {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": [read]}})
    role = resource("AWS::IAM::Role")
    added = {
        "type": "parsed",
        "value": {
            "sid": "Read",
            "effect": "Allow",
            "actions": {"not": False, "values": ["s3:GetObject"]},
            "principals": {"not": False, "values": ["AWS:${Role}"]},
            "resources": {"not": False, "values": ["${It.Arn}"]},
        },
    }

    found = diff(app({"Role": role}), app({"Role": role, "Policy": policy}))
    assert (found["iamChanges"], found["permissionsBroadened"]) == ({"statementAdditions": [added]}, True)
    found = diff(app({"Role": role, "Policy": policy}), app({"Role": role}))
    assert (found["iamChanges"], found["permissionsBroadened"]) == ({"statementRemovals": [added]}, False)


def test_who_lets_in_whom() -> None:
    permission = {"FunctionName": {"Ref": "It"}, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2"}}]}
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}
    after = {
        "Call": resource("AWS::Lambda::Permission", permission),
        "Role": resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": ["arn:a"]}),
        "Lies": resource("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "B"}, "PolicyDocument": {"Statement": deny}}),
    }

    found = diff(app(), app(after))["iamChanges"]

    told = [one["value"] for one in found["statementAdditions"]]
    assert [(one["principals"]["values"], one["resources"]["values"]) for one in told] == [
        (["Service:s3.amazonaws.com"], ["${It}"]),
        (["Service:ec2"], ["${Role.Arn}"]),
        (["*"], ["${B}"]),
    ]
    (attached,) = found["managedPolicyAdditions"]
    assert attached == {"type": "parsed", "value": {"identityArn": "${Role}", "managedPolicyArn": "arn:a"}}
    # A Deny that goes broadens, one that comes does not.
    only = {"Lies": after["Lies"]}
    assert [diff(app(old), app(new))["permissionsBroadened"] for old, new in ((only, {}), ({}, only))] == [True, False]


def test_rules_of_security_groups() -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    group = {"SecurityGroupIngress": [{**rule, "CidrIp": "0.0.0.0/0"}]}
    apart = {"GroupId": {"Fn::GetAtt": ["Group", "GroupId"]}, "DestinationPrefixListId": "pl-1", "IpProtocol": "-1"}
    old = {"Group": resource("AWS::EC2::SecurityGroup", group)}
    new = {"Group": resource("AWS::EC2::SecurityGroup"), "Out": resource("AWS::EC2::SecurityGroupEgress", apart)}
    inward = {"groupId": "${Group.GroupId}", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}

    found = diff(app(old), app(new))

    assert found["securityGroupChanges"] == {
        "ingressRuleRemovals": [{**inward, "peer": {"kind": "cidr-ip", "ip": "0.0.0.0/0"}}],
        "egressRuleAdditions": [
            {
                "groupId": "${Group.GroupId}",
                "ipProtocol": "-1",
                "peer": {"kind": "prefix-list", "prefixListId": "pl-1"},
            }
        ],
    }
    assert found["permissionsBroadened"]
