"""What the stacks say once they are deployed: the outputs by which ops knows a cloud, without the CDK."""

# Of every stack.
TOLD = "Settings"

# Of the page's.
PAGE_URL = "StreamlitUrl"
MACHINE = "InstanceId"
# The Auto Scaling group, where there are several machines; then there is neither MACHINE nor SESSION.
FLEET = "Fleet"
USERS = "UserPoolId"
# The id, or of the pair that a lab has, which the stack does not make, the name.
KEY_PAIR = "KeyPairId"
SESSION = "SessionCommand"
SERVER_LOGS = "ServerLogGroup"

# Of the function's.
API_URL = "ApiUrl"
TRY_IT = "TryItCommand"
FUNCTION = "FunctionName"
FUNCTION_LOGS = "FunctionLogGroup"
API_LOGS = "ApiLogGroup"

# What a log group's name is good for: version 1 of the AWS command line has no `aws logs tail`.
LOGS_ARE_FOR = "aws logs filter-log-events --log-group-name takes it"

# What is ours in our own stacks; whatever else they say, a person has added.
OURS = (
    PAGE_URL,
    USERS,
    MACHINE,
    FLEET,
    KEY_PAIR,
    SESSION,
    SERVER_LOGS,
    API_URL,
    TRY_IT,
    FUNCTION,
    FUNCTION_LOGS,
    API_LOGS,
)
