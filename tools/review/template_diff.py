"""The difference of the templates in the shape of the CDK's own machine-readable diff.

That is the `TemplateDiffJson` of aws-cdk-cli's pull request 1899, still open, at its commit
d0c221dca77bed5338b0253f118cd877cdc5e14b.
"""

from typing import Any

from review.assembly import Json, Resource, Stack
from review.comparison import Comparison, StackPair
from review.fates import Weight, fates, own_fates
from review.lost import RETAINS, retention
from review.security_diff import security_diff
from review.values import exact

VALUES = {
    "AWSTemplateFormatVersion": "awsTemplateFormatVersion",
    "Description": "description",
    "Transform": "transform",
}
SECTIONS = ("Parameters", "Outputs", "Conditions", "Mappings", "Metadata")
IMPACTS = {
    Weight.INTERRUPTED: "WILL_UPDATE",
    Weight.PERHAPS_REPLACED: "MAY_REPLACE",
    Weight.REPLACED: "WILL_REPLACE",
}


def template_diff(comparison: Comparison) -> Json:
    """Give the difference of each stack that a deploy of the change makes or updates, nested ones by their paths."""
    return {
        "/".join(filter(None, [stacks.either.name, stacks.either.path])): _of_stack(comparison, stacks)
        for stacks in comparison.stacks
        if stacks.after
    }


def _of_stack(comparison: Comparison, stacks: StackPair) -> Json:
    old, new = (stack.template if stack else {} for stack in (stacks.before, stacks.after))
    told: Json = {}
    for name, shown in VALUES.items():
        if exact(old.get(name)) != exact(new.get(name)):
            told[shown] = _values(old.get(name), new.get(name))
    told["resources"] = _resources(comparison, stacks)
    for name in SECTIONS:
        told[name.lower()] = _members(old.get(name), new.get(name))
    known = {"Resources", *VALUES, *SECTIONS}
    told["unknown"] = _members(*({k: v for k, v in one.items() if k not in known} for one in (old, new)))
    told = {name: found for name, found in told.items() if found}
    count = sum(1 if name in VALUES.values() else len(found) for name, found in told.items())
    return {**told, **security_diff(stacks.before, stacks.after), "differenceCount": count}


def _resources(comparison: Comparison, stacks: StackPair) -> Json:
    before, after = (_of(stack) for stack in (stacks.before, stacks.after))
    found = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        changes = _changes(comparison, old, new) if old and new else {}
        if changes or not (old and new):
            found[name] = {**_resource(old, new), **changes}
    return found


def _of(stack: Stack | None) -> dict[str, Resource]:
    return stack.resources if stack else {}


def _resource(old: Resource | None, new: Resource | None) -> Json:
    types = {"oldResourceType": old and old.type, "newResourceType": new and new.type}
    told: Json = {name: type_ for name, type_ in types.items() if type_}
    told |= {"isAddition": old is None, "isRemoval": new is None}
    if old is None:
        told["changeImpact"] = "WILL_CREATE"
    elif new is None:
        told["changeImpact"] = "WILL_ORPHAN" if retention(old, "DeletionPolicy") in RETAINS else "WILL_DESTROY"
    return told


def _changes(comparison: Comparison, old: Resource, new: Resource) -> Json:
    """Tell what an update changes of a resource; nothing where it is left alone."""
    pair = next(pair for pair in comparison.updated if pair.after is new)
    weights: dict[str, Weight] = {}
    for own in own_fates(comparison, pair):
        weights[own.property[0]] = max(own.weight, weights.get(own.property[0], own.weight))
    properties = _members(old.properties, new.properties)
    for name, change in properties.items():
        change["changeImpact"] = IMPACTS[weights[name]] if name in weights else "WILL_UPDATE"
    others = _members(*({k: v for k, v in one.body.items() if k not in ("Type", "Properties")} for one in (old, new)))
    told: Json = {name: found for name, found in (("propertyDiffs", properties), ("otherDiffs", others)) if found}
    fate = fates(comparison).get(pair)
    if told or fate or old.type != new.type:
        told["changeImpact"] = IMPACTS[fate.weight] if fate else "WILL_UPDATE" if properties else "NO_CHANGE"
    return told


def _members(old: Any, new: Any) -> Json:
    """Give each member of two objects that differs, whole."""
    old, new = (one if isinstance(one, dict) else {} for one in (old, new))
    return {
        name: _values(old.get(name), new.get(name))
        for name in {**old, **new}
        if exact(old.get(name)) != exact(new.get(name))
    }


def _values(old: Any, new: Any) -> Json:
    return {name: value for name, value in (("oldValue", old), ("newValue", new)) if value is not None}
