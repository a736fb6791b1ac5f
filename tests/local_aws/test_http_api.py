"""An HTTP API's CORS and its access log, by a raw template."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest

from data_compute.function.http_trigger import ACCESS_LOG
from local_aws.cloud import Cloud
from tests.local_aws.raw_stacks import FUNCTION_ROLE, api_may_call, delete, wait

pytestmark = pytest.mark.system

PAGE = "https://example.org"
CORS = {"AllowOrigins": [PAGE], "AllowMethods": ["GET"], "AllowHeaders": ["content-type"]}
CODE = """
def lambda_handler(event, context):
    if event["rawQueryString"] == "fail":
        raise ValueError("a secret")
    return "hello"
"""


def template(cors: dict[str, Any] | None) -> str:
    api, function = {"Ref": "Api"}, {"Fn::GetAtt": ["Function", "Arn"]}
    api_properties = {"Name": "greet", "ProtocolType": "HTTP"} | ({"CorsConfiguration": cors} if cors else {})
    resources = {
        "Function": (
            "Lambda::Function",
            {
                "Code": {"ZipFile": CODE},
                "Handler": "index.lambda_handler",
                "Runtime": "python3.13",
                "Role": FUNCTION_ROLE,
            },
        ),
        "Api": ("ApiGatewayV2::Api", api_properties),
        "Integration": (
            "ApiGatewayV2::Integration",
            {
                "ApiId": api,
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": function,
                "PayloadFormatVersion": "2.0",
            },
        ),
        "Route": (
            "ApiGatewayV2::Route",
            {
                "ApiId": api,
                "RouteKey": "GET /greet",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]},
            },
        ),
        "Root": (
            "ApiGatewayV2::Route",
            {
                "ApiId": api,
                "RouteKey": "GET /",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]},
            },
        ),
        "Logs": ("Logs::LogGroup", {"LogGroupName": "accesses"}),
        "Stage": (
            "ApiGatewayV2::Stage",
            {
                "ApiId": api,
                "StageName": "$default",
                "AutoDeploy": True,
                "AccessLogSettings": {"DestinationArn": {"Fn::GetAtt": ["Logs", "Arn"]}, "Format": ACCESS_LOG},
            },
        ),
    }
    return json.dumps(
        {
            "Resources": {
                "Permission": api_may_call("Function", "Api"),
                **{name: {"Type": f"AWS::{kind}", "Properties": given} for name, (kind, given) in resources.items()},
            },
            "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}},
        }
    )


@pytest.fixture
def url(cloud: Cloud) -> Iterator[str]:
    cloud.client("cloudformation").create_stack(StackName="greet", TemplateBody=template(CORS))
    yield wait(cloud, "greet", "stack_create_complete")["Url"]
    delete(cloud, "greet")


def ask(url: str, origin: str, method: str = "GET") -> tuple[int, Message]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    asked = urllib.request.Request(url, headers=headers, method=method)  # noqa: S310 - the stack's output
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_a_web_page_calls_it_as_the_template_says(cloud: Cloud, url: str) -> None:
    status, headers = ask(f"{url}/greet", PAGE, "OPTIONS")
    assert status == 204
    assert headers["Access-Control-Allow-Origin"] == PAGE
    assert headers["Access-Control-Allow-Methods"] == "GET"
    assert headers["Access-Control-Allow-Headers"] == "content-type"
    assert ask(f"{url}/greet", PAGE)[1]["Access-Control-Allow-Origin"] == PAGE
    assert ask(f"{url}/greet", "https://evil.example")[1]["Access-Control-Allow-Origin"] is None

    other = "https://other.example"
    cloud.client("cloudformation").update_stack(
        StackName="greet", TemplateBody=template(CORS | {"AllowOrigins": [other]})
    )
    wait(cloud, "greet", "stack_update_complete")
    assert ask(f"{url}/greet", other)[1]["Access-Control-Allow-Origin"] == other
    assert ask(f"{url}/greet", PAGE)[1]["Access-Control-Allow-Origin"] is None

    cloud.client("cloudformation").update_stack(StackName="greet", TemplateBody=template(None))
    wait(cloud, "greet", "stack_update_complete")
    assert ask(f"{url}/greet", other)[1]["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("end", ["", "/", "?a=1", "/?a=1"])
def test_its_url_is_its_root(url: str, end: str) -> None:
    status, headers = ask(f"{url}{end}", PAGE)
    assert status == 200
    assert headers["Access-Control-Allow-Origin"] == PAGE


def test_whoever_asks_learns_nothing_of_why_a_function_failed(url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as failed:
        urllib.request.urlopen(f"{url}/greet?fail", timeout=20)  # noqa: S310 - the stack's output
    assert failed.value.headers["Content-Type"] == "application/json"
    assert (failed.value.code, failed.value.read()) == (500, b'{"message":"Internal Server Error"}')


def test_each_request_is_in_the_access_log(cloud: Cloud, url: str) -> None:
    ask(f"{url}/greet", PAGE)
    ask(f"{url}/elsewhere", PAGE)
    events = cloud.client("logs").filter_log_events(logGroupName="accesses")["events"]
    good, lost = [json.loads(event["message"]) for event in events]
    assert good.keys() == json.loads(ACCESS_LOG).keys()
    assert (good["route"], good["status"], good["bytes"], good["ip"]) == ("GET /greet", "200", "5", "127.0.0.1")
    assert (good["error"], good["integrationError"]) == ("-", "-")
    assert good["milliseconds"].isdigit()
    assert (lost["route"], lost["status"], lost["error"]) == ("-", "404", "Not Found")
    assert good["requestId"] != lost["requestId"]
