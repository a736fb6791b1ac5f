"""One Python Lambda function with the house defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import jsii
from aws_cdk import Duration, IgnoreMode, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from data_compute.arguments import check_no_text
from data_compute.findings import acknowledge, acknowledge_inline_policy
from data_compute.function.checks import (
    check_environment,
    check_handler,
    check_memory,
    check_names,
    check_runtime,
    check_timeout,
)
from data_compute.function.packages import packages_for
from data_compute.function.start_proof import prove_start
from data_compute.log_group import define_log_group
from data_compute.source_files import NEVER_DEPLOYED, check_no_keys, note_source
from data_compute.unchangeable_role import UnchangeableRole, warn_of_grants


@jsii.implements(iam.IGrantable)
class PythonFunction(Construct):
    """A Python Lambda function: Graviton, JSON logs that expire, and a role that may write only those logs.

    New code and settings reach it only if its handler can be imported with them and the rights of that moment.
    Nothing can invoke it and it can reach no AWS resource until the caller grants it::

        mean = PythonFunction(self, "Mean", source="lambda_src/calculate_mean")
        bucket.grant_read(mean)

    The folder may hold a lock of packages (``pylock.toml``, ``uv.lock``, ``requirements.lock``), which are packed with
    the code for the function's Python and architecture; that takes uv: ``pip install 'cdk-data-compute[packages]'``.

    :param source: the folder that becomes the function's code. Caches, tests and files of passwords stay behind; a
        key is an error, and so are requirements beyond boto3 without a lock.
    :param handler: ``module.function``, which must be in ``source``. Default: ``handler.lambda_handler``.
    :param runtime: a Python runtime. Default: the newest that this version of the CDK knows.
    :param architecture: default ``Architecture.ARM_64``; pass ``Architecture.X86_64`` for x86-only wheels.
    :param memory_size: in MB, 128 to 10,240; a new account gives 3,008 at most. Default: 256, and 1,024 with packages.
    :param timeout: up to 15 minutes; a trigger may wait for less. Default: 10 seconds, and 29 with packages.
    :param bring_boto3: bring the lock's boto3, or its botocore alone, which s3fs needs by way of aiobotocore. Default:
        Lambda's own, whatever the lock says of it.
    :param environment: plain settings for the code. Not for secrets: they are readable in the template.
    :param tracing: ``Tracing.ACTIVE`` turns X-Ray on. Default: off.
    :param log_group: bring your own. Default: one of its own that keeps ``log_retention`` and goes with the stack.
    :param log_retention: for the own log group. Default: one month.
    :param role: bring your own. Default: one of its own that may write the log group and nothing else. Of a role that
        stays as it is, ``mutable=False``, each right that it must have already is a warning;
        ``.role`` then wraps yours.
    :param function_name: only where a person has to type it. Default: CloudFormation's unique name.
    :param description: what the console shows beside the name. Default: nothing.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        source: str | Path,
        handler: str = "handler.lambda_handler",
        runtime: lambda_.Runtime = lambda_.Runtime.PYTHON_3_14,
        architecture: lambda_.Architecture = lambda_.Architecture.ARM_64,
        memory_size: int | None = None,
        timeout: Duration | None = None,
        bring_boto3: bool = False,
        environment: Mapping[str, str] | None = None,
        tracing: lambda_.Tracing = lambda_.Tracing.DISABLED,
        log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        role: iam.IRole | None = None,
        function_name: str | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        environment = environment or {}
        check_environment(environment)
        check_no_text("role", role, f"iam.Role.from_role_arn(self, 'Role', {role!r})")
        check_runtime(runtime)
        check_handler(Path(source), handler)
        check_names(Path(source))
        packages = packages_for(Path(source), runtime, architecture, bring_boto3=bring_boto3)
        # No bytecode travels: to import pandas takes a whole processor two seconds, and 256 MB have a seventh of one.
        timeout = Duration.seconds(29 if packages else 10) if timeout is None else timeout
        memory_size = (1024 if packages else 256) if memory_size is None else memory_size
        check_timeout(timeout)
        check_memory(memory_size)
        check_no_keys(Path(source))

        self.log_group = log_group or define_log_group(self, "Logs", log_retention)
        self.role = (
            warn_of_grants(self, role)
            if role
            else iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        )
        self.lambda_function = lambda_.Function(
            self,
            "Function",
            code=packages.code(Stack.of(self))
            if packages
            else lambda_.Code.from_asset(str(source), exclude=list(NEVER_DEPLOYED), ignore_mode=IgnoreMode.GIT),
            handler=handler,
            runtime=runtime,
            architecture=architecture,
            memory_size=memory_size,
            timeout=timeout,
            environment=dict(environment),
            tracing=tracing,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            role=self.role,
            function_name=function_name,
            description=description,
        )
        note_source(
            cast(IConstruct, self.lambda_function.node.default_child), Path(source), with_packages=packages is not None
        )
        if isinstance(self.role, UnchangeableRole):
            self.role.needs(iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"]))
        else:
            self.log_group.grant_write(self.role)
        prove_start(self.lambda_function)
        self.timeout = timeout
        self._give_reasons(own_role=role is None, traced=tracing is not lambda_.Tracing.DISABLED)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Who gets a right when a caller grants it to this function."""
        return self.lambda_function.grant_principal

    def _give_reasons(self, *, own_role: bool, traced: bool) -> None:
        """Give the reasons that hold whatever triggers the function; a trigger adds its own on itself."""
        function = self.lambda_function
        acknowledge(
            function,
            "LambdaConcurrency",
            "New accounts have only ten concurrent executions, so reserving some makes the deploy fail.",
        )
        acknowledge(
            function,
            "LambdaDLQ",
            "Whoever invokes the function and waits sees its failure; a trigger that does not wait brings a queue.",
        )
        acknowledge(
            function,
            "LambdaInsideVPC",
            "The function reaches nothing inside a VPC, and a VPC would add a NAT gateway's price to no end.",
        )
        if own_role:
            acknowledge_inline_policy(self.role)
        if traced and own_role:
            acknowledge(
                self.role,
                "IAM5[Resource::*]",
                "X-Ray's two actions, which send a trace, have no resource that a policy could name.",
            )
        if not traced:
            acknowledge(
                function,
                "LambdaTracing",
                "Tracing is the caller's choice, as X-Ray bills per trace; tracing=Tracing.ACTIVE turns it on.",
            )
