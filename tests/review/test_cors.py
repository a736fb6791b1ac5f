"""Which web pages may call from a browser."""

from typing import Any

import pytest

from review.assembly import Assembly
from tests.review.apps import app, in_words, resource, told

PAGE, OTHER = "https://a.example", "https://b.example"


def api(*origins: str, **more: Any) -> Assembly:
    return app({"It": resource("AWS::ApiGatewayV2::Api", {"CorsConfiguration": {"AllowOrigins": [*origins], **more}})})


def bucket(*origins: str) -> Assembly:
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": [*origins]}]
    return app({"It": resource("AWS::S3::Bucket", {"CorsConfiguration": {"CorsRules": rules}})})


def url(*origins: str, **more: Any) -> Assembly:
    said = {"AuthType": "AWS_IAM", "Cors": {"AllowOrigins": [*origins], **more}}
    return app({"It": resource("AWS::Lambda::Url", said)})


def rest(origin: str) -> Assembly:
    answers = [{"ResponseParameters": {"method.response.header.Access-Control-Allow-Origin": f"'{origin}'"}}]
    options = {"HttpMethod": "OPTIONS", "Integration": {"Type": "MOCK", "IntegrationResponses": answers}}
    return app({"It": resource("AWS::ApiGateway::Method", options)})


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (api(PAGE), api(PAGE, OTHER), {f"look cors:App/It:{OTHER}"}),
        (api(), api("*"), {"look cors:App/It:*"}),
        (api(PAGE), api(OTHER), {f"look cors:App/It:{OTHER}", f"look cors-gone:App/It:{PAGE}"}),
        (api(PAGE), api("*"), {"look cors:App/It:*"}),
        (api(PAGE), api(PAGE, AllowCredentials=True), {f"look cors:App/It:{PAGE}:credentials"}),
        (url(PAGE), url("*", AllowCredentials=True), {"STOP cors:App/It:*:credentials"}),
        (bucket(), bucket("*"), {"look cors:App/It:*"}),
        (rest(PAGE), rest("*"), {"look cors:App/It:*"}),
        (api(PAGE, OTHER), api(OTHER, PAGE), set()),
    ],
)
def test_the_pages_that_come_and_go_are_told(before: Assembly, after: Assembly, wanted: set[str]) -> None:
    assert in_words(told(before, after)) == wanted
