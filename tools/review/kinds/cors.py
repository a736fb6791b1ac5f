"""Which web pages may call from a browser."""

from collections.abc import Iterator

from facts.schemas import at
from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.fact import Fact, Level, quoted
from review.meaning import possible
from review.spelling import Called, spelled

TELLS = ("cors", "cors-gone")
ONLY_CHANGES = ("cors-gone",)
# Where each type says from which pages, and whether with what the browser knows of the person.
ORIGINS = {
    "AWS::ApiGatewayV2::Api": ("CorsConfiguration", "AllowOrigins"),
    "AWS::Lambda::Url": ("Cors", "AllowOrigins"),
    "AWS::S3::Bucket": ("CorsConfiguration", "CorsRules", "*", "AllowedOrigins"),
}
HEADER = "method.response.header.Access-Control-Allow-"
OF_REST = ("Integration", "IntegrationResponses", "*", "ResponseParameters")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell of each place which pages may call it."""
    for resource in assembly.resources:
        for origin, signed_in in _origins(assembly, resource, {}).items():
            yield _fact(resource, origin, signed_in=signed_in)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell from which pages calls come, or no longer."""
    for resource in comparison.created:
        for origin, signed_in in _origins(comparison.after, resource, {}).items():
            yield _fact(resource, origin, signed_in=signed_in)
    for pair in comparison.pairs:
        old = _origins(comparison.before, pair.before, comparison.become)
        new = _origins(comparison.after, pair.after, {})
        for origin, signed_in in new.items():
            if origin not in old or (signed_in and not old[origin]):
                yield _fact(pair.after, origin, signed_in=signed_in)
        for origin in old:
            if origin not in new and "*" not in new:
                sentence = f"A web page at {quoted(origin)} can no longer call it: the browser refuses."
                yield pair.after.fact("cors-gone", Level.LOOK, sentence, origin)


def _origins(assembly: Assembly, resource: Resource, called: Called) -> dict[str, bool]:
    """Give the pages' origins, and whether the browser sends along what signs a person in."""
    found: dict[str, bool] = {}
    if path := ORIGINS.get(resource.type):
        signed_in = at(resource.properties, [path[0], "AllowCredentials"]) is True
        for stack, origin in possible(assembly, resource.stack, at(resource.properties, path) or []):
            if origin is not None:
                found[spelled(stack, origin, called)] = signed_in
    elif resource.type == "AWS::ApiGateway::Method":
        for _, headers in possible(assembly, resource.stack, at(resource.properties, OF_REST) or []):
            if isinstance(headers, dict) and (origin := headers.get(f"{HEADER}Origin")):
                signed_in = str(headers.get(f"{HEADER}Credentials")).strip("'") == "true"
                found[spelled(resource.stack, origin, called).strip("'")] = signed_in
    return found


def _fact(resource: Resource, origin: str, *, signed_in: bool) -> Fact:
    page = "Any web page" if origin == "*" else f"A web page at {quoted(origin)}"
    with_it = ", with what signs its visitor in" if signed_in else ""
    level = Level.STOP if origin == "*" and signed_in else Level.LOOK
    sentence = f"{page} can call it from its visitors' browsers{with_it}."
    return resource.fact("cors", level, sentence, origin + (":credentials" if signed_in else ""))
