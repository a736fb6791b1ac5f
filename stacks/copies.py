"""What each copy was told, in a folder with one file a copy: made by make, read by whoever synthesizes."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from stacks.checks import check_names
from stacks.setting import CHECKOUT, SettingsError, as_text

COPIES = CHECKOUT / "copies"
# Where else they are, such as in the embedded AWS's own state.
ELSEWHERE = "DATA_COMPUTE_COPIES"


def copies_folder() -> Path:
    """Name the folder of this process's copies."""
    return Path(os.environ.get(ELSEWHERE) or COPIES)


def read_copy(folder: Path, copy: str) -> dict[str, str]:
    """Read what a copy was told, or raise a ``SettingsError``."""
    file = _file(folder, copy)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SettingsError(f"{_shown(file)} is no JSON ({error}): mend it, or remove it to begin anew") from None
    if not isinstance(content, dict):
        raise SettingsError(f'{_shown(file)} holds no {{"name": "value"}}: mend it, or remove it to begin anew')
    try:
        check_names(content)
        if "copy" in content:
            raise SettingsError("copy is the file's own name: take it out")
        return {name: as_text(name, value) for name, value in content.items()}
    except SettingsError as error:
        raise SettingsError(f"{_shown(file)}: {error}") from None


def write_copy(folder: Path, copy: str, told: Mapping[str, str]) -> Path | None:
    """Write what a copy was told, unless the file says so already; give the file that has changed."""
    file = _file(folder, copy)
    if dict(told) == read_copy(folder, copy):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}.draft")
    try:
        draft.write_text(json.dumps(dict(told), indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(file)
    finally:
        # Still there where the disk was full.
        draft.unlink(missing_ok=True)
    return file


def _file(folder: Path, copy: str) -> Path:
    return folder / f"{copy}.json"


def _shown(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
