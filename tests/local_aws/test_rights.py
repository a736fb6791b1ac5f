"""IAM is enforced: roles do what their policies say and no more, and each refusal is kept."""

import io
import json
import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local_aws import client as clients
from local_aws import decisions
from local_aws.cloud import Cloud
from local_aws.environment import PERSON
from tests.local_aws.checkout import Checkout
from tests.local_aws.raw_stacks import delete, reasons, wait

pytestmark = pytest.mark.system

ACCOUNT = "000000000000"
CODE = "def lambda_handler(event, context):\n    print('seen')\n    return 'hello'\n"
LOGS = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
BUCKET = {"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::rights-*"}

MakeRole = Callable[..., str]


@pytest.fixture
def make_role(cloud: Cloud) -> Iterator[MakeRole]:
    """Make a role that a service or the person may take, with these statements."""
    iam = cloud.client("iam")
    made: list[str] = []

    def make(*statements: dict[str, Any], trusted: dict[str, str]) -> str:
        name = f"tried-{len(made)}"
        trust = {"Statement": [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}]}
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        made.append(name)
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]}
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=json.dumps(policy))
        return arn

    yield make
    for name in made:
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)


def denied(cloud: Cloud, since: int) -> set[tuple[str | None, str]]:
    return {(one.role, one.action) for one in decisions.read(cloud.state.decisions, since) if not one.allowed}


def test_a_person_may_do_all_and_a_role_what_it_says(cloud: Cloud, make_role: MakeRole) -> None:
    since = decisions.size(cloud.state.decisions)
    role = make_role(BUCKET, trusted={"AWS": ACCOUNT})
    person = clients.client("sts", cloud.endpoint, PERSON, PERSON)
    taken = person.assume_role(RoleArn=role, RoleSessionName="now")["Credentials"]
    key = (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    clients.client("s3", cloud.endpoint, PERSON, PERSON).create_bucket(Bucket="rights-here")
    s3 = clients.client("s3", cloud.endpoint, *key)

    assert "Contents" not in s3.list_objects_v2(Bucket="rights-here")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket="rights-here", Key="x", Body=b"")
    cloud.client("s3").delete_bucket(Bucket="rights-here")
    assert denied(cloud, since) == {("tried-0", "s3:PutObject")}


def test_a_key_that_nobody_has_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        clients.client("s3", cloud.endpoint, "SOMEBODYELSE0000000", "x").list_buckets()


@pytest.mark.parametrize("rights", [[LOGS], []], ids=["with", "without"])
def test_a_function_writes_its_log_by_its_role(cloud: Cloud, make_role: MakeRole, rights: list[dict[str, Any]]) -> None:
    since = decisions.size(cloud.state.decisions)
    role = make_role(*rights, trusted={"Service": "lambda.amazonaws.com"})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
    function = {"FunctionName": "writer", "Runtime": "python3.13", "Handler": "index.lambda_handler"}
    cloud.client("lambda").create_function(**function, Role=role, Code={"ZipFile": packed.getvalue()})
    answer = json.loads(cloud.client("lambda").invoke(FunctionName="writer")["Payload"].read())
    cloud.client("lambda").delete_function(FunctionName="writer")
    groups = [one["logGroupName"] for one in cloud.client("logs").describe_log_groups()["logGroups"]]
    if rights:
        cloud.client("logs").delete_log_group(logGroupName="/aws/lambda/writer")

    assert answer == "hello"
    assert ("/aws/lambda/writer" in groups) is bool(rights)
    wanted = set() if rights else {("tried-0", "logs:CreateLogStream"), ("tried-0", "logs:PutLogEvents")}
    assert denied(cloud, since) == wanted


def api(role: str, *callers: str) -> str:
    """Draw an API that calls a function, with a permission for each of these callers."""
    resources: dict[str, tuple[str, dict[str, Any]]] = {
        "Function": (
            "Lambda::Function",
            {"Code": {"ZipFile": CODE}, "Handler": "index.lambda_handler", "Runtime": "python3.13", "Role": role},
        ),
        "Api": ("ApiGatewayV2::Api", {"Name": "greet", "ProtocolType": "HTTP"}),
        "Integration": (
            "ApiGatewayV2::Integration",
            {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::GetAtt": ["Function", "Arn"]},
                "PayloadFormatVersion": "2.0",
            },
        ),
        "Stage": ("ApiGatewayV2::Stage", {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True}),
    }
    for number, method in enumerate(("GET", "POST")):
        target = {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]}
        route = {"ApiId": {"Ref": "Api"}, "RouteKey": f"{method} /greet/{{whom}}", "Target": target}
        resources[f"Route{number}"] = ("ApiGatewayV2::Route", route)
    for number, caller in enumerate(callers):
        source = {"Fn::Sub": f"arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/{caller}"}
        permission = {"Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Function"}, "SourceArn": source}
        permission["Principal"] = "apigateway.amazonaws.com"
        resources[f"Permission{number}"] = ("Lambda::Permission", permission)
    drawn = {name: {"Type": f"AWS::{kind}", "Properties": given} for name, (kind, given) in resources.items()}
    return json.dumps({"Resources": drawn, "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}}})


def test_an_api_calls_a_function_that_lets_it(cloud: Cloud, make_role: MakeRole) -> None:
    since = decisions.size(cloud.state.decisions)
    role = make_role(LOGS, trusted={"Service": "lambda.amazonaws.com"})
    cloud.client("cloudformation").create_stack(StackName="let", TemplateBody=api(role, "*/GET/greet/{whom}"))
    url = wait(cloud, "let", "stack_create_complete")["Url"] + "/greet/you"
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - the stack's output
        assert answer.read() == b"hello"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url, data=b"{}", timeout=20)  # noqa: S310
    made = decisions.read(cloud.state.decisions, since)
    delete(cloud, "let")

    assert refused.value.code == 500
    assert json.loads(refused.value.read()) == {"message": "Internal Server Error"}
    calls = [(one.who.split("/", 2)[-1], one.allowed) for one in made if one.action == "lambda:InvokeFunction"]
    assert calls == [("GET/greet/{whom}", True), ("POST/greet/{whom}", False)]


def get(url: str, method: str = "GET", **headers: str) -> str:
    asked = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310 - the embedded AWS's
    with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
        return str(answer.read().decode())


def test_a_machine_has_its_roles_key_from_its_metadata_service_alone(up: Checkout) -> None:
    cloud = up.cloud
    machine = up.deployed().instance_id
    service = f"{cloud.endpoint}/_machines/{machine}/latest"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        get(f"{service}/meta-data/iam/security-credentials/")
    token = {"X-aws-ec2-metadata-token": get(f"{service}/api/token", "PUT")}
    role = get(f"{service}/meta-data/iam/security-credentials/", **token)
    told = json.loads(get(f"{service}/meta-data/iam/security-credentials/{role}", **token))
    sts = clients.client("sts", cloud.endpoint, told["AccessKeyId"], told["SecretAccessKey"], told["Token"])
    assert sts.get_caller_identity()["Arn"].endswith(f":assumed-role/{role}/{machine}")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{cloud.endpoint}/_machines/i-0/latest/meta-data/iam/security-credentials/", **token)

    process = json.loads((cloud.state.machines / machine / "process.json").read_text())["pid"]
    environment = Path(f"/proc/{process}/environ").read_text(encoding="utf-8").split("\0")
    assert not [one for one in environment if one.startswith(("AWS_ACCESS", "AWS_SECRET", "AWS_SESSION"))]
    assert "AWS_EC2_METADATA_DISABLED=true" in environment


@pytest.mark.parametrize(("service", "told"), [("ec2", "tried-0"), ("lambda", None)])
def test_a_machine_gets_no_key_of_a_role_that_does_not_trust_it(
    cloud: Cloud, make_role: MakeRole, service: str, told: str | None
) -> None:
    make_role(trusted={"Service": f"{service}.amazonaws.com"})
    iam, ec2 = cloud.client("iam"), cloud.client("ec2")
    iam.create_instance_profile(InstanceProfileName="tried")
    iam.add_role_to_instance_profile(InstanceProfileName="tried", RoleName="tried-0")
    asked = {"ImageId": "ami-0123456789abcdef0", "IamInstanceProfile": {"Name": "tried"}, "MinCount": 1, "MaxCount": 1}
    machine = ec2.run_instances(**asked)["Instances"][0]["InstanceId"]
    try:
        found = f"{cloud.endpoint}/_machines/{machine}/latest"
        token = {"X-aws-ec2-metadata-token": get(f"{found}/api/token", "PUT")}
        roles = f"{found}/meta-data/iam/security-credentials/"
        with nullcontext() if told else pytest.raises(urllib.error.HTTPError, match="404"):
            assert get(roles, **token) == told
    finally:
        ec2.terminate_instances(InstanceIds=[machine])
        iam.remove_role_from_instance_profile(InstanceProfileName="tried", RoleName="tried-0")
        iam.delete_instance_profile(InstanceProfileName="tried")


def test_each_right_of_what_is_deployed_is_needed(up: Checkout) -> None:
    told = up.run("rights").stdout
    assert "Streamlit/Server/Role" in told
    assert "Session Manager's agent does not run on the laptop" in told
    assert re.search(r"/GET/calculate_mean +used", told)
    assert "needed by nothing" not in told
    assert "denied" not in told


GROUP = json.dumps({"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "by-role"}}}})
STACKS = {"Action": "cloudformation:*", "Resource": "*"}


ANYTHING = {"Action": "logs:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("rights", "made"),
    [
        ([ANYTHING], True),
        ([{"Action": "s3:*", "Resource": "*"}], False),
        ([ANYTHING, {"Effect": "Deny", "Action": "logs:CreateLogGroup", "Resource": "*"}], False),
    ],
    ids=["its own", "another service's", "denied"],
)
def test_cloudformation_makes_what_its_role_may(
    cloud: Cloud, make_role: MakeRole, rights: list[dict[str, Any]], made: bool
) -> None:
    since = decisions.size(cloud.state.decisions)
    service = make_role(*rights, trusted={"Service": "cloudformation.amazonaws.com"})
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="by-role", TemplateBody=GROUP, RoleARN=service)
    with nullcontext() if made else pytest.raises(WaiterError):
        wait(cloud, "by-role", "stack_create_complete")
    why = reasons(cloud, "by-role")
    groups = cloud.client("logs").describe_log_groups(logGroupNamePrefix="by-role")["logGroups"]
    delete(cloud, "by-role")

    assert bool(groups) is made
    assert ("tried-0/AWSCloudFormation is not authorized to perform: logs:" in why) is not made
    assert bool(denied(cloud, since)) is not made


def test_what_does_not_change_needs_no_right(cloud: Cloud, make_role: MakeRole) -> None:
    service = make_role(ANYTHING, trusted={"Service": "cloudformation.amazonaws.com"})
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="by-role", TemplateBody=GROUP, RoleARN=service)
    wait(cloud, "by-role", "stack_create_complete")
    since = decisions.size(cloud.state.decisions)
    cloud.client("iam").delete_role_policy(RoleName="tried-0", PolicyName="rights")
    template = json.loads(GROUP) | {"Outputs": {"Word": {"Value": "new"}}}
    cloudformation.update_stack(StackName="by-role", TemplateBody=json.dumps(template))
    wait(cloud, "by-role", "stack_update_complete")
    denials = denied(cloud, since)
    cloud.client("iam").put_role_policy(
        RoleName="tried-0",
        PolicyName="rights",
        PolicyDocument=json.dumps({"Statement": [{"Effect": "Allow", **ANYTHING}]}),
    )
    delete(cloud, "by-role")
    assert denials == set()


def deployer(cloud: Cloud, role: str) -> Any:
    """Give somebody who deploys by a role's rights."""
    person = clients.client("sts", cloud.endpoint, PERSON, PERSON)
    taken = person.assume_role(RoleArn=role, RoleSessionName="now")["Credentials"]
    key = (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    return clients.client("cloudformation", cloud.endpoint, *key)


def test_who_may_not_pass_a_role_gives_it_to_nobody(cloud: Cloud, make_role: MakeRole) -> None:
    since = decisions.size(cloud.state.decisions)
    service = make_role({"Action": "*", "Resource": "*"}, trusted={"Service": "cloudformation.amazonaws.com"})
    asks = deployer(cloud, make_role(STACKS, trusted={"AWS": ACCOUNT}))
    with pytest.raises(ClientError, match=r"not authorized to perform: iam:PassRole on resource: .*tried-0"):
        asks.create_stack(StackName="by-role", TemplateBody=GROUP, RoleARN=service)
    assert denied(cloud, since) == {("tried-1", "iam:PassRole")}


def test_a_role_that_trusts_somebody_else_is_refused(cloud: Cloud, make_role: MakeRole) -> None:
    service = make_role(ANYTHING, trusted={"Service": "lambda.amazonaws.com"})
    with pytest.raises(ClientError, match=r"Role .*tried-0 is invalid or cannot be assumed"):
        cloud.client("cloudformation").create_stack(StackName="by-role", TemplateBody=GROUP, RoleARN=service)


@pytest.mark.parametrize("rights", [[STACKS, ANYTHING], [STACKS]], ids=["with", "without"])
def test_without_a_role_cloudformation_makes_what_whoever_asks_may(
    cloud: Cloud, make_role: MakeRole, rights: list[dict[str, Any]]
) -> None:
    since = decisions.size(cloud.state.decisions)
    asks = deployer(cloud, make_role(*rights, trusted={"AWS": ACCOUNT}))
    asks.create_stack(StackName="by-role", TemplateBody=GROUP)
    with nullcontext() if ANYTHING in rights else pytest.raises(WaiterError):
        wait(cloud, "by-role", "stack_create_complete")
    why = reasons(cloud, "by-role")
    delete(cloud, "by-role")
    words = "tried-0/now is not authorized to perform: logs:"
    assert (words in why) is (ANYTHING not in rights)
    assert bool(denied(cloud, since)) is (ANYTHING not in rights)


def test_a_denial_names_the_policy_that_denies(cloud: Cloud, make_role: MakeRole) -> None:
    statement = {"Effect": "Deny", "Action": "cloudformation:List*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = cloud.client("iam")
    policy = iam.create_policy(PolicyName="no-more", PolicyDocument=document)["Policy"]["Arn"]
    asks = deployer(cloud, make_role(STACKS, trusted={"AWS": ACCOUNT}))
    iam.attach_role_policy(RoleName="tried-0", PolicyArn=policy)
    try:
        with pytest.raises(ClientError, match=r"with an explicit deny in an identity-based policy: .*/no-more$"):
            asks.list_stacks()
        assert asks.describe_stacks()["ResponseMetadata"]["HTTPStatusCode"] == 200
    finally:
        iam.detach_role_policy(RoleName="tried-0", PolicyArn=policy)
        iam.delete_policy(PolicyArn=policy)


@pytest.mark.parametrize(
    ("action", "told"), [("SignalResource", "ValidationError"), ("DeleteStack", "MissingAuthenticationToken")]
)
def test_a_machine_says_without_a_key_how_it_is_and_nothing_else(cloud: Cloud, action: str, told: str) -> None:
    host = {"Host": f"cloudformation.us-east-1.localhost:{cloud.port}"}
    query = f"Action={action}&Version=2010-05-15&StackName=none&LogicalResourceId=Machine&UniqueId=i-1&Status=SUCCESS"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{cloud.endpoint}/", query.encode(), host))  # noqa: S310
    assert told in refused.value.read().decode()
