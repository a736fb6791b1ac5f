"""A checkout of one small app, whose synthesis takes no time, in a git repository of its own."""

import os
import subprocess
from pathlib import Path

# As the real one: it reads a copy's file beside it and what it is told, and writes where it is told.
APP = """
import json, os, pathlib
told = json.loads(os.environ["CDK_CONTEXT_JSON"])
copy = told.get("copy", "main")
file = pathlib.Path("copies", copy + ".json")
told = (json.loads(file.read_text()) if file.exists() else {}) | told
stack = "App" if copy == "main" else "App-" + copy
resources = {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": DELAY}}}
if told.get("web_from"):
    resources["Door"] = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": OPEN}}
out = pathlib.Path(os.environ["CDK_OUTDIR"])
(out / "it.json").write_text(json.dumps({"Resources": resources}))
artifact = {"type": "aws:cloudformation:stack", "environment": "aws://a/b", "properties": {"templateFile": "it.json"}}
(out / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": {stack: artifact}}))
"""


def app(delay: int = 1, when_open: int = 1, more: str = "") -> str:
    """Write the app."""
    return APP.replace("DELAY", str(delay)).replace("OPEN", str(when_open)) + more


def git(folder: Path, *words: str) -> str:
    """Run git as nobody in particular."""
    nobody = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {**os.environ, **dict.fromkeys(nobody, "nobody"), "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        ["git", *words], cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout


def commit(folder: Path, **files: str) -> None:
    """Write files and commit all there is."""
    write(folder, **files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "it")


def write(folder: Path, **files: str) -> None:
    """Write files, in whose names ``__`` is ``/`` and ``_`` a dot."""
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
