"""Which calls an API answers, and of whom: routes that come and go, and what asks callers who they are."""

from collections.abc import Iterator

from review.apis import APIS, Route, answers, gone_routes, routes
from review.assembly import Assembly, Resource
from review.comparison import Comparison, news
from review.fact import Fact, Level, as_detail, quoted

TELLS = ("callable", "catch-all", "route", "route-gone", "authorizer-lost", "routes-elsewhere")
ONLY_CHANGES = ("route", "route-gone", "authorizer-lost")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what everybody may call, and what answers whatever is called."""
    opened: dict[Resource | str, list[Route]] = {}
    for route in routes(assembly, {}):
        if route.catches_all:
            yield _catch_all(route)
        if route.open:
            opened.setdefault(route.api, []).append(route)
    for api, found in opened.items():
        keys = [route.key for route in found]
        sentence = f"Everybody on the internet can call {', '.join(map(quoted, keys))}: nobody is asked who it is."
        where = api if isinstance(api, Resource) else found[0].resource
        detail = as_detail(",".join(map(_detail, keys)))
        yield where.fact("callable", Level.LOOK, sentence, detail, routes=keys)
    for api in assembly.resources:
        if api.type in APIS and ("Body" in api.properties or "BodyS3Location" in api.properties):
            sentence = "It has its routes from a description of its own, and these were not looked into."
            yield api.fact("routes-elsewhere", Level.LOOK, sentence)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell which routes come and go, and of which callers are asked for less."""
    before = {(one.api, one.key): one for one in routes(comparison.before, comparison.become)}
    after = {(one.api, one.key): one for one in routes(comparison.after, {})}
    was_open = {api for (api, _), route in before.items() if route.open}
    for (api, key), route in after.items():
        old = before.get((api, key))
        if old and route.open and not old.open:
            sentence = f"Nobody is asked any more who calls {quoted(key)}; before, {quoted(old.checked_by)} let in."
            yield _fact("authorizer-lost", Level.STOP, route, sentence)
        elif old and route.checked_by != old.checked_by:
            now, was = quoted(route.checked_by), quoted(old.checked_by)
            sentence = f"Of those who call {quoted(key)}, now {now} tells who may, and before {was} did."
            yield _fact("route", Level.LOOK, route, sentence)
        elif not old and route.catches_all:
            yield _catch_all(route)
        elif not old:
            who = "Everybody on the internet" if route.open else f"Whoever {quoted(route.checked_by)} lets in"
            level = Level.STOP if route.open and api not in was_open else Level.LOOK
            yield _fact("route", level, route, f"{who} can now call {quoted(key)}.")
    for route in gone_routes(comparison):
        yield _gone(comparison, route, [key for api, key in after if api == route.api])
    yield from (fact for fact in news(standing, comparison) if fact.kind == "routes-elsewhere")


def _gone(comparison: Comparison, route: Route, others: list[str]) -> Fact:
    where = comparison.become.get(route.resource, route.resource)
    level, answer = Level.STOP, "403" if route.resource.properties.get("RestApiId") else "404"
    sentence = f"Whoever calls {quoted(route.key)} gets {answer} from now on."
    if other := next((one for one in others if answers(one, route.key)), None):
        level, sentence = Level.LOOK, f"Calls of {quoted(route.key)} are answered by {quoted(other)}."
    return where.fact("route-gone", level, sentence, _detail(route.key))


def _catch_all(route: Route) -> Fact:
    who = "Everybody on the internet" if route.open else f"Whoever {quoted(route.checked_by)} lets in"
    sentence = (
        f"{who} can call whatever falls under {quoted(route.key)}: what is behind it has to refuse the rest itself."
    )
    return _fact("catch-all", Level.STOP if route.open else Level.LOOK, route, sentence)


def _fact(kind: str, level: Level, route: Route, sentence: str) -> Fact:
    where = route.resource
    return where.fact(kind, level, sentence, _detail(route.key), checkedBy=route.checked_by)


def _detail(key: str) -> str:
    return key.replace(" ", "_")
