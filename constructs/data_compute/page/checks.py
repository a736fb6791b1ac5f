"""What of an app and its page can be known to be wrong before anything is deployed."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Token
from packaging.version import Version

from data_compute.arguments import check_whole
from data_compute.locks import pinned

# Spaces and emoji too, as Streamlit makes titles of them. A dash would be an option of its command line.
ENTRY_FILE = re.compile(r"(?![-/])[^\x00-\x1f]+\.py")
# From here on uvicorn is all that Streamlit serves by, and before that the guard stands.
LEAST_STREAMLIT = "1.57"
# Before, whoever brought the id of a visitor's session got it, whoever they had signed in as.
LEAST_TO_SIGN_IN = "1.61"


def check_app(app: Path, entry_file: str) -> None:
    """Raise unless the folder holds a Streamlit app that a machine could install."""
    if not app.is_dir():
        raise ValueError(f"app {str(app)!r} is not a folder: pass the folder that holds the Streamlit app")
    if not ENTRY_FILE.fullmatch(entry_file) or ".." in Path(entry_file).parts:
        raise ValueError(
            f"entry_file {entry_file!r} is not the name of a Python file inside the app's folder, such as 'app.py'; "
            "it ends in .py, and begins with no dash or slash"
        )
    if not (app / entry_file).is_file():
        found = ", ".join(sorted(path.name for path in app.glob("*.py"))) or "no Python file"
        raise ValueError(f"entry_file {entry_file!r} does not exist in {str(app)!r}, which holds {found}")
    # Streamlit reads both.
    for folder in {app, (app / entry_file).parent}:
        _check_config(folder / ".streamlit" / "config.toml")


def _check_config(config: Path) -> None:
    if not config.is_file():
        return
    try:
        server = tomllib.loads(config.read_text(encoding="utf-8")).get("server")
    except ValueError as error:
        # Streamlit would say so in its log, and go on without any of it.
        raise ValueError(f"{str(config)!r} is no TOML ({error}): mend that place") from None
    base = server.get("baseUrlPath") if isinstance(server, dict) else None
    if str(base or "").strip("/"):
        raise ValueError(
            f"{str(config)!r} sets server.baseUrlPath to {base!r}, and the page's address and its health check are at "
            "the root: take that line out"
        )


def check_streamlit(requirements: Path, least: str, *, lacks: str) -> None:
    """Raise if the app keeps to a Streamlit that is too old; the guard knows one without a lock.

    :param lacks: what that one does, or can't do.
    """
    version = pinned(requirements, "streamlit")
    if version and Version(version) < Version(least):
        raise ValueError(
            f"{str(requirements)!r} has streamlit {version}, which {lacks}: let "
            f"requirements.txt say streamlit>={least}, and where there is a lock, make it anew"
        )


def check_email_domains(domains: Sequence[str]) -> None:
    """Raise unless each is what stands behind the @ of an e-mail address."""
    for domain in domains:
        if not re.fullmatch(r"([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", domain):
            raise ValueError(f"email_domains has {domain!r}: name what stands behind the @, such as 'example.org'")


def check_port(port: int) -> None:
    """Raise unless an unprivileged process may listen there."""
    check_whole("port", port)
    if not Token.is_unresolved(port) and not 1024 <= port <= 65535:
        raise ValueError(f"port {port} is not between 1024 and 65535: Streamlit's own is 8501")
