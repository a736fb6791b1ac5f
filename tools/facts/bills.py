"""What AWS bills for each type of resource: by the hour, by use, or nothing at all."""

# What the price table calls the price of an hour, or of a month, of each.
PRICED = {
    "AWS::EC2::EIP": ("public address", "ipv4_hour"),
    "AWS::EC2::NatGateway": ("NAT gateway", "nat_gateway_hour"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("load balancer", "load_balancer_hour"),
    "AWS::KMS::Key": ("key", "kms_key_month"),
    "AWS::SecretsManager::Secret": ("secret", "secret_month"),
}
# What EC2 measures of a machine by the minute, where it is asked to; each is a metric that CloudWatch bills.
METRICS_BY_THE_MINUTE = 7
BY_USE = {
    "AWS::ApiGateway::RestApi": "requests",
    "AWS::ApiGatewayV2::Api": "requests",
    "AWS::CloudFront::Distribution": "requests and traffic",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::Cognito::UserPool": "users who sign in",
    "AWS::DynamoDB::Table": "items and their reads and writes",
    "AWS::EC2::FlowLog": "log lines",
    "AWS::EC2::Instance": "traffic to the internet",
    "AWS::EC2::NatGateway": "traffic through the NAT gateway",
    "AWS::ECR::Repository": "images",
    "AWS::Events::Rule": "events",
    "AWS::Lambda::Function": "calls of functions and their seconds",
    "AWS::Logs::LogGroup": "log lines",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "traffic through the load balancer",
    "AWS::S3::Bucket": "objects and requests",
    "AWS::SNS::Topic": "messages",
    "AWS::SQS::Queue": "messages",
    "AWS::Scheduler::Schedule": "calls of schedules",
    "AWS::StepFunctions::StateMachine": "steps of workflows",
}
# Of these services nothing costs by being there, but for what stands above.
FREE_SERVICES = {"ApiGateway", "ApiGatewayV2", "AutoScaling", "CDK", "CloudFormation", "Events", "IAM"}
FREE_SERVICES |= {"Lambda", "Logs", "S3", "SNS", "SQS", "SSM"}
# Of the other services these.
FREE = {
    "CertificateManager": {"Certificate"},
    "CloudFront": {"CloudFrontOriginAccessIdentity", "Function", "OriginAccessControl", "ResponseHeadersPolicy"},
    "Cognito": {
        "IdentityPool",
        "IdentityPoolRoleAttachment",
        "ManagedLoginBranding",
        "UserPoolClient",
        "UserPoolDomain",
        "UserPoolUser",
    },
    "EC2": {
        "DHCPOptions",
        "EIPAssociation",
        "EgressOnlyInternetGateway",
        "InternetGateway",
        "KeyPair",
        "LaunchTemplate",
        "NetworkAcl",
        "NetworkAclEntry",
        "NetworkInterface",
        "PrefixList",
        "Route",
        "RouteTable",
        "SecurityGroup",
        "SecurityGroupEgress",
        "SecurityGroupIngress",
        "Subnet",
        "SubnetNetworkAclAssociation",
        "SubnetRouteTableAssociation",
        "VPC",
        "VPCCidrBlock",
        "VPCGatewayAttachment",
        "VolumeAttachment",
    },
    "ECS": {"Cluster", "TaskDefinition"},
    "ElasticLoadBalancingV2": {"Listener", "ListenerRule", "TargetGroup"},
    "KMS": {"Alias"},
    "Scheduler": {"ScheduleGroup"},
    "SecretsManager": {"ResourcePolicy", "SecretTargetAttachment"},
    "WAFv2": {"WebACLAssociation"},
}


def is_free(resource_type: str) -> bool:
    """Tell whether AWS bills nothing for it; a custom resource itself is nothing that it bills."""
    owner, service, kind = (*resource_type.split("::"), "", "")[:3]
    return owner != "AWS" or service in FREE_SERVICES or kind in FREE.get(service, ())
