"""What `make bootstrap ACCOUNT=lab` deploys: a bucket that nobody else reads, a version, and no role."""

import re
from pathlib import Path

import yaml
from aws_cdk import DefaultStackSynthesizer

from ops.checks.account import BOOTSTRAP, QUALIFIER
from stacks.lab_names import BOOTSTRAP_TEMPLATE
from tests.templates import Json, only, properties

CDKS_OWN = Path(__file__).parents[2] / "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"


def of_a_lab() -> Json:
    template: Json = yaml.safe_load(BOOTSTRAP_TEMPLATE.read_text(encoding="utf-8"))
    return template


def test_it_makes_a_bucket_and_a_version_and_no_role() -> None:
    assert {found["Type"] for found in of_a_lab()["Resources"].values()} == {
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SSM::Parameter",
    }


def test_the_bucket_is_where_the_synthesizer_looks() -> None:
    name = properties(of_a_lab(), "AWS::S3::Bucket")["BucketName"]["Fn::Sub"]

    assert name == DefaultStackSynthesizer.DEFAULT_FILE_ASSETS_BUCKET_NAME.replace("${Qualifier}", QUALIFIER)


def test_the_bucket_is_private_encrypted_versioned_and_asks_for_tls() -> None:
    bucket = properties(of_a_lab(), "AWS::S3::Bucket")
    (statement,) = properties(of_a_lab(), "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert only(of_a_lab(), "AWS::S3::Bucket")["DeletionPolicy"] == "RetainExceptOnCreate"


def test_its_version_is_the_pinned_command_lines() -> None:
    parameter, outputs = properties(of_a_lab(), "AWS::SSM::Parameter"), of_a_lab()["Outputs"]
    (theirs,) = set(re.findall(r"^ +Value: '(\d+)'$", CDKS_OWN.read_text(encoding="utf-8"), re.M))

    assert parameter["Name"] == BOOTSTRAP.format(QUALIFIER)
    assert parameter["Value"] == outputs["BootstrapVersion"]["Value"] == theirs
    # By which the command line leaves another bootstrap alone.
    assert of_a_lab()["Parameters"]["BootstrapVariant"]["Default"] == "AWS Academy Learner Lab"
    assert outputs.keys() == {"BucketName", "BucketDomainName", "BootstrapVersion", "BootstrapVariant"}
