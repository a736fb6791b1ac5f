"""Prints what a release changes, if version, changelog and tag agree: ``python tools/release_notes.py v0.1.0``."""

import re
import sys
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def release_notes(tag: str, checkout: Path = CHECKOUT) -> str:
    """Give the changelog's section of a tag, or raise a ``ValueError`` that says what does not agree."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (checkout / "CHANGELOG.md").read_text(encoding="utf-8")
    if tag != f"v{project['version']}":
        raise ValueError(
            f"the tag is {tag} and pyproject.toml has version {project['version']}: tag v{project['version']}"
        )
    headings = list(HEADING.finditer(changelog))
    released = [found for found in headings if found[2]]
    if not released or released[0][1] != project["version"]:
        latest = released[0][1] if released else "none"
        raise ValueError(f"the changelog's latest release is {latest}: give {project['version']} a heading with a date")
    after = [found.start() for found in headings if found.start() > released[0].start()]
    unreleased = changelog[headings[0].end() : released[0].start()].strip()
    if headings[0] is not released[0] and unreleased:
        raise ValueError("the changelog has unreleased changes above the release: move them below its heading")
    notes = changelog[released[0].end() : after[0] if after else len(changelog)].strip()
    if not notes:
        raise ValueError(f"the changelog says nothing of {project['version']}")
    return notes


def main(words: list[str]) -> int:
    """Print the notes, or what does not agree."""
    if words in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if len(words) != 1 or words[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(release_notes(words[0]))
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
