"""Which of the resources that go and come are the same thing under another logical id."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from review.assembly import Resource
from review.values import exact


@dataclass(frozen=True)
class Pair:
    """One resource before and after."""

    before: Resource
    after: Resource


def moved(gone: list[Resource], come: list[Resource]) -> Iterator[Pair]:
    """Pair what went with what came; what says most that they are the same comes first."""
    gone, come = list(gone), list(come)
    content = _content([*gone, *come])
    signs: tuple[Callable[[Resource], object], ...] = (
        lambda one: (one.type, one.stack.name, one.path),
        lambda one: (one.type, _last_name(one), content(one)),
        lambda one: (one.type, content(one)),
        lambda one: (one.type, _last_name(one), *sorted(one.properties)),
    )
    for sign in signs:
        signed = defaultdict(list)
        for resource in come:
            signed[sign(resource)].append(resource)
        for old in list(gone):
            if found := signed[sign(old)]:
                new = found.pop(0)
                gone.remove(old)
                come.remove(new)
                yield Pair(old, new)


def _last_name(resource: Resource) -> str:
    return resource.path.rpartition("/")[2]


def _content(renamed: list[Resource]) -> Callable[[Resource], str]:
    """Give what writes properties so that it does not matter what the constructs around are called."""
    types = {resource.logical_id: resource.type for resource in renamed}
    ids = re.compile("|".join(map(re.escape, sorted(types, key=len, reverse=True))) or r"(?!)")

    def content(resource: Resource) -> str:
        properties = {name: value for name, value in resource.properties.items() if name != "Tags"}
        return ids.sub(lambda found: types[found[0]], exact(properties))

    return content
