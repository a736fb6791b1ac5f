"""Two assemblies side by side: which stack and which resource of the one is which of the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from review.assembly import Assembly, Resource, Stack
from review.fact import Fact
from review.moves import Pair, moved

# How many dollars a month more ask to stop.
COST_LIMIT = 20


@dataclass(frozen=True)
class StackPair:
    """A stack before and after; one of them is missing where it comes or goes."""

    before: Stack | None
    after: Stack | None

    @property
    def either(self) -> Stack:
        """Give the stack as it is to be, or was."""
        found = self.after or self.before
        assert found  # noqa: S101 - one of them always is there
        return found


@dataclass(eq=False)
class Comparison:
    """All that changes, for the rules to look at."""

    before: Assembly
    after: Assembly
    cost_limit: float = COST_LIMIT

    @cached_property
    def stacks(self) -> list[StackPair]:
        """Pair the stacks by their names, nested ones by what they are nested in."""
        pairs = list(_outermost(self.before.stacks, self.after.stacks))
        for pair in pairs:
            inner = {
                **{name: None for (around, name) in self.before.nested if around is pair.before},
                **{name: None for (around, name) in self.after.nested if around is pair.after},
            }
            # Also those nested deeper: the list grows while it is read.
            pairs += [
                StackPair(_within(self.before, pair.before, name), _within(self.after, pair.after, name))
                for name in inner
            ]
        return pairs

    @cached_property
    def updated(self) -> list[Pair]:
        """Give the resources that are there before and after, under the same logical id."""
        return [
            Pair(before, pair.after.resources[name])
            for pair in self.stacks
            if pair.before and pair.after
            for name, before in pair.before.resources.items()
            if name in pair.after.resources
        ]

    @cached_property
    def moved(self) -> list[Pair]:
        """Give those that are the same thing under another logical id, for which CloudFormation makes a new one."""
        return list(moved(self._gone, self._come))

    @cached_property
    def pairs(self) -> list[Pair]:
        """Give all that is there before and after, whatever CloudFormation makes of it."""
        return [*self.updated, *self.moved]

    @cached_property
    def become(self) -> dict[Resource, Resource]:
        """Give what each resource of the base is in the change."""
        return {pair.before: pair.after for pair in self.pairs}

    @cached_property
    def deleted(self) -> list[Resource]:
        """Give those that go, and did not move."""
        moved = {pair.before for pair in self.moved}
        return [resource for resource in self._gone if resource not in moved]

    @cached_property
    def created(self) -> list[Resource]:
        """Give those that come, and were nowhere before."""
        moved = {pair.after for pair in self.moved}
        return [resource for resource in self._come if resource not in moved]

    @cached_property
    def _gone(self) -> list[Resource]:
        # No deploy deletes a stack that the app no longer has.
        left = {
            pair.before.name for pair in self.stacks if pair.before and not pair.after and not pair.before.nested_as
        }
        stays = {pair.before for pair in self.updated}
        return [one for one in self.before.resources if one not in stays and one.stack.name not in left]

    @cached_property
    def _come(self) -> list[Resource]:
        was = {pair.after for pair in self.updated}
        return [one for one in self.after.resources if one not in was]


def news(standing: Callable[[Assembly], Iterable[Fact]], comparison: Comparison) -> Iterator[Fact]:
    """Give what stands in the app after the change and did not before, also of what has another path now."""
    places = {_place(pair.before): _place(pair.after) for pair in comparison.pairs}
    stood = set()
    for fact in standing(comparison.before):
        stack, path = places.get((fact.stack, fact.path), (fact.stack, fact.path))
        stood.add(replace(fact, stack=stack, path=path).id)
    return (fact for fact in standing(comparison.after) if fact.id not in stood)


def _place(resource: Resource) -> tuple[str, str]:
    return resource.stack.name, resource.path


def _outermost(before: Iterable[Stack], after: Iterable[Stack]) -> Iterator[StackPair]:
    """Pair by the name in the app, else by the name and place that CloudFormation knows the stack by."""
    gone = {stack.name: stack for stack in before if not stack.nested_as}
    come = {stack.name: stack for stack in after if not stack.nested_as}
    for name in [*gone]:
        if name in come:
            yield StackPair(gone.pop(name), come.pop(name))
    deployed = {stack.deployed_as: stack for stack in come.values()}
    for stack in gone.values():
        yield StackPair(stack, deployed.pop(stack.deployed_as, None))
    yield from (StackPair(None, stack) for stack in deployed.values())


def _within(assembly: Assembly, around: Stack | None, name: str) -> Stack | None:
    return assembly.nested.get((around, name)) if around else None
