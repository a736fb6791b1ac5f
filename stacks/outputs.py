"""What the stacks say once they are deployed: the outputs by which ops knows a cloud, without the CDK."""

# Of every stack.
TOLD = "Settings"

# Of the page's.
PAGE_URL = "StreamlitUrl"
MACHINE = "InstanceId"
KEY_PAIR = "KeyPairId"
SERVER_LOGS = "ServerLogGroup"

# Of the function's.
API_URL = "ApiUrl"
FUNCTION = "FunctionName"
FUNCTION_LOGS = "FunctionLogGroup"
API_LOGS = "ApiLogGroup"
