"""A function finds what it finds on AWS: Python's own library, its files, boto3, and no more memory than it has."""

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from local_aws.ministack import functions

# What Lambda's Python has beside the standard library: boto3, and what that needs.
PACKAGES = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")

# Runs before MiniStack's own script, which puts the function's files first.
ONLY_THESE = """
import sys
from importlib.machinery import PathFinder

class Boto3:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, [{folder!r}]) if path is None and name in {packages!r} else None

sys.path[:] = {standard_library!r}
sys.meta_path.append(Boto3)
"""


def install() -> None:
    """Keep the checkout's packages from functions, and tell of one that needs more memory than it has."""
    # Exactly what Python finds without any packages.
    asked = [sys.executable, "-I", "-S", "-c", "import sys; print(*sys.path, sep='\\n')"]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ourselves
    folder = str(distribution("boto3").locate_file(""))
    functions.begin_python_with(
        ONLY_THESE.format(folder=folder, packages=PACKAGES, standard_library=found.splitlines())
    )
    functions.limit_memory(peak_megabytes)


def peak_megabytes(process_id: int) -> int | None:
    """Tell the most memory that a process has ever held; only Linux says so."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peaks[0]) // 1024 if peaks else None
