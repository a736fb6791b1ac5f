"""What CloudFormation's messages mean: as they were written down where they came up."""

from pathlib import Path

import pytest

from ops.cloud.meanings import MEANINGS, meaning

HANDLER = 'Resource handler returned message: "{} (Service: Ec2, Status Code: 400, Request ID: 1)" (RequestToken: 2)'
MESSAGES = [
    (
        "Could not launch Spot Instances. UnfulfillableCapacity - There is no Spot capacity available that matches "
        "your request. Launching EC2 instance failed.",
        "`make deploy COPY=alice SPOT=` takes them on demand",
    ),
    ("Max spot instance count exceeded. Launching EC2 instance failed.", "Service Quotas, EC2, L-34B43A08; or"),
    (
        HANDLER.format("The vpc 'vpc-1' has dependencies and cannot be deleted."),
        "again what you did, `make deploy COPY=alice` or `make destroy COPY=alice`",
    ),
    (HANDLER.format("The subnet 'subnet-1' has dependencies and cannot be deleted."), "GuardDuty"),
    (HANDLER.format("resource sg-1 has a dependent object"), "GuardDuty"),
    (
        "Your requested instance type (t4g.small) is not supported in your requested Availability Zone (us-east-1e). "
        "Please retry your request by not specifying an Availability Zone or choosing us-east-1a. (Service: AmazonEC2; "
        "Status Code: 400; Error Code: Unsupported; Request ID: 1; Proxy: null)",
        "`make deploy COPY=alice ZONE=auto` chooses one that has",
    ),
    (
        'Resource handler returned message: "The subnet in us-east-1e cannot be associated with a load balancer. '
        '(Service: ElasticLoadBalancingV2, Status Code: 400)"',
        "`make deploy COPY=alice VPC=vpc-…` takes another network",
    ),
    (
        "This AWS account currently does not support creating load balancers. For more information, please contact AWS "
        "Support. (Service: ElasticLoadBalancingV2, Status Code: 400, Request ID: 1)",
        "meanwhile `make deploy COPY=alice MACHINES=1`",
    ),
    (
        HANDLER.format(
            "We currently do not have sufficient t4g.small capacity in the Availability Zone you requested "
            "(us-east-1a). Our system will be working on provisioning additional capacity."
        ),
        "`make deploy COPY=alice` again later",
    ),
    (
        HANDLER.format(
            "You have requested more vCPU capacity than your current vCPU limit of 1 allows for the instance bucket "
            "that the specified instance type belongs to."
        ),
        "L-1216C47A",
    ),
    (HANDLER.format("The maximum number of VPCs has been reached."), "Service Quotas, VPC, L-F678F1CE"),
    (HANDLER.format("The maximum number of addresses has been reached."), "L-0263D0A3"),
    (
        "Resource handler returned message: \"Resource of type 'AWS::Logs::LogGroup' with identifier "
        '\'{"/properties/LogGroupName":"a"}\' already exists." (RequestToken: 1, HandlerErrorCode: AlreadyExists)',
        "FUNCTION_NAME",
    ),
    (
        'Resource handler returned message: "the specified rule "peer: 192.0.2.1/32, from port: 22" already exists"',
        "name each source of a door once",
    ),
    ('Resource handler returned message: "Function already exist: calculate_mean"', "FUNCTION_NAME"),
    ("Export Mean:Api cannot be deleted as it is in use by Streamlit", "take two"),
    ("Update canceled. Cannot update export Mean:Api as it is in use by Streamlit.", "take two"),
    (
        "Resource handler returned message: \"'MemorySize' value failed to satisfy constraint: "
        'Member must have value less than or equal to 3008 (Service: Lambda, Status Code: 400)"',
        "no more as `memory_size`, then `make deploy COPY=alice`",
    ),
    (
        "Resource handler returned message: \"Access denied for operation 'AWS::CloudFront::Distribution: Your account "
        "must be verified before you can add new CloudFront resources. To verify your account, please contact AWS "
        "Support.'.\" (HandlerErrorCode: AccessDenied)",
        "meanwhile `make deploy COPY=alice HTTPS= SIGN_IN=`",
    ),
    (
        "Cannot enable logging. Policy document length breaking Cloudwatch Logs Constraints, either < 1 or > 5120 "
        "(Service: AmazonApiGatewayV2; Status Code: 400; Error Code: BadRequestException; Request ID: 1; Proxy: null)",
        "write `AWSLogDeliveryWrite20150319` without them",
    ),
    (
        'Resource handler returned message: "User: arn:aws:sts::1:assumed-role/voclabs/user1=eve is not authorized to '
        "perform: s3:DeleteBucket with an explicit deny in an identity-based policy: "
        'arn:aws:iam::1:policy/voc-cancel-cred (Service: S3, Status Code: 403, Request ID: 1)"',
        "start the lab again and paste its new credentials; then again what you did, `make deploy COPY=alice`",
    ),
    (
        'Resource handler returned message: "User: arn:aws:sts::1:assumed-role/LabRole/AWSCloudFormation is not '
        "authorized to perform: ses:CreateEmailIdentity with an explicit deny in an identity-based policy: "
        'arn:aws:iam::1:policy/Pvoclabs2 (Service: SesV2, Status Code: 403, Request ID: 1)"',
        "does not let LabRole do this, and nobody can allow it",
    ),
    ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name Streamlit-alice`"),
]


@pytest.mark.parametrize(("message", "words"), MESSAGES, ids=[message[:40] for message, _ in MESSAGES])
def test_a_known_message_is_explained(message: str, words: str) -> None:
    assert words in str(meaning(message, "Streamlit-alice", "alice"))


def test_every_meaning_has_a_message_here() -> None:
    meant = {meaning(message, "Streamlit", "main") for message, _ in MESSAGES}
    assert meant == {meaning(known, "Streamlit", "main") for known in MEANINGS}


@pytest.mark.parametrize("message", ["", "Resource creation Initiated", "Received 1 FAILURE signal(s) out of 1."])
def test_another_message_is_not(message: str) -> None:
    assert meaning(message, "Streamlit", "main") is None


def test_the_page_has_the_same_table(root: Path) -> None:
    page = (root / "docs" / "when-a-deploy-fails.md").read_text(encoding="utf-8")
    head = "| CloudFormation says | what it means, and the next step |\n| --- | --- |\n"
    wanted = head + "".join(f"| `{known}` | {meaning(known, 'Streamlit', 'main')} |\n" for known in MEANINGS)
    assert f"\n{wanted}\n" in page, f"docs/when-a-deploy-fails.md has another table; the lines are\n{wanted}"
