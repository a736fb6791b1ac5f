"""Which calls an API answers, and of whom: each planted change with its level."""

from typing import Any

import pytest

from review.apis import answers
from review.assembly import Assembly
from tests.review.apps import Json, app, apps, found, in_words, resource, told

HTTP, REST = "AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi"
JWT: dict[str, Any] = {"AuthorizationType": "JWT", "AuthorizerId": {"Ref": "Auth"}}


def http(**keys: Json) -> Assembly:
    return app(
        {"Api": resource(HTTP, {"Name": "a"}), "Auth": resource("AWS::ApiGatewayV2::Authorizer")}
        | {name: resource("AWS::ApiGatewayV2::Route", {"ApiId": {"Ref": "Api"}, **said}) for name, said in keys.items()}
    )


def get(path: str = "mean", **more: Any) -> Json:
    return {"RouteKey": f"GET /{path}", "AuthorizationType": "NONE", **more}


def rest(method: str = "GET", api: Json | None = None, **more: Any) -> Assembly:
    return app(
        {
            "Api": resource(REST, {"Name": "a", **(api or {})}),
            "A": resource("AWS::ApiGateway::Resource", {"PathPart": "a", "ParentId": {"Fn::GetAtt": ["Api", "Root"]}}),
            "B": resource("AWS::ApiGateway::Resource", {"PathPart": "b", "ParentId": {"Ref": "A"}}),
            "Get": resource(
                "AWS::ApiGateway::Method",
                {"RestApiId": {"Ref": "Api"}, "ResourceId": {"Ref": "B"}, "HttpMethod": method, **more},
            ),
        }
    )


CHANGES = [
    # The first door of an API, another one, and one behind an authorizer.
    (http(), http(Get=get()), {"STOP route:App/Get:GET_/mean"}),
    (http(Get=get()), http(Get=get(), More=get("more")), {"look route:App/More:GET_/more"}),
    (http(), http(Get=get(**JWT)), {"look route:App/Get:GET_/mean"}),
    # What asks callers who they are.
    (http(Get=get(**JWT)), http(Get=get()), {"STOP authorizer-lost:App/Get:GET_/mean"}),
    (http(Get=get()), http(Get=get(**JWT)), {"look route:App/Get:GET_/mean"}),
    (
        http(Get=get(**JWT, AuthorizationScopes=["write"])),
        http(Get=get(**JWT)),
        {"look route:App/Get:GET_/mean"},
    ),
    # Whatever is called.
    (http(Get=get()), http(Get=get(), All=get(RouteKey="$default")), {"STOP catch-all:App/All:$default"}),
    (http(Get=get()), http(Get=get(), All=get(RouteKey="ANY /a")), {"STOP catch-all:App/All:ANY_/a"}),
    (http(Get=get()), http(Get=get(), All=get("{proxy+}")), {"STOP catch-all:App/All:GET_/{proxy+}"}),
    (http(Get=get()), http(Get=get(), All=get("{proxy+}", **JWT)), {"look catch-all:App/All:GET_/{proxy+}"}),
    # What goes.
    (http(Get=get(), More=get("b")), http(Get=get()), {"STOP route-gone:App/More:GET_/b"}),
    (http(Get=get()), http(Get=get("b")), {"STOP route-gone:App/Get:GET_/mean", "look route:App/Get:GET_/b"}),
    (http(Get=get()), http(Get=get("{id}")), {"look route-gone:App/Get:GET_/mean", "look route:App/Get:GET_/{id}"}),
    # REST.
    (rest(AuthorizationType="AWS_IAM"), rest(AuthorizationType="NONE"), {"STOP authorizer-lost:App/Get:GET_/a/b"}),
    (rest(ApiKeyRequired=True), rest(), {"STOP authorizer-lost:App/Get:GET_/a/b"}),
    (rest(), rest("ANY"), {"look route-gone:App/Get:GET_/a/b", "STOP catch-all:App/Get:ANY_/a/b"}),
    (rest(api={"Policy": {}}), rest(), {"STOP authorizer-lost:App/Get:GET_/a/b"}),
    (
        rest(api={"EndpointConfiguration": {"Types": ["PRIVATE"]}}),
        rest(api={"EndpointConfiguration": {"Types": ["REGIONAL"]}}),
        {"STOP authorizer-lost:App/Get:GET_/a/b"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "wanted"), CHANGES)
def test_each_change_is_told_with_its_level(before: Assembly, after: Assembly, wanted: set[str]) -> None:
    unsaid = ("note ", "look replaced", "look perhaps-replaced")
    assert {fact for fact in in_words(told(before, after)) if not fact.startswith(unsaid)} == wanted


def test_another_order_and_another_target_are_no_news_of_routes() -> None:
    old = http(Get=get(Target="integrations/a"), More=get("more"))
    new = http(More=get("more"), Get=get(Target="integrations/b"))
    assert not in_words(told(old, new))


def test_of_an_api_that_goes_no_route_is_told() -> None:
    facts = in_words(told(http(Get=get()), app()))
    assert not [fact for fact in facts if "route" in fact]


def test_a_route_that_stays_in_the_account_answers_on() -> None:
    old = http(Get=get())
    old.stacks[0].template["Resources"]["Get"]["DeletionPolicy"] = "Retain"
    assert in_words(told(old, http())) == {"look kept:App/Get"}


def test_of_a_stack_that_is_left_no_route_goes() -> None:
    assert in_words(told(http(Get=get()), apps(Other={}))) == {"look stack-left:App", "note stack-created:Other"}


def test_an_api_that_makes_its_own_route_is_read() -> None:
    quick = app({"Api": resource(HTTP, {"Target": "arn:lambda"})})
    assert in_words(found(quick)) == {"STOP catch-all:App/Api:$default", "look callable:App/Api:$default"}


def test_the_inventory_names_what_everybody_may_call() -> None:
    facts = found(http(Get=get(), More=get("more"), Shut=get("shut", **JWT)))
    id_ = "callable:App/Api:GET_/mean,GET_/more"
    assert in_words(facts) == {f"look {id_}"}
    assert facts[id_].values["routes"] == ["GET /mean", "GET /more"]


def test_routes_that_stand_elsewhere_are_said_not_to_be_looked_into() -> None:
    assert "look routes-elsewhere:App/Api" in in_words(told(http(), app({"Api": resource(HTTP, {"Body": {}})})))


def test_what_the_cdk_writes_for_cors_is_no_open_route() -> None:
    assert not in_words(found(rest("OPTIONS", Integration={"Type": "MOCK"})))
    assert in_words(found(rest("OPTIONS", Integration={"Type": "AWS_PROXY"}))) == {"look callable:App/Api:OPTIONS_/a/b"}


@pytest.mark.parametrize(
    ("pattern", "key", "wanted"),
    [
        ("$default", "GET /a", True),
        ("ANY /a", "GET /a", True),
        ("GET /{proxy+}", "GET /a/b", True),
        ("GET /{id}", "GET /a", True),
        ("GET /{id}", "GET /a/b", False),
        ("POST /a", "GET /a", False),
        ("GET /a.b", "GET /acb", False),
    ],
)
def test_which_route_answers_for_another(pattern: str, key: str, wanted: object) -> None:
    assert answers(pattern, key) is wanted
