"""Everything about a server that can be known to be wrong before anything is deployed."""

import re
from pathlib import Path

from aws_cdk import CfnParameter, Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct

ENTRY_FILE = re.compile(r"[\w.-]+(/[\w.-]+)*\.py")
ARCHITECTURES = {
    ec2.InstanceArchitecture.ARM_64: re.compile("arm64|aarch64"),
    ec2.InstanceArchitecture.X86_64: re.compile("x86_64|amd64"),
}


def check_app(app: Path, entry_file: str) -> None:
    """Raise unless the folder holds a Streamlit app that a machine could install."""
    if not app.is_dir():
        raise ValueError(f"app {str(app)!r} is not a folder: pass the folder that holds the Streamlit app")
    if not ENTRY_FILE.fullmatch(entry_file) or ".." in Path(entry_file).parts:
        raise ValueError(
            f"entry_file {entry_file!r} is not the name of a Python file inside the app's folder, such as 'app.py'"
        )
    if not (app / entry_file).is_file():
        found = ", ".join(sorted(path.name for path in app.glob("*.py"))) or "no Python file"
        raise ValueError(f"entry_file {entry_file!r} does not exist in {str(app)!r}, which holds {found}")
    if not (app / "requirements.txt").is_file():
        raise ValueError(
            f"app {str(app)!r} has no requirements.txt: add one that names streamlit and whatever the app imports"
        )
    lock = app / "requirements.lock"
    if lock.exists() and "--hash=sha256:" not in lock.read_text(encoding="utf-8"):
        raise ValueError(
            f"{str(lock)!r} has no hashes, and the machine installs nothing else from it: make it with "
            "`uv pip compile --generate-hashes requirements.txt -o requirements.lock`, or give it another name"
        )


def check_port(port: int) -> None:
    """Raise unless an unprivileged process may listen there."""
    if not Token.is_unresolved(port) and not 1024 <= port <= 65535:
        raise ValueError(f"port {port} is not between 1024 and 65535: Streamlit's own is 8501")


def check_architecture(scope: IConstruct, instance_type: ec2.InstanceType, image_id: str) -> None:
    """Raise if the image's own name says that it is for the other kind of processor."""
    name = _image_name(scope, image_id)
    for architecture, pattern in ARCHITECTURES.items():
        if architecture != instance_type.architecture and pattern.search(name):
            raise ValueError(
                f"instance_type {instance_type.to_string()} has {instance_type.architecture.value} processors, "
                f"but the machine image {name} is for {architecture.value}: choose one that matches the other"
            )


def _image_name(scope: IConstruct, image_id: str) -> str:
    """Find the public parameter behind an image: that path names the processor; a bare ami-… names nothing."""
    stack = Stack.of(scope)
    resolved = stack.resolve(image_id)
    if isinstance(resolved, dict) and "Ref" in resolved:
        for child in stack.node.find_all():
            if isinstance(child, CfnParameter) and stack.resolve(child.logical_id) == resolved["Ref"]:
                return str(child.default)
    return str(resolved)
