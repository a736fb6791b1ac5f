"""Which files of what is uploaded change, and who runs them; a new hash over the same files is no news."""

import re
from collections.abc import Iterator

from review.assembly import Assembly, Resource
from review.assets import Asset, Room, TooLargeError
from review.comparison import Comparison
from review.fact import Fact, Level, quoted, some
from review.meaning import meaning
from review.spelling import DIGEST
from review.values import exact

TELLS = ("code",)
# Says who may read an asset, or has its own template in it: neither runs what is uploaded.
RUNS_NOTHING = re.compile(r"^AWS::IAM::|^AWS::CloudFormation::Stack$|Policy$")
# Of each sort, so many are named.
NAMED = 10


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell of each resource whose files change."""
    room, known = Room(), dict[tuple[str, str], str]()
    for pair in comparison.pairs:
        old, new = _assets(comparison.before, pair.before), _assets(comparison.after, pair.after)
        gone, come = [id_ for id_ in old if id_ not in new], [id_ for id_ in new if id_ not in old]
        for number, (was, is_) in enumerate(_matched([old[id_] for id_ in gone], [new[id_] for id_ in come])):
            key = (was.id if was else "", is_.id if is_ else "")
            if key not in known:
                known[key] = _told(was, is_, room)
            if known[key]:
                yield pair.after.fact("code", Level.NOTE, known[key], str(number or ""))


def _assets(assembly: Assembly, resource: Resource) -> dict[str, Asset]:
    """Give the assets that a resource names."""
    if not assembly.assets or RUNS_NOTHING.search(resource.type):
        return {}
    written = exact(meaning(assembly, resource.stack, resource.properties))
    ids = dict.fromkeys(DIGEST.findall(written))
    return {id_: assembly.assets[id_] for id_ in ids if id_ in assembly.assets}


def _matched(old: list[Asset], new: list[Asset]) -> Iterator[tuple[Asset | None, Asset | None]]:
    """Pair by the names of the constructs, the rest in the order in which they are named."""
    rest = list(new)
    left = []
    for one in old:
        same = next((other for other in rest if other.name == one.name), None)
        if same:
            rest.remove(same)
            yield one, same
        else:
            left.append(one)
    for index in range(max(len(left), len(rest))):
        yield (left[index] if index < len(left) else None), (rest[index] if index < len(rest) else None)


def _told(was: Asset | None, is_: Asset | None, room: Room) -> str:
    sides = [one for one in (was, is_) if one]
    name = quoted(sides[-1].name)
    try:
        before, after = (one.files(room) if one else {} for one in (was, is_))
    except TooLargeError:
        return f"The files of {name} change; they are too many or too large to be compared."
    if not (before or after):
        # They are not beside the template.
        return f"The files of {name} change."
    said = [
        ("change", [path for path in after if path in before and before[path] != after[path]]),
        ("come", [path for path in after if path not in before]),
        ("go", [path for path in before if path not in after]),
    ]
    parts = [f"{word}: {some([*map(quoted, paths)], NAMED)}" for word, paths in said if paths]
    return f"Files of {name} that {'; that '.join(parts)}." if parts else ""
