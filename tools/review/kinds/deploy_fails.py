"""What CloudFormation will refuse: the deploy of the change fails and rolls back."""

from collections.abc import Iterator

from facts.schemas import create_only, schema
from review.assembly import Resource, Stack
from review.comparison import Comparison
from review.exports import changed_exports, importers
from review.fact import Fact, Level, quoted
from review.fates import Weight, fates
from review.lost import RETAINS, retention
from review.meaning import meaning, resources_named
from review.moves import Pair
from review.values import exact

TELLS = ("deploy-fails",)
# Of each of these, other resources' names are told apart.
WITHIN = {"ApiId", "Cluster", "EventBusName", "FunctionName", "RestApiId", "UserPoolId"}


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell each change that no deploy can make."""
    for pair, fate in fates(comparison).items():
        if fate.weight == Weight.REPLACED and (name := _kept_name(comparison, pair)):
            yield _fact(pair.after, name, "it has to be replaced, and the new one may not have the old one's name")
    for pair in comparison.moved:
        # Of two stacks the first may have let go of the name when the second is deployed.
        stays = pair.before.stack.name == pair.after.stack.name or retention(pair.before, "DeletionPolicy") in RETAINS
        if stays and (name := _kept_name(comparison, pair)):
            yield _fact(pair.after, name, "a second one is made while the first is there, and both have the same name")
    for pair in comparison.updated:
        yield from _other_kind(pair)
    users = importers(comparison.before)
    for stack, name, happens in changed_exports(comparison):
        if name in users:
            by = ", ".join(map(quoted, sorted(users[name])))
            yield _fact(stack, name, f"the export {quoted(name)} is in use by {by} as deployed, and {happens}")


def _kept_name(comparison: Comparison, pair: Pair) -> str:
    """Give the property with a name that the template fixes, and under which the new one is not to be had."""
    before, after = pair.before, pair.after
    anew = {fated.after for fated in fates(comparison)} | {moved.after for moved in comparison.moved}
    for name, within in _naming(after.type):
        identity = [after.properties.get(part) for part in (name, *within)]
        old = meaning(comparison.before, before.stack, [before.properties.get(part) for part in (name, *within)])
        new = meaning(comparison.after, after.stack, identity)
        made_of = {one for one, _ in resources_named(comparison.after, after.stack, identity)}
        if identity[0] and exact(old) == exact(new) and not made_of & anew:
            return name
    return ""


def _naming(resource_type: str) -> list[tuple[str, list[str]]]:
    """Give the properties that name a resource of that type, each with those within which it has to be the only one."""
    known, replacing = schema(resource_type), create_only(resource_type)
    if known is None or replacing is None:
        return []
    own = [path.split("/")[2] for path in known.get("primaryIdentifier", []) if path.count("/") == 2]
    settable = [name for name in own if f"/properties/{name}" not in known.get("readOnlyProperties", [])]
    if own and settable == own:
        return [(own[-1], own[:-1])]
    fixed = {path[0] for path in replacing.always if len(path) == 1}
    within = [*settable, *sorted(fixed & WITHIN), *(["VpcId"] if resource_type == "AWS::EC2::SecurityGroup" else [])]
    last = resource_type.rpartition("::")[2]
    return [(name, within) for name in ("Name", f"{last}Name", "GroupName") if name in fixed]


def _other_kind(pair: Pair) -> Iterator[Fact]:
    before, after = pair.before, pair.after
    if before.type != after.type:
        yield _fact(
            after, "Type", f"{quoted(before.type)} cannot become {quoted(after.type)} under the same logical id"
        )
    tokens = [one.properties.get("ServiceToken") for one in (before, after)]
    if before.type.startswith("Custom::") and exact(tokens[0]) != exact(tokens[1]):
        yield _fact(pair.after, "ServiceToken", "a custom resource cannot get another program to answer for it")


def _fact(where: Resource | Stack, detail: str, reason: str) -> Fact:
    of = "" if quoted(detail) in reason else f" ({quoted(detail)})"
    sentence = f"The deploy fails and rolls back: {reason}{of}."
    if isinstance(where, Resource):
        return where.fact("deploy-fails", Level.STOP, sentence, detail)
    return Fact("deploy-fails", Level.STOP, where.name, where.path, sentence, detail)
