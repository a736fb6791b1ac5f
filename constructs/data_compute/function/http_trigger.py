"""An API Gateway HTTP API that calls a function."""

import json
import re
from collections.abc import Sequence
from typing import cast

import jsii
from aws_cdk import Duration, Token
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from data_compute.arguments import check_kind, check_list, check_whole
from data_compute.function.python_function import PythonFunction
from data_compute.log_group import define_log_group

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
ROUTE = re.compile(rf"({'|'.join(METHODS)}) (/(?:[\w.~-]+|\{{\w+\}})(?:/(?:[\w.~-]+|\{{\w+\}}))*|/)")
ORIGIN = re.compile(r"https?://[\w.-]+(?::(\d{1,5}))?", re.ASCII)

# API Gateway gives up on an integration after 30 seconds; a function that may take longer answers nobody.
LONGEST_TIMEOUT = Duration.seconds(29)

# What a browser may send: anything as JSON, and where a route has an authorizer, a token or a signature for IAM.
HEADERS = ["content-type"]
WHO_CALLS = ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]

# One JSON object a request: what a person asks first when a call went wrong.
ACCESS_LOG = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "ip": "$context.identity.sourceIp",
        "route": "$context.routeKey",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "milliseconds": "$context.responseLatency",
        "error": "$context.error.message",
        "integrationError": "$context.integrationErrorMessage",
    }
)


class HttpTrigger(Construct):
    """An HTTP API that calls a function: named routes, a throttle and an access log.

    Closed by default: a path that is not a route answers 404 and no foreign web page may call it (CORS)::

        api = HttpTrigger(self, "Api", function=mean, routes=["GET /calculate_mean", "POST /calculate_mean"])

    Several functions share one API and its URL, each by its own routes; a path may have one for each method::

        api.add_routes(greet, ["GET /greet"])
        api.add_routes(learn, ["POST /greet"])

    :param function: what answers, in payload format 2.0 and within 29 seconds: whoever calls waits.
    :param routes: ``METHOD /path`` each; ``{name}`` stands for one segment. Catch-alls are refused.
    :param authorizer: who may call, such as ``HttpIamAuthorizer()``. Default: whoever knows the URL.
    :param allow_origins: web pages that may call it, such as ``https://example.org``. Default: none.
    :param rate_limit: requests a second, on average, before the API answers 429. Default: 5, which bounds the bill.
    :param burst_limit: requests at once before the API answers 429. Default: 20; a new account runs ten at once.
    :param log_group: for the access log; bring your own. Default: one that keeps ``log_retention``.
    :param log_retention: for the own log group. Default: one month.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: PythonFunction,
        routes: Sequence[str],
        authorizer: apigatewayv2.IHttpRouteAuthorizer | None = None,
        allow_origins: Sequence[str] = (),
        rate_limit: int = 5,
        burst_limit: int = 20,
        log_group: logs.ILogGroup | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
    ) -> None:
        super().__init__(scope, construct_id)
        _check_origins(allow_origins)
        _check_throttle(rate_limit=rate_limit, burst_limit=burst_limit)
        self.function = function
        self.log_group = log_group or define_log_group(self, "AccessLogs", log_retention)
        self.api = apigatewayv2.HttpApi(
            self,
            "HttpApi",
            api_name=self.node.path.replace("/", "-"),
            create_default_stage=False,
        )
        self.routes: list[apigatewayv2.HttpRoute] = []
        self._named: list[tuple[str, str]] = []
        self._allow_origins = list(allow_origins)
        self._allow_headers = HEADERS
        self.add_routes(function, routes, authorizer=authorizer)
        # The default stage has no name in the URL.
        self.stage = apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigatewayv2.ThrottleSettings(rate_limit=rate_limit, burst_limit=burst_limit),
            access_log_settings=_AccessLog(self.log_group),
        )
        self.url = self.api.api_endpoint

    def add_routes(
        self,
        function: PythonFunction,
        routes: Sequence[str],
        *,
        authorizer: apigatewayv2.IHttpRouteAuthorizer | None = None,
    ) -> list[apigatewayv2.HttpRoute]:
        """Let more routes call a function: this API's own, or another one.

        :param authorizer: who may call by these. Default: whoever knows the URL.
        """
        check_kind("function", function, PythonFunction, "the PythonFunction itself")
        check_list("routes", routes)
        _check_timeout(function.timeout)
        named = [_parse_route(route) for route in routes]
        if not named or len({*self._named, *named}) < len(self._named) + len(named):
            raise ValueError(
                f"routes is {list(routes)}: name at least one, such as 'GET /calculate_mean', and each once in an API"
            )
        self._named += named
        if authorizer:
            self._allow_headers = HEADERS + WHO_CALLS
        self._let_origins_call()
        integration = HttpLambdaIntegration("Integration", function.lambda_function, scope_permission_to_route=True)
        added: list[apigatewayv2.HttpRoute] = []
        for method, path in named:
            (route,) = self.api.add_routes(
                path=path,
                methods=[apigatewayv2.HttpMethod[method]],
                integration=integration,
                authorizer=authorizer,
            )
            # The CDK's own is for every method of the path: two of a path would be two of the same.
            permission = cast(lambda_.CfnPermission, route.node.find_child("Integration-Permission"))
            permission.source_arn = self.api.arn_for_execute_api(method, path)
            added.append(route)
        self.routes += added
        return added

    def _let_origins_call(self) -> None:
        """Allow the methods and headers that there are by now to the web pages that may call."""
        if self._allow_origins:
            api = cast(apigatewayv2.CfnApi, self.api.node.default_child)
            api.cors_configuration = apigatewayv2.CfnApi.CorsProperty(
                allow_origins=self._allow_origins,
                allow_methods=list(dict.fromkeys(method for method, _ in self._named)),
                allow_headers=self._allow_headers,
            )


@jsii.implements(apigatewayv2.IAccessLogSettings)
class _AccessLog:
    def __init__(self, log_group: logs.ILogGroup) -> None:
        self._destination = apigatewayv2.LogGroupLogDestination(log_group)

    @property
    def destination(self) -> apigatewayv2.IAccessLogDestination:
        return self._destination

    @property
    def format(self) -> apigateway.AccessLogFormat:
        return apigateway.AccessLogFormat.custom(ACCESS_LOG)


def _check_timeout(timeout: Duration) -> None:
    if not timeout.is_unresolved() and timeout.to_seconds() > LONGEST_TIMEOUT.to_seconds():
        raise ValueError(
            f"the function's timeout is {timeout.to_seconds():g} s, but API Gateway waits at most 30 s: "
            f"give it at most Duration.seconds({LONGEST_TIMEOUT.to_seconds():g}), or another trigger"
        )


def _parse_route(route: str) -> tuple[str, str]:
    matched = ROUTE.fullmatch(route)
    if not matched:
        raise ValueError(
            f"route {route!r} is not of the form 'METHOD /path', with one of {', '.join(METHODS)} "
            "and no catch-all: name each route, such as 'GET /calculate_mean'"
        )
    return matched[1], matched[2]


def _check_origins(origins: Sequence[str]) -> None:
    check_list("allow_origins", origins)
    for origin in origins:
        matched = ORIGIN.fullmatch(origin)
        if not Token.is_unresolved(origin) and not (matched and 0 < int(matched[1] or 443) <= 65535):
            raise ValueError(
                f"origin {origin!r} is not of the form 'https://host[:port]', in ASCII, with a port up to 65535: "
                "name each web page's origin, as '*' would let every page on the internet call the API"
            )


def _check_throttle(**limits: int) -> None:
    for name, limit in limits.items():
        check_whole(name, limit)
        if not Token.is_unresolved(limit) and limit < 1:
            raise ValueError(f"{name} is {limit}, so the API would answer 429 to everybody: use at least 1")
