"""What goes with a resource: what nobody can bring back, and how much that asks of the reader."""

from facts.schemas import at
from review.assembly import Resource
from review.fact import Level
from review.values import members

STOP, LOOK, NOTE = Level.STOP, Level.LOOK, Level.NOTE
LOST = {
    "AWS::ApiGateway::DomainName": ("its address in DNS", STOP),
    "AWS::ApiGateway::RestApi": ("its URL", STOP),
    "AWS::ApiGatewayV2::Api": ("its URL", STOP),
    "AWS::ApiGatewayV2::DomainName": ("its address in DNS", STOP),
    "AWS::AppSync::GraphQLApi": ("its URL", STOP),
    "AWS::CertificateManager::Certificate": ("the certificate", LOOK),
    "AWS::CloudFront::Distribution": ("its URL", STOP),
    "AWS::Cognito::UserPool": ("its users", STOP),
    "AWS::Cognito::UserPoolClient": ("its client id and secret", STOP),
    "AWS::Cognito::UserPoolDomain": ("the address of the sign-in", STOP),
    "AWS::Cognito::UserPoolUser": ("the user's password", STOP),
    "AWS::DocDB::DBCluster": ("its documents", STOP),
    "AWS::DynamoDB::GlobalTable": ("its items", STOP),
    "AWS::DynamoDB::Table": ("its items", STOP),
    "AWS::EC2::EIP": ("the address", STOP),
    "AWS::EC2::Instance": ("what was written to its disk", LOOK),
    "AWS::EC2::KeyPair": ("the private key", STOP),
    "AWS::EC2::Volume": ("its files", STOP),
    "AWS::ECR::Repository": ("its images", STOP),
    "AWS::EFS::FileSystem": ("its files", STOP),
    "AWS::ElastiCache::CacheCluster": ("what it holds", LOOK),
    "AWS::ElastiCache::ReplicationGroup": ("what it holds", LOOK),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("its URL", STOP),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("its URL", STOP),
    "AWS::FSx::FileSystem": ("its files", STOP),
    "AWS::KMS::Key": ("all that it has encrypted, once its waiting time is over", STOP),
    "AWS::Kinesis::Stream": ("its records", STOP),
    "AWS::Lambda::Url": ("the URL", STOP),
    "AWS::Logs::LogGroup": ("its log lines", STOP),
    "AWS::MemoryDB::Cluster": ("what it holds", STOP),
    "AWS::Neptune::DBCluster": ("its graph", STOP),
    "AWS::OpenSearchService::Domain": ("its documents and URL", STOP),
    "AWS::RDS::DBCluster": ("its rows", STOP),
    "AWS::RDS::DBInstance": ("its rows", STOP),
    "AWS::Redshift::Cluster": ("its rows", STOP),
    "AWS::RedshiftServerless::Namespace": ("its rows", STOP),
    "AWS::Route53::HostedZone": ("its records and name servers", STOP),
    "AWS::S3::Bucket": ("its objects", STOP),
    "AWS::S3Tables::Table": ("its rows", STOP),
    "AWS::SNS::Topic": ("its subscriptions made by hand", LOOK),
    "AWS::SQS::Queue": ("its messages and URL", STOP),
    "AWS::SSM::Parameter": ("its history", LOOK),
    "AWS::SecretsManager::Secret": ("the secret", STOP),
    "AWS::StepFunctions::StateMachine": ("its running and past executions", LOOK),
    "AWS::Timestream::Table": ("its records", STOP),
    # Made anew at each release, as meant.
    "AWS::ApiGateway::Deployment": ("", NOTE),
    "AWS::ApiGatewayV2::Deployment": ("", NOTE),
    "AWS::Lambda::LayerVersion": ("", NOTE),
    "AWS::Lambda::Version": ("", NOTE),
}
# What AWS deletes only when it is empty, with what the CDK tags it with where a program of its own empties it first.
STAYS_FULL = {
    "AWS::ECR::Repository": "aws-cdk:auto-delete-images",
    "AWS::S3::Bucket": "aws-cdk:auto-delete-objects",
}
RETAINS = {"Retain", "RetainExceptOnCreate"}
# Of these CloudFormation takes a snapshot when they are deleted, not when they are replaced, unless the template says
# otherwise.
SNAPSHOT_UNSAID = {"AWS::RDS::DBCluster"}


def lost_with(resource: Resource, so_goes: str) -> tuple[Level, str]:
    """Tell in a sentence what goes with a resource, if anything, and the level of that."""
    if resource.type == "AWS::EC2::KeyPair" and at(resource.properties, ["PublicKeyMaterial"]):
        # Its private half is a person's own.
        return LOOK, ""
    words, level = LOST.get(resource.type, ("", LOOK))
    if resource.type in STAYS_FULL and not _is_emptied(resource):
        return LOOK, f" AWS deletes it only if it is empty: else it stays with {words}, and is nobody's."
    return level, f" {so_goes} {words}." if words else ""


def _is_emptied(resource: Resource) -> bool:
    tags = members(at(resource.properties, ["Tags"]))
    emptied = {"Key": STAYS_FULL[resource.type], "Value": "true"} in tags
    return emptied or at(resource.properties, ["EmptyOnDelete"]) is True


def retention(resource: Resource, name: str) -> str:
    """Give a resource's `DeletionPolicy` or `UpdateReplacePolicy`, said or not."""
    alone = resource.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in resource.properties
    snapshot = name == "DeletionPolicy" and (alone or resource.type in SNAPSHOT_UNSAID)
    return str(resource.body.get(name) or ("Snapshot" if snapshot else "Delete"))
