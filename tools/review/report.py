"""The facts as a person reads them, and as a program does."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from review.fact import Fact, Level, quoted, some
from review.kinds import rest

# Kinds that tell every leaf: folded below what is said in words.
LEAVES = rest.TELLS
HEADINGS = {Level.STOP: "STOP", Level.LOOK: "Look", Level.NOTE: "Note"}
# A comment of GitHub's may be a little longer.
LONGEST = 60_000
# Of one entry: the rest of a list of places, or of lines, is counted only.
LONGEST_ENTRY, MOST_PLACES, MOST_LINES, LONGEST_LINE = 8_000, 12, 40, 160
LONGEST_ID = 600
NOT_SEEN = """<details><summary>What this cannot see</summary>

What is deployed, which may have drifted from the base, and what people changed by hand. What only a deploy knows:
today's newest image, the value of a parameter, an import, a dynamic reference. What a custom resource or a macro
does. What a role or a network outside these stacks allows. What changed code does when it runs. What depends on use:
traffic, and its part of the bill.
</details>"""


@dataclass(frozen=True)
class Entry:
    """A part of the report that is there whole or not at all."""

    text: str
    facts: int


def markdown(facts: Sequence[Fact], nothing: str, accepted: Mapping[str, str]) -> str:
    """Write the report: what was accepted, then what stops; raw properties folded at the end."""
    if not facts:
        return nothing
    sections = {"Accepted": [Entry(_accepted(one, accepted[one.id]), 1) for one in facts if one.id in accepted]}
    open_facts = [fact for fact in facts if fact.id not in accepted]
    said = [fact for fact in open_facts if fact.kind not in LEAVES]
    for level, heading in HEADINGS.items():
        alike: dict[tuple[str, str], list[Fact]] = {}
        for fact in (fact for fact in said if fact.level == level):
            alike.setdefault((fact.kind, fact.sentence), []).append(fact)
        sections[heading] = [Entry(_line(same), len(same)) for same in alike.values()]
    leaves = [fact for fact in open_facts if fact.kind in LEAVES]
    shown, folded, missing = _fitting(sections, list(_folded(leaves)))
    parts = [f"## {heading}\n\n" + "\n".join(shown[heading]) for heading in sections if shown[heading]]
    if folded:
        summary = f"<details><summary>Every changed property: {len(leaves)}</summary>"
        parts.append("\n".join([summary, *folded, "</details>"]))
    if missing:
        parts.append(f"**Not shown, as there is no room: {missing} facts.** `--json` has each.")
    return "\n\n".join([*parts, NOT_SEEN])


def as_json(facts: Sequence[Fact], accepted: Mapping[str, str], **more: Any) -> str:
    """Write every fact with its id, the reason for which it was accepted, and what else is told beside them."""
    told = [
        {"id": f.id, "kind": f.kind, "level": f.level.value, "stack": f.stack, "path": f.path, "detail": f.detail}
        | {"sentence": f.sentence, "values": f.values}
        | ({"accepted": accepted[f.id]} if f.id in accepted else {})
        for f in facts
    ]
    return json.dumps({"facts": told, **more}, indent=2)


def _fitting(sections: Mapping[str, list[Entry]], leaves: list[Entry]) -> tuple[dict[str, list[str]], list[str], int]:
    """Give what there is room for; what stops has it first, and after what has none nothing else has."""
    room = LONGEST - len(NOT_SEEN) - 500
    shown: dict[str, list[str]] = {heading: [] for heading in sections}
    folded: list[str] = []
    missing = 0
    stop = HEADINGS[Level.STOP]
    first = [(shown[stop], entry) for entry in sections[stop]]
    others = [(shown[heading], entry) for heading, entries in sections.items() if heading != stop for entry in entries]
    for where, entry in [*first, *others, *((folded, entry) for entry in leaves)]:
        room -= len(entry.text) + 1
        if room >= 0:
            where.append(entry.text)
        else:
            room, missing = -1, missing + entry.facts
    return shown, folded, missing


def _accepted(fact: Fact, reason: str) -> str:
    return f"{_line([fact])} Accepted, {fact.level.value}: {quoted(reason)}"


def _line(alike: Sequence[Fact]) -> str:
    """Write what is told in the same words of some constructs."""
    first, places = alike[0], list(dict.fromkeys(map(_where, alike)))
    # What stops is named as one accepts it.
    ids = [quoted(fact.id, LONGEST_ID) for fact in alike] if first.level == Level.STOP else []
    if len(places) > 1:
        line = f"- **{first.kind}**, {len(places)} times: {first.sentence} {some(ids or places, MOST_PLACES)}"
    else:
        line = " ".join(filter(None, ["-", *places, f"**{first.kind}**: {first.sentence}", some(ids, MOST_PLACES)]))
    if lines := first.values.get("lines"):
        line += _block(lines)
    # Cut in the middle, what a stranger wrote might no longer stand as code.
    return (
        line
        if len(line) <= LONGEST_ENTRY
        else f"- {places[0]} **{first.kind}**: `--json` has it, it is too long for here."
    )


def _block(lines: Sequence[str]) -> str:
    shown = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"… and {len(lines) - MOST_LINES} more lines")
    fence = "~" * max(3, *(line.count("~") + 1 for line in shown))
    text = "\n".join(f"  {line}" for line in shown)
    return f"\n\n  <details><summary>The lines</summary>\n\n  {fence}diff\n{text}\n  {fence}\n\n  </details>\n"


def _where(fact: Fact) -> str:
    path = "/".join(filter(None, [fact.stack, fact.path]))
    if not path:
        return ""
    return f"{quoted(path)} ({quoted(fact.values['type'])})" if "type" in fact.values else quoted(path)


def _folded(leaves: Sequence[Fact]) -> Iterator[Entry]:
    for _, found in groupby(leaves, key=lambda fact: (fact.stack, fact.path)):
        for number, fact in enumerate(found):
            # With the first of them, so that no heading stands alone at the end.
            heading = "" if number else f"\n**{_where(fact)}**\n\n"
            yield Entry(f"{heading}- {fact.sentence}", 1)
