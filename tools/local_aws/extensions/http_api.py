"""HTTP APIs get an endpoint that every program can open and that is their root, and the CORS that their template says.

They tell nobody why a function failed.

MiniStack's own endpoint is a name under localhost, which curl and Chromium resolve by themselves and most other
programs don't. It looks for CORS by the names of API Gateway's own calls; CloudFormation's begin with a capital.
"""

import re
from typing import Any

from local_aws.ministack import apis, records, resources

RESOURCE_TYPE = "AWS::ApiGatewayV2::Api"
PATH = "/_aws/execute-api/"


def install(endpoint: str) -> None:
    """Name every new HTTP API's endpoint by address and path, and let its CORS be found."""

    def with_plain_endpoint(create: resources.Create) -> resources.Create:
        def create_api(logical_id: str, props: resources.Properties, stack_name: str) -> resources.Made:
            api_id, attributes = create(logical_id, props, stack_name)
            if props.get("ProtocolType") != "HTTP":
                return api_id, attributes
            url = f"{endpoint}{PATH}{api_id}"
            records.apis[api_id]["apiEndpoint"] = url
            return api_id, attributes | {"ApiEndpoint": url}

        return create_api

    resources.wrap_create(RESOURCE_TYPE, with_plain_endpoint)
    resources.wrap_properties(RESOURCE_TYPE, _with_known_cors)
    apis.hide_failures()


def rooted(app: Any) -> Any:
    """Let an API's URL, as its stack tells it, be the API's root as on AWS; MiniStack would take it for a bucket's."""
    url = re.compile(f"{PATH}[^/]+")

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan" and url.fullmatch(scope["path"]):
            scope = scope | {"path": scope["path"] + "/", "raw_path": scope["raw_path"] + b"/"}
        await app(scope, receive, send)

    return wrapped


def _with_known_cors(props: resources.Properties) -> resources.Properties:
    cors = props.get("CorsConfiguration")
    if not cors:
        return props
    return props | {"CorsConfiguration": {name[0].lower() + name[1:]: value for name, value in cors.items()}}
