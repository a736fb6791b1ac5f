"""What a visitor sees while the machine is stopped. It must be somewhere else, and a bucket could not be filled."""

from pathlib import Path

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from data_compute.findings import acknowledge

PAGE = Path(__file__).with_name("edge") / "stopped.html"
PATH = "_stopped"
STAGE = "front"

ALIKE = "It answers everybody with the same few lines of the template, which are no secret and cost nothing to give"
NO_LOG = f"{ALIKE}, so nobody needs to know who read them."
REASONS = {
    "APIG1": NO_LOG,
    "APIG2": f"{ALIKE}, and reads nothing of what it is asked.",
    "APIG3": f"{ALIKE}, at most ten times a second.",
    "APIG4": f"{ALIKE}, also to who is not let in to the page.",
    "APIG6": NO_LOG,
    "APIGWAccessLogging": NO_LOG,
    "APIGWAssociatedWithWAF": f"{ALIKE}, at most ten times a second.",
    "APIGWCacheEnabledAndEncrypted": f"{ALIKE}; a cache of them would be billed by the hour.",
    "APIGWExecutionLoggingEnabled": NO_LOG,
    "APIGWSSLEnabled": f"{ALIKE}, and calls no server that could ask for a certificate.",
    "APIGWXrayEnabled": f"{ALIKE}, and nothing behind it could be traced.",
    "COG4": f"{ALIKE}, also to who is not let in to the page.",
}


class StoppedPage(Construct):
    """An API of one path that answers with a page out of the template: no function, no bucket, nothing to pay for."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name=self.node.path,
            description="What visitors see while the page's machine is stopped",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE, throttling_rate_limit=10, throttling_burst_limit=20
            ),
        )
        # An output, which is for stacks to make.
        self.api.node.try_remove_child("Endpoint")
        header = "method.response.header.Content-Type"
        self.api.root.add_resource(PATH).add_method(
            "GET",
            apigateway.MockIntegration(
                request_templates={"application/json": '{"statusCode": 200}'},
                integration_responses=[
                    apigateway.IntegrationResponse(
                        status_code="200",
                        response_parameters={header: "'text/html'"},
                        response_templates={"text/html": PAGE.read_text(encoding="utf-8")},
                    )
                ],
            ),
            method_responses=[apigateway.MethodResponse(status_code="200", response_parameters={header: True})],
        )
        for rule, reason in REASONS.items():
            acknowledge(self.api, rule, reason)
        self.path = f"/{PATH}"
        self.origin = origins.RestApiOrigin(self.api)
