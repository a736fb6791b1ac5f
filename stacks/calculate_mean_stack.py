"""The stack of the ``calculate_mean`` function and its HTTP API."""

from aws_cdk import CfnOutput
from constructs import Construct

from data_compute import HttpTrigger, PythonFunction
from data_compute.findings import acknowledge
from stacks import outputs
from stacks.calculate_mean_settings import CalculateMeanSettings
from stacks.copy_stack import CopyStack
from stacks.registry import MEAN
from stacks.setting import CHECKOUT

FUNCTIONS = CHECKOUT / "lambda_src"
SOURCE = FUNCTIONS / "calculate_mean"
PATH = "/calculate_mean"


class CalculateMeanStack(CopyStack):
    """``calculate_mean``, to be invoked by name or over HTTP."""

    def __init__(self, scope: Construct, *, settings: CalculateMeanSettings) -> None:
        super().__init__(
            scope,
            MEAN,
            settings=settings,
            description="The calculate_mean Lambda function behind an API Gateway HTTP API",
        )
        self.function = PythonFunction(
            self,
            "Function",
            source=SOURCE,
            # The name that a person types: aws lambda invoke --function-name calculate_mean
            function_name=settings.named(settings.function_name),
            description="The exact mean of a list of numbers",
            log_retention=self.log_retention,
            role=self.role,
        )
        self.api = HttpTrigger(
            self,
            "Api",
            function=self.function,
            routes=[f"GET {PATH}", f"POST {PATH}"],
            allow_origins=settings.allow_origins,
            rate_limit=settings.rate_limit,
            burst_limit=settings.burst_limit,
            log_retention=self.log_retention,
        )
        for route in self.api.routes:
            acknowledge(
                route,
                "APIG4",
                "The mean of numbers that the caller sends is no secret, and the throttle bounds the cost.",
            )
        self.api_url = f"{self.api.url}{PATH}"

        CfnOutput(self, outputs.API_URL, value=self.api_url, description="GET ?nums=1,2,3 or POST [1, 2, 3]")
        CfnOutput(
            self,
            outputs.FUNCTION,
            value=self.function.lambda_function.function_name,
            description="aws lambda invoke --function-name takes it",
        )
        CfnOutput(
            self,
            outputs.TRY_IT,
            value=f"curl '{self.api_url}?nums=1,2,3'",
            description="Answers 2.0",
        )
        for name, group in ((outputs.FUNCTION_LOGS, self.function.log_group), (outputs.API_LOGS, self.api.log_group)):
            CfnOutput(self, name, value=group.log_group_name, description=outputs.LOGS_ARE_FOR)

    def open_route(self, function: PythonFunction, route: str, *, why: str) -> None:
        """Let whoever knows the API's URL call a function by a route, and say why that is safe."""
        for opened in self.api.add_routes(function, [route]):
            acknowledge(opened, "APIG4", why)
