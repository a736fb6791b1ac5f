"""A workflow's jobs as a runner does them: each `run` in bash, stand-ins for the actions and for what asks GitHub."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
WORKFLOWS = Path(__file__).parents[2] / ".github" / "workflows"


@dataclass
class Runner:
    """One machine a job, of which only what is uploaded stays."""

    folder: Path
    # What stands on PATH before all else.
    programs: Path
    # What GitHub knows, by expression.
    context: dict[str, str]
    # By name; what an earlier run has uploaded among them.
    artifacts: dict[str, Path] = field(default_factory=dict)
    summary: str = ""
    # What each `run` was told beside the machine's own environment.
    told: list[dict[str, str]] = field(default_factory=list)

    def run(self, workflow: str, checkouts: dict[str, Path]) -> None:
        """Do the jobs in their order; a job's checkout is what lies there."""
        described = yaml.safe_load((WORKFLOWS / workflow).read_text())
        for name, job in described["jobs"].items():
            machine = self.folder / f"{workflow}-{name}"
            workspace, temporary = machine / "workspace", machine / "temporary"
            temporary.mkdir(parents=True)
            if any("actions/checkout@" in step.get("uses", "") for step in job["steps"]):
                shutil.copytree(checkouts[name], workspace, symlinks=True)
            else:
                workspace.mkdir()
            self.context["runner.temp"] = str(temporary)
            for step in job["steps"]:
                if "run" in step:
                    self._bash(
                        step["run"], self._said({**job.get("env", {}), **step.get("env", {})}), workspace, machine
                    )
                else:
                    self._action(step["uses"].split("@")[0], self._said(step.get("with", {})), workspace)

    def _said(self, values: dict[str, Any]) -> dict[str, str]:
        return {name: EXPRESSION.sub(lambda found: self.context[found[1]], str(text)) for name, text in values.items()}

    def _action(self, action: str, given: dict[str, str], workspace: Path) -> None:
        if action == "actions/upload-artifact":
            self.artifacts[given["name"]] = workspace / given["path"]
            assert self.artifacts[given["name"]].is_dir()
        elif action == "actions/download-artifact":
            # A path of the machine's stays one.
            shutil.copytree(self.artifacts[given["name"]], workspace / given["path"], symlinks=True)
        else:
            assert action in ("actions/checkout", "actions/setup-python")

    def _bash(self, script: str, told: dict[str, str], workspace: Path, machine: Path) -> None:
        # What a stranger has named would be read by the shell.
        assert "${{" not in script
        self.told.append(told)
        summary = machine / "summary"
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=workspace,
            env={
                "PATH": f"{self.programs}:{os.environ['PATH']}",
                "GITHUB_REPOSITORY": self.context["github.repository"],
                "GITHUB_STEP_SUMMARY": str(summary),
                **told,
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        # There a line may be a command to the runner.
        assert "::" not in done.stdout
        self.summary += summary.read_text() if summary.exists() else ""
        summary.unlink(missing_ok=True)
