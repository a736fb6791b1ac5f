"""A stand-in for `gh api`: pull requests, comments and statuses in one file, whose path follows."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def main(file: Path, arguments: list[str]) -> None:
    """Answer one call."""
    assert arguments.pop(0) == "api"
    assert os.environ["GH_TOKEN"] == "may write"  # noqa: S105 - what the rehearsal tells
    flags: dict[str, str] = {}
    fields: dict[str, str] = {}
    endpoint = ""
    while arguments:
        word = arguments.pop(0)
        if word in ("-f", "-F"):
            name, _, value = arguments.pop(0).partition("=")
            fields[name] = Path(value[1:]).read_text() if word == "-F" and value[0] == "@" else value
        elif word in ("--jq", "--method"):
            flags[word] = arguments.pop(0)
        elif word not in ("--silent", "--paginate"):
            assert not endpoint
            endpoint = word
    known = json.loads(file.read_text())
    answer = _answer(known, endpoint.removeprefix("repos/me/app/"), fields, flags.get("--method"))
    file.write_text(json.dumps(known))
    if "--jq" in flags:
        # As it does with each page.
        for page in ([one] for one in answer):
            subprocess.run(["jq", "-r", flags["--jq"]], input=json.dumps(page), text=True, check=True)


def _answer(known: dict[str, Any], endpoint: str, fields: dict[str, str], method: str | None) -> Any:
    path, _, query = endpoint.partition("?")
    if path == "pulls":
        assert query.startswith("state=open")
        return known["pulls"]
    if path.startswith("statuses/"):
        known["statuses"].append({"sha": path.removeprefix("statuses/"), **fields})
    elif path.startswith("issues/comments/"):
        assert method == "PATCH"
        (comment,) = (one for one in known["comments"] if str(one["id"]) == path.removeprefix("issues/comments/"))
        comment["body"] = fields["body"]
    else:
        number = path.removeprefix("issues/").removesuffix("/comments")
        if not fields:
            return [one for one in known["comments"] if str(one["issue"]) == number]
        # GitHub takes no longer one.
        assert len(fields["body"]) <= 65_536
        user = {"login": "github-actions[bot]"}
        known["comments"].append({"id": len(known["comments"]) + 1, "issue": int(number), "user": user, **fields})
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
