"""The facts as a person reads them, and as a program does."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from review.fact import Fact, Level, quoted
from review.kinds import rest

# Kinds that tell every leaf: folded below what is said in words.
LEAVES = rest.TELLS
HEADINGS = {Level.STOP: "STOP", Level.LOOK: "Look", Level.NOTE: "Note"}
NOT_SEEN = """<details><summary>What this cannot see</summary>

What is deployed, which may have drifted from the base; what only a deploy knows, such as today's newest image; what a
custom resource does; what people changed by hand.
</details>"""


def markdown(facts: Sequence[Fact], nothing: str) -> str:
    """Write the report: what stops first, raw properties folded at the end."""
    if not facts:
        return nothing
    said = [fact for fact in facts if fact.kind not in LEAVES]
    parts = []
    for level, heading in HEADINGS.items():
        alike: dict[tuple[str, str], list[Fact]] = {}
        for fact in (fact for fact in said if fact.level == level):
            alike.setdefault((fact.kind, fact.sentence), []).append(fact)
        if alike:
            parts.append(f"## {heading}\n\n" + "\n".join(map(_line, alike.values())))
    if leaves := [fact for fact in facts if fact.kind in LEAVES]:
        parts.append(_folded(leaves))
    return "\n\n".join([*parts, NOT_SEEN])


def as_json(facts: Sequence[Fact], **more: Any) -> str:
    """Write every fact with its id, and what else is told beside them."""
    told = [
        {"id": f.id, "kind": f.kind, "level": f.level.value, "stack": f.stack, "path": f.path, "detail": f.detail}
        | {"sentence": f.sentence, "values": f.values}
        for f in facts
    ]
    return json.dumps({"facts": told, **more}, indent=2)


def _line(alike: Sequence[Fact]) -> str:
    """Write what is told in the same words of some constructs."""
    first, where = alike[0], ", ".join(map(_where, alike))
    line = f"- {where} **{first.kind}**: {first.sentence}"
    if len(alike) > 1:
        line = f"- **{first.kind}**, {len(alike)} times: {first.sentence} {where}"
    if lines := first.values.get("lines"):
        fence = "~" * max(3, *(line.count("~") + 1 for line in lines))
        shown = "\n".join(f"  {line}" for line in lines)
        line += f"\n\n  <details><summary>The lines</summary>\n\n  {fence}diff\n{shown}\n  {fence}\n\n  </details>\n"
    return line


def _where(fact: Fact) -> str:
    path = quoted("/".join(filter(None, [fact.stack, fact.path])))
    return f"{path} ({quoted(fact.values['type'])})" if "type" in fact.values else path


def _folded(leaves: Sequence[Fact]) -> str:
    lines = []
    for _, found in groupby(leaves, key=lambda fact: (fact.stack, fact.path)):
        told = list(found)
        lines += ["", f"**{_where(told[0])}**", "", *(f"- {fact.sentence}" for fact in told)]
    summary = f"<summary>Every changed property: {len(leaves)}</summary>"
    return "\n".join(["<details>" + summary, *lines, "</details>"])
