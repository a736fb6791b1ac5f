"""The facts as a person reads them, and as a program does."""

import json
from collections.abc import Sequence
from itertools import groupby

from review.fact import Fact, Level, quoted

# Kinds that tell every leaf: folded below what is said in words.
LEAVES = ("property", "template", "manifest")
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
        if lines := [_line(fact) for fact in said if fact.level == level]:
            parts.append(f"## {heading}\n\n" + "\n".join(lines))
    if leaves := [fact for fact in facts if fact.kind in LEAVES]:
        parts.append(_folded(leaves))
    return "\n\n".join([*parts, NOT_SEEN])


def as_json(facts: Sequence[Fact]) -> str:
    """Write every fact with its id."""
    told = [
        {"id": f.id, "kind": f.kind, "level": f.level.value, "stack": f.stack, "path": f.path, "detail": f.detail}
        | {"sentence": f.sentence, "values": f.values}
        for f in facts
    ]
    return json.dumps({"facts": told}, indent=2, ensure_ascii=False)


def _line(fact: Fact) -> str:
    line = f"- {quoted('/'.join(filter(None, [fact.stack, fact.path])))} {fact.kind}: {fact.sentence}"
    if lines := fact.values.get("lines"):
        fence = "~" * max(3, *(line.count("~") + 1 for line in lines))
        shown = "\n".join(f"  {line}" for line in lines)
        line += f"\n\n  <details><summary>The lines</summary>\n\n  {fence}diff\n{shown}\n  {fence}\n\n  </details>\n"
    return line


def _folded(leaves: Sequence[Fact]) -> str:
    lines = []
    for (stack, path), found in groupby(leaves, key=lambda fact: (fact.stack, fact.path)):
        lines += [
            "",
            f"**{quoted('/'.join(filter(None, [stack, path])))}**",
            "",
            *(f"- {fact.sentence}" for fact in found),
        ]
    summary = f"<summary>Every changed property: {len(leaves)}</summary>"
    return "\n".join(["<details>" + summary, *lines, "</details>"])
