"""A project of a person's own: the files of docs/your-own-stack.md, and an environment that holds the wheel."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

CHECKOUT = Path(__file__).parents[1]
PAGE = (CHECKOUT / "docs" / "your-own-stack.md").read_text(encoding="utf-8")
# Each file begins with its name.
FILES = dict(re.findall(r"^```(?:python|text)\n(?=# (\S+)\n)(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SHELL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def write_files(project: Path) -> None:
    """Write the files that the page shows."""
    for name, content in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content, encoding="utf-8")


def build(kind: str, source: Path, into: Path) -> Path:
    """Build a package of a checkout, with the locked tools of this environment."""
    uv = Path(sys.executable).with_name("uv")
    built = subprocess.run(
        [uv, "build", "--quiet", "--offline", kind, "--no-build-isolation", "--out-dir", into, source],
        env={**os.environ, "VIRTUAL_ENV": sys.prefix},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    (file,) = into.glob("cdk_data_compute-*")
    return file


def link_packages(environment: Path, *names: str) -> None:
    """Link distributions and what they need from this environment, so that no index is asked."""
    (site,) = environment.glob("lib/python*/site-packages")
    for name in sorted(needed_by(*names)):
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            if file.parts[0] != "..":
                link = site / file.parts[0]
            elif file.parent.name == "bin":
                link = environment / "bin" / file.name
            else:
                continue
            if not link.exists() and link.name != "__pycache__":
                link.symlink_to(str(distribution.locate_file(os.path.relpath(link, site))))


def needed_by(*names: str) -> set[str]:
    """Give what distributions are, but for our own, what they need, and what that needs."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            requirements = map(Requirement, importlib.metadata.requires(name) or ())
            waiting += [one.name for one in requirements if not one.marker or one.marker.evaluate({"extra": ""})]
    return found - {"cdk-data-compute"}
