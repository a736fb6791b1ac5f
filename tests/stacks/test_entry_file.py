"""Which script of a person's folder is their app."""

import re
from pathlib import Path

import pytest

from stacks.entry_file import find_entry_file

PAGE = "import streamlit as st\n\nst.title('hello')\n"


def folder(tmp_path: Path, **scripts: str) -> Path:
    for name, text in scripts.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("scripts", "found"),
    [
        ({"app": "", "streamlit_app": PAGE, "other": PAGE}, "app.py"),
        ({"streamlit_app": "", "other": PAGE}, "streamlit_app.py"),
        ({"dashboard": PAGE, "helpers": "import pandas\n"}, "dashboard.py"),
        ({"dashboard": "from streamlit import title\n"}, "dashboard.py"),
        ({"dashboard": "def main():\n    import streamlit.web\n", "words": "# import streamlit\n"}, "dashboard.py"),
        ({"dashboard": PAGE, "charts": "import streamlit_charts\n"}, "dashboard.py"),
    ],
)
def test_the_one_that_can_be_meant(tmp_path: Path, scripts: dict[str, str], found: str) -> None:
    assert find_entry_file(folder(tmp_path, **scripts)) == found


@pytest.mark.parametrize(
    ("scripts", "wrong"),
    [
        (
            {"one": PAGE, "two": PAGE, "three": ""},
            "several scripts that import streamlit: one.py, two.py. Name the one to run, such as ENTRY_FILE=one.py",
        ),
        (
            {"two": "", "one": ""},
            "no script that imports streamlit: one.py, two.py. Name the one to run, such as ENTRY_FILE=dashboard.py",
        ),
        (
            {},
            "no script that imports streamlit: no Python file. Name the one to run, such as ENTRY_FILE=dashboard.py",
        ),
    ],
)
def test_else_the_candidates_are_named(tmp_path: Path, scripts: dict[str, str], wrong: str) -> None:
    app = folder(tmp_path, **scripts)
    message = re.escape(f"app {str(app)!r} has no app.py or streamlit_app.py, and {wrong}")

    with pytest.raises(ValueError, match=f"^{message}$"):
        find_entry_file(app)


@pytest.mark.parametrize("name", ["nowhere", "app.py"])
def test_an_app_that_is_no_folder(tmp_path: Path, name: str) -> None:
    app = folder(tmp_path, app=PAGE) / name

    with pytest.raises(ValueError, match=rf"^app {re.escape(repr(str(app)))} is not a folder: name the folder that"):
        find_entry_file(app)


def test_a_script_below_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    folder(tmp_path / "pages", app=PAGE)
    folder(tmp_path, dashboard=PAGE)

    assert find_entry_file(tmp_path) == "dashboard.py"


def test_a_script_that_is_not_utf_8_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "dashboard.py").write_bytes(b"# -*- coding: latin-1 -*- \xe9\nimport streamlit\n")

    assert find_entry_file(tmp_path) == "dashboard.py"


def test_a_script_that_was_named_for_another_app(tmp_path: Path) -> None:
    (tmp_path / "app.py").touch()
    with pytest.raises(ValueError, match=r"^entry_file='b\.py': app '.*' has no such script; ENTRY_FILE= lets it be"):
        find_entry_file(tmp_path, "b.py")
