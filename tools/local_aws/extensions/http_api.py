"""HTTP APIs get an endpoint that every program can open.

MiniStack's own is a name under localhost, which curl and Chromium resolve by themselves and most other programs don't.
"""

import os

from local_aws.ministack import records, resources

RESOURCE_TYPE = "AWS::ApiGatewayV2::Api"


def install() -> None:
    """Name every new HTTP API's endpoint by address and path."""
    resources.wrap_create(RESOURCE_TYPE, _with_plain_endpoint)


def _with_plain_endpoint(create: resources.Create) -> resources.Create:
    def create_api(logical_id: str, props: resources.Properties, stack_name: str) -> resources.Made:
        api_id, attributes = create(logical_id, props, stack_name)
        if props.get("ProtocolType") != "HTTP":
            return api_id, attributes
        endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/{api_id}"
        records.apis()[api_id]["apiEndpoint"] = endpoint
        return api_id, attributes | {"ApiEndpoint": endpoint}

    return create_api
