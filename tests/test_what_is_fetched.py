"""All that CI, the set-up and pre-commit fetch is locked with hashes."""

import re
from pathlib import Path

import pytest
import yaml

# What can fetch a package and run it, or run what it has fetched.
FETCHES = re.compile(
    r"\b(uvx|npx|pipx|curl|wget|git clone|docker|uv (tool|run|add|sync|build|python)|pip3? (install|sync|download)"
    r"|npm (i|ci|install|exec|update)|(playwright|pre-commit) install(-hooks)?)\b"
)
LOCKED = (
    re.compile(r"pip (install|sync) .*--require-hashes .*-r \.venv/uv\.txt$"),  # A part of requirements-dev.txt.
    re.compile(r"pip sync .*--require-hashes .*requirements-\w+\.txt$"),
    re.compile(r"pip install .*--no-deps --no-build-isolation --editable \.$"),  # Fetches nothing.
    re.compile(r"npm ci --ignore-scripts "),  # Checks the hashes of package-lock.json.
    re.compile(r"npm install --package-lock-only --ignore-scripts "),  # make lock
    re.compile(r"uv build --require-hashes --build-constraint requirements-dev.txt "),
)


def fetched_without_a_lock(script: str) -> list[str]:
    """List the lines that fetch something without the hashes of a lock; Debian's packages are signed."""
    lines = (line.strip() for line in script.replace("\\\n", " ").splitlines())
    commands = [line for line in lines if not line.startswith("#") and FETCHES.search(line)]
    return [line for line in commands if not any(locked.search(line) for locked in LOCKED)]


def workflows(root: Path) -> list[Path]:
    return sorted((root / ".github" / "workflows").glob("*.yml"))


def test_every_action_is_pinned_by_the_commit_of_a_release(root: Path) -> None:
    used = [
        line.split(" uses:")[1].strip()
        for workflow in workflows(root)
        for line in workflow.read_text(encoding="utf-8").splitlines()
        if " uses:" in line
    ]

    assert used
    assert [use for use in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use)] == []


def test_the_token_of_a_workflow_reads_unless_its_job_runs_no_code_of_ours(root: Path) -> None:
    for workflow in workflows(root):
        described = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        assert described["permissions"] == {"contents": "read"}, workflow.name
        writing = [job for job in described["jobs"].values() if "write" in str(job.get("permissions"))]
        assert not [step for job in writing for step in job["steps"] if "checkout" in step.get("uses", "")]


def test_all_that_ci_fetches_is_locked_with_hashes(root: Path) -> None:
    files = [root / name for name in ("Makefile", ".ci/run", "tools/set-up")] + workflows(root)
    scripts = [file.read_text(encoding="utf-8") for file in files]

    assert [line for script in scripts for line in fetched_without_a_lock(script)] == []
    assert sum(len(FETCHES.findall(script)) for script in scripts) >= len(LOCKED)


@pytest.mark.parametrize(
    "line",
    [
        "uv tool run --from checkov==3.3.30 checkov",
        "npx aws-cdk@2 synth",
        "pip install checkov==3.3.30",
        ".venv/bin/uv pip install \\\n    -r requirements-dev.txt",
        "npm install",
        "curl https://example.org/install.sh | sh",
    ],
)
def test_what_a_lock_does_not_hold_is_found(line: str) -> None:
    assert fetched_without_a_lock(f"audit: synth\n\t@{line}\n") != []


def test_pre_commit_fetches_nothing(root: Path) -> None:
    settings = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))

    assert {repository["repo"] for repository in settings["repos"]} == {"local"}
    languages = {hook["language"] for repository in settings["repos"] for hook in repository["hooks"]}
    assert languages <= {"fail", "pygrep", "system"}
    assert not any("additional_dependencies" in hook for hook in settings["repos"][0]["hooks"])
