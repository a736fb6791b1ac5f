"""HTTP APIs get an endpoint that every program can open, and the CORS that their template says.

MiniStack's own endpoint is a name under localhost, which curl and Chromium resolve by themselves and most other
programs don't. It looks for CORS by the names of API Gateway's own calls; CloudFormation's begin with a capital.
"""

import os

from local_aws.ministack import records, resources

RESOURCE_TYPE = "AWS::ApiGatewayV2::Api"


def install() -> None:
    """Name every new HTTP API's endpoint by address and path, and let its CORS be found."""
    resources.wrap_create(RESOURCE_TYPE, _with_plain_endpoint)
    resources.wrap_properties(RESOURCE_TYPE, _with_known_cors)


def _with_plain_endpoint(create: resources.Create) -> resources.Create:
    def create_api(logical_id: str, props: resources.Properties, stack_name: str) -> resources.Made:
        api_id, attributes = create(logical_id, props, stack_name)
        if props.get("ProtocolType") != "HTTP":
            return api_id, attributes
        endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/{api_id}"
        records.apis[api_id]["apiEndpoint"] = endpoint
        return api_id, attributes | {"ApiEndpoint": endpoint}

    return create_api


def _with_known_cors(props: resources.Properties) -> resources.Properties:
    cors = props.get("CorsConfiguration")
    if not cors:
        return props
    return props | {"CorsConfiguration": {name[0].lower() + name[1:]: value for name, value in cors.items()}}
