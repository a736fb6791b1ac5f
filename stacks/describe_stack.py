"""The extra stack of the ``describe`` function, which brings pandas, and its HTTP API."""

from aws_cdk import CfnOutput
from aws_cdk import aws_iam as iam
from constructs import Construct

from data_compute import HttpTrigger, PythonFunction
from data_compute.findings import acknowledge
from stacks import outputs
from stacks.copy_stack import CopyStack
from stacks.describe_settings import DescribeSettings
from stacks.registry import DESCRIBE
from stacks.setting import CHECKOUT

SOURCE = CHECKOUT / "lambda_src" / "describe"
PATH = "/describe"


class DescribeStack(CopyStack):
    """``describe``, to be invoked by name or over HTTP."""

    def __init__(self, scope: Construct, *, settings: DescribeSettings) -> None:
        super().__init__(
            scope,
            DESCRIBE,
            settings=settings,
            description="The describe Lambda function behind an API Gateway HTTP API",
        )
        self.function = PythonFunction(
            self,
            "Function",
            source=SOURCE,
            handler="describe.lambda_handler",
            # The name that a person types: aws lambda invoke --function-name describe
            function_name=settings.named("describe"),
            description="What a CSV table holds, column by column",
            log_retention=self.log_retention,
            role=self.role,
        )
        if settings.csv_bucket:
            self._let_read(settings.csv_bucket)
        api = HttpTrigger(
            self,
            "Api",
            function=self.function,
            routes=[f"POST {PATH}"],
            # A table takes longer than a list of numbers, in four times the memory.
            rate_limit=1,
            burst_limit=5,
            log_retention=self.log_retention,
        )
        for route in api.routes:
            acknowledge(
                route,
                "APIG4",
                "What a caller's own table holds is no secret to them, and the throttle bounds the cost.",
            )
        CfnOutput(self, outputs.API_URL, value=f"{api.url}{PATH}", description="POST a CSV table")
        CfnOutput(
            self,
            outputs.FUNCTION,
            value=self.function.lambda_function.function_name,
            description="aws lambda invoke --function-name takes it",
        )
        CfnOutput(self, outputs.API_LOGS, value=api.log_group.log_group_name, description=outputs.LOGS_ARE_FOR)

    def _let_read(self, bucket: str) -> None:
        """Let the function read the files of one bucket; nobody outside can name one."""
        objects = f"arn:{self.partition}:s3:::{bucket}/*"
        iam.Grant.add_to_principal(grantee=self.function, actions=["s3:GetObject"], resource_arns=[objects])
        if self.role is None:
            acknowledge(
                self.function.role,
                f"IAM5[Resource::arn:<AWS::Partition>:s3:::{bucket}/*]",
                "Whoever deploys names this bucket so that any of its files can be described.",
            )
