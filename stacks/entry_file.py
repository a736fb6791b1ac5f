"""Which script of an app's folder is the one that Streamlit runs."""

import re
from pathlib import Path

USUAL = ("app.py", "streamlit_app.py")
IMPORTS_STREAMLIT = re.compile(r"^\s*(import|from)\s+streamlit\b", re.MULTILINE)


def find_entry_file(app: Path, named: str = "") -> str:
    """Find the one script that can be meant, or say which could.

    :param named: the script that the copy was told to run, if it was told one.
    """
    if not app.is_dir():
        raise ValueError(f"app {str(app)!r} is not a folder: name the folder that holds the Streamlit app")
    scripts = {path.name: path for path in sorted(app.glob("*.py"))}
    if named:
        if not (app / named).is_file():
            raise ValueError(f"entry_file={named!r}: app {str(app)!r} has no such script; ENTRY_FILE= lets it be found")
        return named
    for name in USUAL:
        if name in scripts:
            return name
    found = [name for name, path in scripts.items() if _imports_streamlit(path)]
    if len(found) == 1:
        return found[0]
    why = "several scripts that import streamlit" if found else "no script that imports streamlit"
    candidates = ", ".join(found or scripts) or "no Python file"
    raise ValueError(
        f"app {str(app)!r} has no {' or '.join(USUAL)}, and {why}: {candidates}. Name the one to run, such as "
        f"ENTRY_FILE={(found or ['dashboard.py'])[0]}"
    )


def _imports_streamlit(path: Path) -> bool:
    return bool(IMPORTS_STREAMLIT.search(path.read_text(encoding="utf-8", errors="replace")))
