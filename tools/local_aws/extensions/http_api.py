"""HTTP APIs get an endpoint that every program can open, and the CORS that their template says.

MiniStack's own endpoint is a name under localhost, which curl and Chromium resolve by themselves and most other
programs don't. It looks for CORS by the names of API Gateway's own calls; CloudFormation's begin with a capital.
"""

from local_aws.ministack import records, resources

RESOURCE_TYPE = "AWS::ApiGatewayV2::Api"


def install(endpoint: str) -> None:
    """Name every new HTTP API's endpoint by address and path, and let its CORS be found."""

    def with_plain_endpoint(create: resources.Create) -> resources.Create:
        def create_api(logical_id: str, props: resources.Properties, stack_name: str) -> resources.Made:
            api_id, attributes = create(logical_id, props, stack_name)
            if props.get("ProtocolType") != "HTTP":
                return api_id, attributes
            url = f"{endpoint}/_aws/execute-api/{api_id}"
            records.apis[api_id]["apiEndpoint"] = url
            return api_id, attributes | {"ApiEndpoint": url}

        return create_api

    resources.wrap_create(RESOURCE_TYPE, with_plain_endpoint)
    resources.wrap_properties(RESOURCE_TYPE, _with_known_cors)


def _with_known_cors(props: resources.Properties) -> resources.Properties:
    cors = props.get("CorsConfiguration")
    if not cors:
        return props
    return props | {"CorsConfiguration": {name[0].lower() + name[1:]: value for name, value in cors.items()}}
