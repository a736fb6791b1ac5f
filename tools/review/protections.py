"""Which properties protect people and data."""

from math import inf

from review.fact import Level
from review.grades import Protection, having, less, more, one_of, ranked, there, tls

STOP, LOOK, NOTE = Level.STOP, Level.LOOK, Level.NOTE
# Stands for a type: whatever says what a machine is.
MACHINE = ("machine",)
VOLUME, BUCKET, LOGS = ("AWS::EC2::Volume",), ("AWS::S3::Bucket",), ("AWS::Logs::LogGroup",)
QUEUE, TOPIC, STREAM = ("AWS::SQS::Queue",), ("AWS::SNS::Topic",), ("AWS::Kinesis::Stream",)
RDS, TABLE = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"), ("AWS::DynamoDB::Table",)
FILES, WAREHOUSE = ("AWS::EFS::FileSystem",), ("AWS::Redshift::Cluster",)
CACHE, SEARCH = ("AWS::ElastiCache::ReplicationGroup",), ("AWS::OpenSearchService::Domain",)
USERS, KEY, FUNCTION = ("AWS::Cognito::UserPool",), ("AWS::KMS::Key",), ("AWS::Lambda::Function",)
STAGE, REST_STAGE = ("AWS::ApiGatewayV2::Stage",), ("AWS::ApiGateway::Stage",)
DOMAIN, REST_DOMAIN = ("AWS::ApiGatewayV2::DomainName",), ("AWS::ApiGateway::DomainName",)
BALANCER, LISTENER = ("AWS::ElasticLoadBalancingV2::LoadBalancer",), ("AWS::ElasticLoadBalancingV2::Listener",)
CDN, TRAIL = ("AWS::CloudFront::Distribution",), ("AWS::CloudTrail::Trail",)

ROLE_KEYS = (
    "A program on the machine that can be made to fetch a URL gives away its role's keys: IMDSv2 is not required."
)
FORWARDED = "Containers on the machine, and what it forwards for, reach its role's keys."
PLAIN_DISK = "Its disk is not encrypted, unless the account encrypts each."
AT_REST = "What it holds is not encrypted."
OWN_KEY = "What it holds is encrypted with AWS's key, not with one that you could take away."
OVERHEARD = "What people send may be read and changed on the way."
OLD_TLS = "It speaks versions of TLS that can be broken."
PUBLIC = "Nothing keeps a later change from making its objects public."
UNRESTORED = "What is overwritten or deleted by mistake cannot be brought back."
DELETABLE = "Nothing keeps it from being deleted by mistake."
FLOOD = "Only the account's limit bounds a flood of calls, and what it costs."
WHO = "Nobody can say afterwards who called."
WHO_READ = "Nobody can say afterwards who read or wrote its objects."
FEWER_DAYS = "Log lines are deleted earlier, also those that are there."
FOR_EVER = "Log lines are kept, and cost, for ever."
STRAY_LOGS = "It logs to a group that no stack has, and that keeps lines for ever."
LETTERS = "A message that nothing can handle is lost."
UNSIGNED = "It runs code that nobody has signed."
SIGN_UP = "Anybody makes an account of their own, and signs in."
AROUND = (
    "Its origin is no longer told that a request comes by this distribution: whoever knows its address, or comes by a "
    "distribution of their own, may be served as well."
)
PASSWORD = "A password alone signs a user in."  # noqa: S105 - a sentence
SAME_KEY = "The key stays the same for ever."

_AES = "BucketEncryption/ServerSideEncryptionConfiguration/*/ServerSideEncryptionByDefault/SSEAlgorithm"
_BLOCK = "PublicAccessBlockConfiguration/"
_CDN = "DistributionConfig/"
PROTECTIONS = (
    Protection("imdsv2", MACHINE, "MetadataOptions/HttpTokens", one_of("required"), ROLE_KEYS, STOP, LOOK),
    Protection("hop-limit", MACHINE, "MetadataOptions/HttpPutResponseHopLimit", one_of(1), FORWARDED, LOOK),
    Protection("encryption", MACHINE, "BlockDeviceMappings/*/Ebs/Encrypted", one_of(True), PLAIN_DISK, STOP, LOOK),
    Protection("deletion", MACHINE, "DisableApiTermination", one_of(True), DELETABLE, STOP),
    Protection("encryption", VOLUME, "Encrypted", one_of(True), PLAIN_DISK, STOP, LOOK),
    # What is not said AWS blocks in a new bucket, and unblocks where a change no longer says it.
    *(
        Protection(name, BUCKET, _BLOCK + flag, one_of(True, unsaid=0.5), PUBLIC, STOP, LOOK, less=STOP)
        for name, flag in (
            ("block-public-acls", "BlockPublicAcls"),
            ("block-public-policy", "BlockPublicPolicy"),
            ("ignore-public-acls", "IgnorePublicAcls"),
            ("restrict-public-buckets", "RestrictPublicBuckets"),
        )
    ),
    Protection("versioning", BUCKET, "VersioningConfiguration/Status", one_of("Enabled"), UNRESTORED, STOP, NOTE),
    Protection("object-lock", BUCKET, "ObjectLockEnabled", one_of(True), UNRESTORED, STOP),
    Protection("access-log", BUCKET, "LoggingConfiguration", there, WHO_READ, LOOK, NOTE),
    Protection("own-key", BUCKET, _AES, one_of("aws:kms", "aws:kms:dsse"), OWN_KEY, LOOK),
    Protection("own-key", LOGS, "KmsKeyId", there, OWN_KEY, LOOK),
    Protection("deletion", LOGS, "DeletionProtectionEnabled", one_of(True), DELETABLE, STOP),
    Protection("log-lines", LOGS, "RetentionInDays", more(unsaid=inf), FEWER_DAYS, STOP, less=STOP),
    Protection("retention", LOGS, "RetentionInDays", there, FOR_EVER, LOOK, NOTE),
    Protection("encryption", QUEUE, "SqsManagedSseEnabled", one_of(True, unsaid=1), AT_REST, STOP, LOOK),
    Protection("own-key", QUEUE, "KmsMasterKeyId", there, OWN_KEY, LOOK),
    Protection("dead-letters", QUEUE, "RedrivePolicy", there, LETTERS, LOOK),
    Protection("encryption", TOPIC, "KmsMasterKeyId", there, AT_REST, STOP, NOTE),
    Protection("encryption", STREAM, "StreamEncryption", there, AT_REST, STOP, LOOK),
    Protection("encryption", RDS, "StorageEncrypted", one_of(True), AT_REST, STOP, LOOK),
    Protection("backups", RDS, "BackupRetentionPeriod", more(unsaid=1), UNRESTORED, STOP, LOOK),
    Protection("deletion", RDS, "DeletionProtection", one_of(True), DELETABLE, STOP, LOOK),
    Protection("deletion", TABLE, "DeletionProtectionEnabled", one_of(True), DELETABLE, STOP, NOTE),
    Protection(
        "backups",
        TABLE,
        "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        one_of(True),
        UNRESTORED,
        STOP,
        NOTE,
    ),
    Protection("own-key", TABLE, "SSESpecification/SSEEnabled", one_of(True), OWN_KEY, LOOK),
    Protection("encryption", FILES, "Encrypted", one_of(True), AT_REST, STOP, LOOK),
    Protection("encryption", WAREHOUSE, "Encrypted", one_of(True, unsaid=1), AT_REST, STOP, LOOK),
    Protection("backups", FILES, "BackupPolicy/Status", one_of("ENABLED"), UNRESTORED, STOP, NOTE),
    Protection("encryption", CACHE, "AtRestEncryptionEnabled", one_of(True), AT_REST, STOP, LOOK),
    Protection("https", CACHE, "TransitEncryptionEnabled", one_of(True), OVERHEARD, STOP, LOOK),
    Protection("encryption", SEARCH, "EncryptionAtRestOptions/Enabled", one_of(True), AT_REST, STOP, LOOK),
    Protection("https", SEARCH, "DomainEndpointOptions/EnforceHTTPS", one_of(True), OVERHEARD, STOP, LOOK),
    Protection("tls", SEARCH, "DomainEndpointOptions/TLSSecurityPolicy", tls, OLD_TLS, STOP, LOOK),
    Protection("deletion", USERS, "DeletionProtection", one_of("ACTIVE"), DELETABLE, STOP, NOTE),
    Protection("second-factor", USERS, "MfaConfiguration", ranked("OFF", "OPTIONAL", "ON"), PASSWORD, STOP, NOTE),
    Protection("sign-up", USERS, "AdminCreateUserConfig/AllowAdminCreateUserOnly", one_of(True), SIGN_UP, STOP, LOOK),
    Protection("rotation", KEY, "EnableKeyRotation", one_of(True), SAME_KEY, LOOK, NOTE),
    Protection("throttle", STAGE, "DefaultRouteSettings/ThrottlingRateLimit", less, FLOOD, STOP, LOOK),
    Protection("burst", STAGE, "DefaultRouteSettings/ThrottlingBurstLimit", less, FLOOD, STOP, LOOK),
    Protection("access-log", STAGE, "AccessLogSettings/DestinationArn", there, WHO, STOP, LOOK),
    Protection("throttle", REST_STAGE, "MethodSettings/*/ThrottlingRateLimit", less, FLOOD, STOP, LOOK),
    Protection("burst", REST_STAGE, "MethodSettings/*/ThrottlingBurstLimit", less, FLOOD, STOP, LOOK),
    Protection("access-log", REST_STAGE, "AccessLogSetting/DestinationArn", there, WHO, STOP, LOOK),
    Protection("log-group", FUNCTION, "LoggingConfig/LogGroup", there, STRAY_LOGS, LOOK, NOTE),
    Protection("concurrency", FUNCTION, "ReservedConcurrentExecutions", less, FLOOD, LOOK),
    Protection("signed-code", FUNCTION, "CodeSigningConfigArn", there, UNSIGNED, STOP),
    Protection(
        "deletion",
        BALANCER,
        "LoadBalancerAttributes/Key=deletion_protection.enabled",
        one_of(True),
        DELETABLE,
        STOP,
        NOTE,
    ),
    Protection(
        "access-log", BALANCER, "LoadBalancerAttributes/Key=access_logs.s3.enabled", one_of(True), WHO, STOP, NOTE
    ),
    Protection("https", LISTENER, "Protocol", one_of("HTTPS", "TLS"), OVERHEARD, STOP),
    Protection("tls", LISTENER, "SslPolicy", tls, OLD_TLS, STOP, LOOK),
    Protection("tls", DOMAIN, "DomainNameConfigurations/*/SecurityPolicy", tls, OLD_TLS, STOP, LOOK),
    Protection("tls", REST_DOMAIN, "SecurityPolicy", tls, OLD_TLS, STOP, LOOK),
    Protection("tls", CDN, _CDN + "ViewerCertificate/MinimumProtocolVersion", tls, OLD_TLS, STOP, LOOK),
    Protection(
        "https",
        CDN,
        _CDN + "DefaultCacheBehavior/ViewerProtocolPolicy",
        one_of("https-only", "redirect-to-https"),
        OVERHEARD,
        STOP,
        LOOK,
    ),
    Protection("edge-secret", CDN, _CDN + "Origins", having("OriginCustomHeaders"), AROUND, STOP, less=STOP),
    Protection("access-log", CDN, _CDN + "Logging", there, WHO, LOOK, NOTE),
    Protection("logging", TRAIL, "IsLogging", one_of(True), "Nobody can say afterwards who did what.", STOP, LOOK),
)
# What protects by being there.
PROTECTORS = {
    "AWS::Backup::BackupPlan": UNRESTORED,
    "AWS::Backup::BackupSelection": UNRESTORED,
    "AWS::CloudTrail::Trail": "Nobody can say afterwards who did what in the account.",
    "AWS::CloudWatch::Alarm": "Nobody is told any more when it is time to look.",
    "AWS::Cognito::UserPoolClient": "The app that it was for asks nobody to sign in by it any more.",
    "AWS::EC2::FlowLog": "Nobody can say afterwards who spoke with whom.",
    "AWS::GuardDuty::Detector": "Nobody is told of an attack any more.",
    "AWS::WAFv2::WebACL": "Nothing sorts out attacks any more.",
    "AWS::WAFv2::WebACLAssociation": "Nothing sorts out attacks any more.",
}
