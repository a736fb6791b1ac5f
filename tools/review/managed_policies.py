"""AWS's own policies by what they really give: the common ones."""

from review.fact import Level

STOP, LOOK, NOTE = Level.STOP, Level.LOOK, Level.NOTE
MANAGED = {
    "AdministratorAccess": ("everything", STOP),
    "PowerUserAccess": ("everything but to change who has which rights", STOP),
    "IAMFullAccess": ("to give itself any right", STOP),
    "SystemAdministrator": ("to pass on roles, and to change most services", STOP),
    "DataScientist": ("to pass on roles, and to change machines, notebooks and buckets", STOP),
    "AWSCloudFormationFullAccess": ("to make and change any stack", STOP),
    "AWSLambda_FullAccess": ("to change any function and run it with its role", STOP),
    "AmazonEC2FullAccess": ("to make, change and end any machine and network", STOP),
    "AmazonS3FullAccess": ("to read, change and delete every object of every bucket", STOP),
    "AmazonSSMFullAccess": ("to run programs on every machine, and to read every parameter", STOP),
    "AmazonDynamoDBFullAccess": ("to read, change and delete every table", STOP),
    "AmazonRDSFullAccess": ("to change and delete every database", STOP),
    "AmazonSageMakerFullAccess": ("to pass on roles, and to change notebooks, models and many buckets", STOP),
    "AmazonSQSFullAccess": ("to read, change and delete every queue", STOP),
    "AmazonSNSFullAccess": ("to read, change and delete every topic", STOP),
    "AmazonVPCFullAccess": ("to change every network and its doors", STOP),
    "CloudWatchFullAccess": ("to read and delete every log and alarm", STOP),
    "CloudWatchLogsFullAccess": ("to read, change and delete every log", STOP),
    "SecretsManagerReadWrite": ("to read, change and delete every secret", STOP),
    "ReadOnlyAccess": ("to read nearly all there is, the objects of every bucket among it", STOP),
    "SecurityAudit": ("to read how everything is set up", LOOK),
    "ViewOnlyAccess": ("to list what there is, without its content", LOOK),
    "AmazonS3ReadOnlyAccess": ("to read every object of every bucket", LOOK),
    "AmazonEC2ReadOnlyAccess": ("to read how every machine and network is set up", LOOK),
    "AmazonDynamoDBReadOnlyAccess": ("to read every table", LOOK),
    "AmazonSSMReadOnlyAccess": ("to read every parameter, private keys of key pairs among them", LOOK),
    "CloudWatchReadOnlyAccess": ("to read every log and measurement", LOOK),
    "AmazonEC2ContainerRegistryReadOnly": ("to fetch every image", LOOK),
    "AmazonSSMManagedInstanceCore": (
        "to be reached by Session Manager, and to read every parameter, private keys of key pairs among them",
        LOOK,
    ),
    "CloudWatchAgentServerPolicy": ("to write logs and measurements", NOTE),
    "AWSLambdaBasicExecutionRole": ("to write logs, to any log group", NOTE),
    "AWSLambdaVPCAccessExecutionRole": ("to write logs, and to make and delete network interfaces", NOTE),
    "AWSLambdaSQSQueueExecutionRole": ("to write logs, and to take messages from every queue", LOOK),
    "AWSLambdaDynamoDBExecutionRole": ("to write logs, and to read the changes of every table", LOOK),
    "AWSLambdaKinesisExecutionRole": ("to write logs, and to read every stream", LOOK),
    "AWSXRayDaemonWriteAccess": ("to write traces", NOTE),
    "AWSXrayWriteOnlyAccess": ("to write traces", NOTE),
    "AmazonAPIGatewayPushToCloudWatchLogs": ("to write and read every log", LOOK),
    "AmazonECSTaskExecutionRolePolicy": ("to fetch every image, and to write logs", NOTE),
}


def managed(arn: str) -> tuple[str, Level] | None:
    """Tell what AWS's own policy of that ARN gives; None where that was not looked into."""
    _, own, name = arn.partition(":aws:policy/")
    return MANAGED.get(name.rpartition("/")[2]) if own else None
