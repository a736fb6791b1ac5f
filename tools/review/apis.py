"""The routes of the HTTP, WebSocket and REST APIs of an assembly, and who may call each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from facts.schemas import at
from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.fates import replaced
from review.lost import RETAINS, retention
from review.meaning import possible, resources_named
from review.spelling import Called, spelled

APIS = ("AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi")
ROUTE, METHOD = "AWS::ApiGatewayV2::Route", "AWS::ApiGateway::Method"
NOBODY_ASKED = "NONE"
CATCH_ALL = ("$default", "{proxy+}")


@dataclass(frozen=True)
class Route:
    """What callers name, such as `GET /calculate_mean`."""

    resource: Resource
    # As it is after the change; of one that is none of the assembly's, its id.
    api: Resource | str
    key: str
    # `NONE`, or by what a caller is known.
    checked_by: str

    @property
    def open(self) -> bool:
        """Tell whether everybody may call it."""
        return self.checked_by == NOBODY_ASKED

    @property
    def catches_all(self) -> bool:
        """Tell whether it answers calls that no other route names."""
        return self.key.startswith("ANY ") or any(one in self.key for one in CATCH_ALL)


def answers(pattern: str, key: str) -> bool:
    """Tell whether a route takes the calls that another one's key names."""
    if "$default" in pattern:
        return True
    (method, _, path), (other_method, _, other) = pattern.partition(" "), key.partition(" ")
    parts = [
        re.escape(part) if not part.startswith("{") else ".+" if part.endswith("+}") else "[^/]+"
        for part in re.split(r"(\{[^}]*\})", path)
    ]
    return method in ("ANY", other_method) and re.fullmatch("".join(parts), other) is not None


def routes(assembly: Assembly, called: Called) -> Iterator[Route]:
    """Give every route."""
    for resource in assembly.resources:
        if resource.type == APIS[0] and "Target" in resource.properties:
            key = spelled(resource.stack, resource.properties.get("RouteKey", "$default"), called)
            yield Route(resource, _called(resource, called), key, NOBODY_ASKED)
        elif resource.type in (ROUTE, METHOD) and not _answers_browsers_alone(resource):
            api, of = _api(assembly, resource), resource.properties.get("ApiId", resource.properties.get("RestApiId"))
            named = _called(api, called) if api else spelled(resource.stack, of, called)
            yield Route(resource, named, _key(assembly, resource, called), _checked_by(assembly, resource, api, called))


def gone_routes(comparison: Comparison) -> list[Route]:
    """Give the routes that go, unless the whole API goes, gets another URL, or is left as it is."""
    come = {(route.api, route.key) for route in routes(comparison.after, {})}
    anew = replaced(comparison) | {pair.after for pair in comparison.moved} | set(comparison.deleted)
    go = {one for one in comparison.deleted if retention(one, "DeletionPolicy") not in RETAINS}
    return [
        route
        for route in routes(comparison.before, comparison.become)
        if (route.api, route.key) not in come
        and route.api not in anew
        and (route.resource in go or route.resource in comparison.become)
    ]


def _called(api: Resource, called: Called) -> Resource:
    return called.get(api, api)


def _api(assembly: Assembly, resource: Resource) -> Resource | None:
    of = [resource.properties.get(name) for name in ("ApiId", "RestApiId")]
    return next((one for one, _ in resources_named(assembly, resource.stack, of) if one.type in APIS), None)


def _key(assembly: Assembly, resource: Resource, called: Called) -> str:
    if resource.type == ROUTE:
        return spelled(resource.stack, resource.properties.get("RouteKey"), called)
    method = spelled(resource.stack, resource.properties.get("HttpMethod"), called)
    return f"{method} /{'/'.join(_path(assembly, resource, 'ResourceId', called))}"


def _path(assembly: Assembly, resource: Resource, by: str, called: Called) -> list[str]:
    for named, _ in resources_named(assembly, resource.stack, resource.properties.get(by)):
        if named.type == "AWS::ApiGateway::Resource":
            part = spelled(named.stack, named.properties.get("PathPart"), called)
            return [*_path(assembly, named, "ParentId", called), part]
    return []


def _checked_by(assembly: Assembly, resource: Resource, api: Resource | None, called: Called) -> str:
    said = [value for _, value in possible(assembly, resource.stack, resource.properties.get("AuthorizationType", []))]
    # Of a value that only a deploy knows, the worst.
    if said and all(isinstance(value, str) and value != NOBODY_ASKED for value in said):
        more = [resource.properties.get(name) for name in ("AuthorizerId", "AuthorizationScopes")]
        return " ".join([str(said[0]), *(spelled(resource.stack, one, called) for one in more if one)])
    if resource.properties.get("ApiKeyRequired") is True:
        return "an API key"
    if api and _types(assembly, api) == ["PRIVATE"]:
        return "a private network"
    return "the policy of the API" if api and "Policy" in api.properties else NOBODY_ASKED


def _answers_browsers_alone(resource: Resource) -> bool:
    """Tell whether it is what the CDK writes for CORS: no program is behind it, and no browser signs in for it."""
    of_rest = resource.properties.get("HttpMethod") == "OPTIONS"
    return of_rest and at(resource.properties, ["Integration", "Type"]) == "MOCK"


def _types(assembly: Assembly, api: Resource) -> list[Any]:
    types = at(api.properties, ["EndpointConfiguration", "Types"])
    return [value for _, value in possible(assembly, api.stack, types or [])]
