"""The same sources give the same asset everywhere, for the function's code and for the app."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from aws_cdk import App, CfnElement, Stack

from data_compute import PythonFunction, StreamlitServer
from local_aws import sources, swap
from local_aws.sources import Source

# What lies about in a folder on a laptop and is none of the code.
JUNK = (
    "__pycache__/handler.cpython-311.pyc",
    "__pycache__/handler.cpython-314.pyc.140234",
    "pages/__pycache__/mean.cpython-314.pyc",
    "stale.pyc",
    "tests/test_handler.py",
    "tests/data.csv",
    "pages/tests/data.csv",
    "test_handler.py",
    "handler_test.py",
    "conftest.py",
    "Tests/test_pages.py",
    ".aws/credentials",
    ".DS_Store",
    "pages/.DS_Store",
    ".env",
    ".env.local",
    "pages/.env",
    ".envrc",
    ".git/HEAD",
    ".git-credentials",
    ".gitignore",
    ".hypothesis/unicode_data/map",
    ".idea/workspace.xml",
    ".ipynb_checkpoints/mean.ipynb",
    ".mypy_cache/missing_stubs",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".pytest_cache/README.md",
    ".ruff_cache/CACHEDIR.TAG",
    ".ssh/config",
    ".ssh/id_ed25519",
    "secrets.toml",
    "pages/secrets.toml",
    ".streamlit/secrets.toml",
    "pages/.streamlit/secrets.toml",
    ".streamlit/.DS_Store",
    ".venv/pyvenv.cfg",
    ".venv/lib/certifi/cacert.pem",
    "venv/pyvenv.cfg",
    ".vscode/settings.json",
    "handler.py~",
    ".handler.py.swp",
    ".handler.py.swo",
    "#handler.py#",
    ".#handler.py",
    "flycheck_handler.py",
)
CODE = {
    "handler.py": "def lambda_handler(event, context):\n    return event\n",
    "app.py": "import streamlit\n",
    "requirements.txt": "boto3\n",
    "pages/mean.py": "import numbers\n",
    "pages/test_results.py": "import numbers\n",
    # Names that hold a pattern of junk and are none.
    "data/latest.csv": "a,b\n1,2\n",
    "contest.py": "rounds = 3\n",
    "environment.toml": "name = 1\n",
    ".streamlit/config.toml": "[theme]\nbase = 'light'\n",
    "keyboard.json": "{}\n",
    "id_rsa.pub": "ssh-rsa AAAA\n",
    "secrets_of_pandas.py": "import os\n",
    "lib/certifi/cacert.pem": "-----BEGIN CERTIFICATE-----\n",
}

Asset = tuple[str, set[str]]


@pytest.fixture(params=["function", "app"])
def asset_of(request: pytest.FixtureRequest, new_stack: Callable[[], Stack]) -> Callable[[Path], Asset]:
    """Give the hash of what a folder becomes, and the names of the files in it."""

    def asset(folder: Path) -> Asset:
        stack = new_stack()
        if request.param == "function":
            PythonFunction(stack, "Mean", source=folder, handler="handler.lambda_handler")
        else:
            StreamlitServer(stack, "Server", app=folder, entry_file="app.py")
        return _staged(stack)

    return asset


def _staged(stack: Stack) -> Asset:
    """Find the asset with a handler in it, as both folders here have one."""
    app = stack.node.root
    assert isinstance(app, App)
    folder = Path(app.synth().directory)
    for asset_hash, file in json.loads((folder / "Stack.assets.json").read_text())["files"].items():
        source = folder / file["source"]["path"]
        if (source / "handler.py").is_file():
            return asset_hash, {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    raise AssertionError("no asset has a handler.py")


def write(folder: Path, *, junk: bool) -> Path:
    files = CODE | (dict.fromkeys(JUNK, "junk") if junk else {})
    for name, content in sorted(files.items(), reverse=junk):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def test_junk_and_place_do_not_change_the_asset(asset_of: Callable[[Path], Asset], tmp_path: Path) -> None:
    clean_hash, clean_files = asset_of(write(tmp_path / "clean", junk=False))
    other_hash, other_files = asset_of(write(tmp_path / "some" / "where" / "else", junk=True))

    assert clean_files == set(CODE)
    assert other_files == set(CODE)
    assert clean_hash == other_hash


def test_watch_takes_the_same_files(tmp_path: Path) -> None:
    """The CDK's matcher of names and the laptop's read the same lists in the same way."""
    assert set(map(str, swap.files(write(tmp_path, junk=True)))) == set(CODE)


def test_the_assembly_tells_which_folder_a_resource_runs(new_stack: Callable[[], Stack], tmp_path: Path) -> None:
    """`make watch` asks it; a template says nothing, as what is deployed must not depend on where it was."""
    stack = new_stack()
    folder = write(tmp_path / "my folder", junk=False)
    function = PythonFunction(stack, "Mean", source=folder, handler="handler.lambda_handler")
    server = StreamlitServer(stack, "Server", app=folder, entry_file="app.py")
    path = os.path.relpath(folder)
    app = stack.node.root
    assert isinstance(app, App)
    assembly = Path(app.synth().directory)
    template = json.loads((assembly / "Stack.template.json").read_text())
    assert set(sources.in_assembly(assembly)) == {
        Source("Stack", stack.get_logical_id(cast(CfnElement, resource)), path)
        for resource in (function.lambda_function.node.default_child, server.instance)
    }
    assert "my folder" not in json.dumps(template)


@pytest.mark.parametrize("construct", ["function", "app"])
def test_tells_in_one_line_what_the_code_may_miss(
    new_stack: Callable[[], Stack], tmp_path: Path, construct: str, capfd: pytest.CaptureFixture[str]
) -> None:
    stack, folder = new_stack(), write(tmp_path / "clean", junk=False)
    for name in ("tests/test_handler.py", "lib/test_tools.py", ".env", "__pycache__/a.pyc", ".git/HEAD", ".DS_Store"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("junk")
    if construct == "function":
        PythonFunction(stack, "Mean", source=folder, handler="handler.lambda_handler")
    else:
        StreamlitServer(stack, "Server", app=folder, entry_file="app.py")

    told = f"not deployed of {os.path.relpath(folder)}: tests, .env, lib/test_tools.py"
    assert capfd.readouterr().err.splitlines() == [told]


def test_says_nothing_of_caches(
    new_stack: Callable[[], Stack], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    stack, folder = new_stack(), write(tmp_path, junk=False)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").touch()
    StreamlitServer(stack, "Server", app=folder, entry_file="app.py")

    assert capfd.readouterr().err == ""


def test_code_does(asset_of: Callable[[Path], Asset], tmp_path: Path) -> None:
    before, _ = asset_of(write(tmp_path / "before", junk=False))
    after = write(tmp_path / "after", junk=False)
    (after / "pages" / "mean.py").write_text("import fractions\n")

    assert asset_of(after)[0] != before
