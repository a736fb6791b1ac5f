"""The private key of a lab's own key pair: its person downloads it from the lab's page, as AWS does not hand it out."""

from pathlib import Path

NAME = "labsuser.pem"
# A browser numbers the second one.
NAMES = "labsuser*.pem"


def downloaded(folder: Path) -> Path:
    """Name the newest of those downloaded, as each lab has its own; where there is none, where it could be."""
    found = [file for place in _places(folder) for file in place.glob(NAMES)]
    return max(found, key=lambda file: file.stat().st_mtime, default=folder / NAME)


def how_to_get_it(folder: Path) -> str:
    """Say where it was looked for, and where it comes from."""
    looked = ", ".join(map(str, _places(folder)))
    return (
        f"no {NAME} in {looked}: download it on the lab's page, AWS Details, Download PEM, and leave it in one of these"
    )


def _places(folder: Path) -> list[Path]:
    return list(dict.fromkeys([folder.absolute(), Path.home() / "Downloads", Path.home() / ".ssh"]))
