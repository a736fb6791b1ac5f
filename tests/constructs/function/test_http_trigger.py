"""The HTTP API: its defaults, each option, what a caller can bring, and what it refuses."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aws_cdk import CfnParameter, Duration, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_authorizers import HttpIamAuthorizer

from data_compute import HttpTrigger, PythonFunction
from tests.templates import Json, properties, rendered, resources, synthesized

Define = Callable[..., HttpTrigger]


@pytest.fixture(scope="module")
def define(new_stack: Callable[[], Stack], function_folder: Path) -> Define:
    def define_api(stack: Stack | None = None, **arguments: Any) -> HttpTrigger:
        stack = stack or new_stack()
        mean = PythonFunction(stack, "Mean", source=function_folder, handler="handler.lambda_handler")
        given: dict[str, Any] = {"function": mean, "routes": ["GET /mean", "POST /mean"]} | arguments
        return HttpTrigger(stack, "Api", **given)

    return define_api


@pytest.fixture(scope="module")
def default(define: Define) -> HttpTrigger:
    return define()


@pytest.fixture(scope="module")
def template(default: HttpTrigger) -> Json:
    return synthesized(Stack.of(default))


def routes(template: Json) -> dict[str, Json]:
    found = [route["Properties"] for route in resources(template, "AWS::ApiGatewayV2::Route").values()]
    return {route["RouteKey"]: route for route in found}


def test_every_route_is_named_and_leads_to_the_function(default: HttpTrigger, template: Json) -> None:
    (integration,) = resources(template, "AWS::ApiGatewayV2::Integration")

    assert routes(template).keys() == {"GET /mean", "POST /mean"}
    for route in routes(template).values():
        assert route["AuthorizationType"] == "NONE"
        assert rendered(route["Target"]) == f"integrations/${{{integration}}}"
    assert properties(template, "AWS::ApiGatewayV2::Integration") == {
        "ApiId": Stack.of(default).resolve(default.api.api_id),
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": Stack.of(default).resolve(default.function.lambda_function.function_arn),
        "PayloadFormatVersion": "2.0",
    }


def test_only_this_apis_routes_may_invoke_the_function(default: HttpTrigger, template: Json) -> None:
    api = f":execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{rendered(Stack.of(default).resolve(default.api.api_id))}"
    permissions = resources(template, "AWS::Lambda::Permission").values()
    sources = [rendered(permission["Properties"]["SourceArn"]) for permission in permissions]
    assert [source.partition(":execute-api")[2] for source in sources] == [
        f"{api}/*/{method}/mean".removeprefix(":execute-api") for method in ("GET", "POST")
    ]
    for permission in permissions:
        source = permission["Properties"]["SourceArn"]
        assert permission["Properties"] == {
            "Action": "lambda:InvokeFunction",
            "FunctionName": Stack.of(default).resolve(default.function.lambda_function.function_arn),
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": source,
        }


def test_the_stage_throttles_and_logs_each_request(default: HttpTrigger, template: Json) -> None:
    stage = properties(template, "AWS::ApiGatewayV2::Stage")
    log_format = stage["AccessLogSettings"]["Format"]

    assert stage == {
        "AccessLogSettings": {
            "DestinationArn": Stack.of(default).resolve(default.log_group.log_group_arn),
            "Format": log_format,
        },
        "ApiId": Stack.of(default).resolve(default.api.api_id),
        "AutoDeploy": True,
        "DefaultRouteSettings": {"ThrottlingBurstLimit": 20, "ThrottlingRateLimit": 5},
        "StageName": "$default",
    }
    assert json.loads(log_format) == {
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
    assert "\n" not in log_format


def test_no_foreign_page_may_call_it(template: Json) -> None:
    assert properties(template, "AWS::ApiGatewayV2::Api") == {"Name": "Stack-Api", "ProtocolType": "HTTP"}


def test_both_log_groups_forget(template: Json) -> None:
    groups = resources(template, "AWS::Logs::LogGroup").values()

    assert [group["Properties"] for group in groups] == [{"RetentionInDays": 30}, {"RetentionInDays": 30}]


def test_what_it_offers_to_the_caller(default: HttpTrigger) -> None:
    assert isinstance(default.function, PythonFunction)
    assert isinstance(default.api, apigatewayv2.HttpApi)
    assert isinstance(default.stage, apigatewayv2.HttpStage)
    api_id = rendered(Stack.of(default).resolve(default.api.api_id))
    assert rendered(Stack.of(default).resolve(default.url)) == api_id[:-1] + ".ApiEndpoint}"
    assert [route.path for route in default.routes] == ["/mean", "/mean"]


def test_routes_with_a_name_for_a_segment(define: Define) -> None:
    template = synthesized(Stack.of(define(routes=["GET /", "GET /sets/{name}/mean", "DELETE /sets/{name}"])))

    assert routes(template).keys() == {"GET /", "GET /sets/{name}/mean", "DELETE /sets/{name}"}


def test_throttle_is_the_callers_choice(define: Define) -> None:
    stage = properties(synthesized(Stack.of(define(rate_limit=50, burst_limit=70))), "AWS::ApiGatewayV2::Stage")

    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 70, "ThrottlingRateLimit": 50}


def test_authorizer_is_asked_on_every_route(define: Define) -> None:
    found = routes(synthesized(Stack.of(define(authorizer=HttpIamAuthorizer()))))

    assert {key: route["AuthorizationType"] for key, route in found.items()} == {
        "GET /mean": "AWS_IAM",
        "POST /mean": "AWS_IAM",
    }


def test_another_function_answers_by_its_own_routes(
    define: Define, new_stack: Callable[[], Stack], function_folder: Path
) -> None:
    stack = new_stack()
    api = define(stack)
    other = PythonFunction(stack, "Other", source=function_folder)
    added = api.add_routes(other, ["GET /other", "DELETE /mean"])
    template = synthesized(stack)

    assert [route.path for route in added] == ["/other", "/mean"]
    assert [route.path for route in api.routes] == ["/mean", "/mean", "/other", "/mean"]
    found = routes(template)
    assert found.keys() == {"GET /mean", "POST /mean", "GET /other", "DELETE /mean"}
    for key, function in (("GET /mean", api.function), ("GET /other", other), ("DELETE /mean", other)):
        integration = rendered(found[key]["Target"]).removeprefix("integrations/${").removesuffix("}")
        arn = stack.resolve(function.lambda_function.function_arn)
        assert template["Resources"][integration]["Properties"]["IntegrationUri"] == arn
    callers = [
        permission["Properties"]["SourceArn"]["Fn::Join"][1][-1]
        for permission in resources(template, "AWS::Lambda::Permission").values()
        if permission["Properties"]["FunctionName"] == stack.resolve(other.lambda_function.function_arn)
    ]
    assert sorted(callers) == ["/*/DELETE/mean", "/*/GET/other"]


def test_authorizer_of_more_routes_is_theirs(define: Define) -> None:
    api = define()
    api.add_routes(api.function, ["DELETE /mean"], authorizer=HttpIamAuthorizer())
    found = routes(synthesized(Stack.of(api)))

    assert {key: route["AuthorizationType"] for key, route in found.items()} == {
        "GET /mean": "NONE",
        "POST /mean": "NONE",
        "DELETE /mean": "AWS_IAM",
    }


def test_named_origins_may_call_more_routes_too(define: Define) -> None:
    api = define(allow_origins=["https://example.org"])
    api.add_routes(api.function, ["DELETE /mean", "GET /other"])

    cors = properties(synthesized(Stack.of(api)), "AWS::ApiGatewayV2::Api")["CorsConfiguration"]
    assert cors["AllowMethods"] == ["GET", "POST", "DELETE"]


def test_named_origins_may_call_the_methods_that_there_are(define: Define) -> None:
    origins = ["https://example.org", "http://localhost:8501"]
    api = properties(synthesized(Stack.of(define(allow_origins=origins))), "AWS::ApiGatewayV2::Api")

    assert api["CorsConfiguration"] == {
        "AllowHeaders": ["content-type"],
        "AllowMethods": ["GET", "POST"],
        "AllowOrigins": origins,
    }


def test_named_origins_may_say_who_calls_where_somebody_asks(define: Define) -> None:
    origins = ["https://example.org"]
    later = define(allow_origins=origins)
    later.add_routes(later.function, ["DELETE /mean"], authorizer=HttpIamAuthorizer())
    later.add_routes(later.function, ["GET /other"])
    for api in (define(allow_origins=origins, authorizer=HttpIamAuthorizer()), later):
        cors = properties(synthesized(Stack.of(api)), "AWS::ApiGatewayV2::Api")["CorsConfiguration"]
        assert cors["AllowHeaders"] == [
            *("content-type", "authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token")
        ]


def test_an_origin_known_only_at_the_deploy_is_let_through(define: Define, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    define(stack, allow_origins=[CfnParameter(stack, "Origin").value_as_string])

    api = properties(synthesized(stack), "AWS::ApiGatewayV2::Api")
    assert api["CorsConfiguration"]["AllowOrigins"] == [{"Ref": "Origin"}]


def test_log_retention_is_the_callers_choice(define: Define) -> None:
    api = define(log_retention=logs.RetentionDays.ONE_YEAR)
    template = synthesized(Stack.of(api))

    name = Stack.of(api).resolve(api.log_group.log_group_name)["Ref"]
    assert template["Resources"][name]["Properties"] == {"RetentionInDays": 365}


def test_own_log_group_of_the_caller(define: Define, new_stack: Callable[[], Stack]) -> None:
    stack = new_stack()
    theirs = logs.LogGroup.from_log_group_name(stack, "Theirs", "their-logs")
    define(stack, log_group=theirs)
    template = synthesized(stack)

    settings = properties(template, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    assert rendered(settings["DestinationArn"]).endswith(":log-group:their-logs:*")
    # The one that is left is the function's own.
    assert len(resources(template, "AWS::Logs::LogGroup")) == 1


@pytest.mark.parametrize(
    "route",
    [
        "$default",
        "/mean",
        "GET",
        "GET mean",
        "get /mean",
        "ANY /mean",
        "GET  /mean",
        "GET /mean/",
        "GET //mean",
        "GET /{proxy+}",
        "GET /mean?nums=1",
        "GET /mean\n",
        "TRACE /mean",
        "GET /*",
    ],
)
def test_a_route_that_is_not_named_is_refused(define: Define, route: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"route {route!r} is not of the form 'METHOD /path'")) as refused:
        define(routes=["GET /mean", route])

    assert "name each route, such as 'GET /calculate_mean'" in str(refused.value)


def test_a_route_named_twice_is_refused(define: Define) -> None:
    with pytest.raises(ValueError, match=r"'GET /a', 'GET /a'.* each once"):
        define(routes=["GET /a", "GET /a"])


def test_a_route_that_is_there_already_is_refused(define: Define) -> None:
    api = define()

    with pytest.raises(ValueError, match=r"routes is \['GET /a', 'GET /mean'\]: .* each once in an API"):
        api.add_routes(api.function, ["GET /a", "GET /mean"])


def test_no_routes_are_refused(define: Define) -> None:
    with pytest.raises(ValueError, match=r"routes is \[\]: name at least one, such as 'GET /calculate_mean'"):
        define(routes=[])


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*",
        "https://*.example.org",
        "example.org",
        "https://example.org/",
        "https://exämple.org",
        "http://localhost:99999",
        "http://localhost:0",
        "",
    ],
)
def test_an_origin_that_is_not_one_is_refused(define: Define, origin: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"origin {origin!r} is not of the form 'https://host[:port]'")):
        define(allow_origins=["https://example.org", origin])


def test_a_function_slower_than_the_api_waits_is_refused(
    define: Define, new_stack: Callable[[], Stack], function_folder: Path
) -> None:
    stack = new_stack()
    slow = PythonFunction(
        stack, "Slow", source=function_folder, handler="handler.lambda_handler", timeout=Duration.seconds(30)
    )
    message = r"the function's timeout is 30 s, but API Gateway waits at most 30 s: .*Duration\.seconds\(29\)"

    with pytest.raises(ValueError, match=message):
        define(stack, function=slow)
    with pytest.raises(ValueError, match=message):
        define().add_routes(slow, ["GET /slow"])


def test_a_timeout_known_only_at_the_deploy_is_let_through(
    define: Define, new_stack: Callable[[], Stack], function_folder: Path
) -> None:
    stack = new_stack()
    seconds = CfnParameter(stack, "Seconds", type="Number").value_as_number
    patient = PythonFunction(
        stack, "Patient", source=function_folder, handler="handler.lambda_handler", timeout=Duration.seconds(seconds)
    )
    define(stack, function=patient)


@pytest.mark.parametrize("name", ["rate_limit", "burst_limit"])
def test_a_throttle_that_lets_nobody_in_is_refused(define: Define, name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name} is 0, so the API would answer 429 to everybody: use at least 1$"):
        define(**{name: 0})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"routes": "GET /a"}, "routes is 'GET /a': pass a list, such as ['GET /a']"),
        (
            {"allow_origins": "https://a.org"},
            "allow_origins is 'https://a.org': pass a list, such as ['https://a.org']",
        ),
        ({"rate_limit": "5"}, "rate_limit is '5': pass a whole number, without quotes"),
        ({"burst_limit": 1.5}, "burst_limit is 1.5: pass a whole number, without quotes"),
    ],
)
def test_an_argument_of_another_kind_is_refused_by_name(define: Define, arguments: Json, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        define(**arguments)


def test_the_cdks_function_inside_of_ours_is_refused(define: Define) -> None:
    api = define()
    with pytest.raises(ValueError, match=r"^function is <.*>: pass the PythonFunction itself$"):
        api.add_routes(cast(PythonFunction, api.function.lambda_function), ["GET /a"])
