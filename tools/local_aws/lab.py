"""An AWS Academy Learner Lab: what is there before a student comes, and what the student may do.

What a lab lets a student do stands in no public document: this is what lab guides say, as far as IAM can tell it apart.
"""

import json
from collections.abc import Mapping
from typing import Any

from local_aws.cloud import Cloud
from local_aws.environment import ACCOUNT
from local_aws.spelling import spell
from local_aws.state import State, write_json
from ops.answers.errors import OpsError
from stacks.copy_settings import OWN
from stacks.lab_names import ENDS_SESSION, INSTANCE_PROFILE, KEY_PAIR, LAB, REGIONS, ROLE, STUDENT, is_lab

SESSION = "user1=student"
# The longest that a session can be: an `up` begins a new one.
SESSION_SECONDS = 12 * 3600

COMPUTE = ["autoscaling", "ec2", "ecr", "ecs", "elasticloadbalancing", "glue", "lambda", "states"]
STORES = ["athena", "dynamodb", "elasticfilesystem", "kinesis", "firehose", "rds", "redshift", "s3", "secretsmanager"]
BETWEEN = ["apigateway", "events", "execute-api", "scheduler", "sns", "sqs"]
ABOUT = ["cloudformation", "cloudtrail", "cloudwatch", "kms", "logs", "ssm", "ssmmessages", "tag", "xray"]
EVERYTHING = [f"{service}:*" for service in (*COMPUTE, *STORES, *BETWEEN, *ABOUT)]
# Who may act as the role.
TRUSTED = ["cloudformation", "ec2", "ecs-tasks", "events", "glue", "lambda", "scheduler", "ssm", "states"]


def check_account(state: State, told: Mapping[str, str]) -> None:
    """Refuse a copy of another kind of account than what is up: on AWS, too, they are two accounts."""
    there = state.student.exists()
    if there != is_lab(told):
        wanted, kind = (OWN, "a lab") if there else (LAB, "no lab")
        raise OpsError(
            f"account={wanted}, but the embedded AWS that is up is {kind}: `{spell(state, 'down')}` ends it, then "
            "the same command again"
        )


def enter(cloud: Cloud) -> None:
    """Begin a session as the student; make what a lab has when it is not there yet."""
    iam = cloud.client("iam")
    try:
        iam.get_role(RoleName=STUDENT)
    except iam.exceptions.NoSuchEntityException:
        _make(iam, cloud.client("ec2"))
    assumed = cloud.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{STUDENT}", RoleSessionName=SESSION, DurationSeconds=SESSION_SECONDS
    )["Credentials"]
    names = {"AccessKeyId": "ACCESS_KEY_ID", "SecretAccessKey": "SECRET_ACCESS_KEY", "SessionToken": "SESSION_TOKEN"}
    write_json(cloud.state.student, {f"AWS_{name}": assumed[key] for key, name in names.items()})


def _make(iam: Any, ec2: Any) -> None:
    uses = {"Effect": "Allow", "Action": EVERYTHING, "Resource": "*"}
    passes = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"}
    looks = {"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}
    denied = {
        "Effect": "Deny",
        "Action": ["lambda:PutFunctionConcurrency", "ec2:RequestSpotInstances", "ec2:RequestSpotFleet"],
        "Resource": "*",
    }
    elsewhere = {
        "Effect": "Deny",
        "Action": EVERYTHING,
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(REGIONS)}},
    }
    policies: dict[str, list[Any]] = {
        "Pvoclabs1": [uses, passes, looks],
        "Pvoclabs2": [denied, elsewhere],
        ENDS_SESSION: [{"Effect": "Deny", "Action": "*", "Resource": "*"}],
    }
    for name, statements in policies.items():
        iam.create_policy(PolicyName=name, PolicyDocument=_document(*statements))
    iam.create_role(RoleName=STUDENT, AssumeRolePolicyDocument=_trust(AWS=f"arn:aws:iam::{ACCOUNT}:root"))
    for name in ("Pvoclabs1", "Pvoclabs2"):
        iam.attach_role_policy(RoleName=STUDENT, PolicyArn=policy_arn(name))
    services = [f"{service}.amazonaws.com" for service in TRUSTED]
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=_trust(Service=services))
    iam.put_role_policy(RoleName=ROLE, PolicyName="lab", PolicyDocument=_document(uses, passes, looks))
    iam.create_instance_profile(InstanceProfileName=INSTANCE_PROFILE)
    iam.add_role_to_instance_profile(InstanceProfileName=INSTANCE_PROFILE, RoleName=ROLE)
    ec2.create_key_pair(KeyName=KEY_PAIR)


def _trust(**principal: Any) -> str:
    return _document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def _document(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def policy_arn(name: str) -> str:
    """Name a policy of the lab's."""
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"
