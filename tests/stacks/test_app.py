"""The app as a person starts it: the same templates anywhere, without network, account or home; and clear errors."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.stacks.variants import BOTH

# Four programs at once, which synthesize or refuse to, take both cores for a quarter of a minute.
pytestmark = pytest.mark.system

SOURCES = ("app.py", "cdk.json", "constructs", "stacks", "lambda_src", "streamlit_src")
# A namespace of its own for the network, in which there is nothing, not even a loopback device that is up.
NO_NETWORK = ("unshare", "--map-root-user", "--net")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    folder: Path
    status: int
    output: str
    errors: str


@cache
def no_network() -> Sequence[str]:
    works = shutil.which("unshare") and subprocess.run([*NO_NETWORK, "true"], capture_output=True).returncode == 0
    return NO_NETWORK if works else ()


@pytest.fixture(scope="module")
def done(root: Path, package_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Done]]:
    """Run all of them at once, each in a copy of its own: a synthesis takes seconds."""
    somewhere = tmp_path_factory.mktemp("somewhere")
    commands: dict[str, tuple[Path, Sequence[str], dict[str, str]]] = {
        "python app.py": (somewhere / "one", ["python", "app.py"], {}),
        "cdk synth": (somewhere / "two" / "deeper" / "down", [*no_network(), "cdk", "synth", "--quiet"], {}),
        "unknown setting": (somewhere / "three", ["python", "app.py"], {"web_form": "world", "port": "80"}),
        "too much ssh": (somewhere / "four", ["python", "app.py"], {"ssh_from": "world"}),
    }
    # All that the app may see: no account's credentials, no home of a person.
    tools = (Path(sys.executable).parent, root / "node_modules" / ".bin", "/usr/bin", "/bin")
    environment = {
        "PATH": os.pathsep.join(map(str, tools)),
        "HOME": str(tmp_path_factory.mktemp("home")),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(package_cache),
        "CDK_DISABLE_VERSION_CHECK": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with ExitStack() as running:
        processes: dict[str, subprocess.Popen[str]] = {}
        for name, (folder, command, settings) in commands.items():
            processes[name] = running.enter_context(start(copy_of(root, folder), command, environment, settings))
            running.callback(processes[name].kill)
        yield {name: end(commands[name][0], process) for name, process in processes.items()}


def copy_of(root: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        else:
            shutil.copy(source, folder)
    return folder


def start(
    folder: Path, command: Sequence[str], environment: Mapping[str, str], settings: Mapping[str, str]
) -> subprocess.Popen[str]:
    # The library is this copy's, not the one that is installed in the environment.
    given = {**environment, "PYTHONPATH": str(folder / "constructs")}
    if settings:
        # As the CDK's command line passes what is given to it with -c.
        given["CDK_CONTEXT_JSON"] = json.dumps(settings)
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=given, stdout=pipe, stderr=pipe, text=True)


def end(folder: Path, process: subprocess.Popen[str]) -> Done:
    output, errors = process.communicate(timeout=120)
    return Done(folder, process.returncode, output, errors)


@pytest.mark.parametrize("name", ["python app.py", "cdk synth"])
def test_synthesis_succeeds(done: Mapping[str, Done], name: str) -> None:
    assert done[name].status == 0, done[name].errors
    assert "Traceback" not in done[name].errors


@pytest.mark.parametrize("name", ["python app.py", "cdk synth"])
def test_no_scanner_has_a_finding(done: Mapping[str, Done], name: str) -> None:
    report = json.loads((done[name].folder / "cdk.out" / "validation-report.json").read_text())
    found = {plugin["pluginName"]: plugin["violations"] for plugin in report["pluginReports"]}
    # What the app itself tells the person who deploys.
    (closed,) = found.pop("Construct Annotations")

    assert "on AWS nobody can open the page yet" in closed["description"]
    assert found
    assert not any(found.values())


@pytest.mark.parametrize("stack", BOTH)
def test_templates_are_the_same_byte_by_byte(done: Mapping[str, Done], stack: str) -> None:
    one, two = (
        (done[name].folder / "cdk.out" / f"{stack}.template.json").read_bytes()
        for name in ("python app.py", "cdk synth")
    )

    assert len(one) > 1000
    assert one == two


def test_synthesis_asked_nobody(done: Mapping[str, Done]) -> None:
    if not no_network():
        pytest.skip("needs a namespace without network: run as root on Linux, or allow unshare --map-root-user --net")

    assert done["cdk synth"].status == 0


def test_synthesis_leaves_its_output_and_nothing_else(done: Mapping[str, Done]) -> None:
    folder = done["python app.py"].folder

    assert {path.name for path in folder.iterdir()} == {*SOURCES, "cdk.out"}


def test_an_unknown_setting_is_one_clear_message(done: Mapping[str, Done]) -> None:
    ended = done["unknown setting"]

    assert ended.status == 1
    first, second = ended.errors.splitlines()
    assert first.startswith("error: web_form is not a setting; the settings are allow_origins, copy, ")
    assert second == "port='80': use a number from 1024 to 65535"
    assert ended.output == ""


def test_what_the_library_refuses_is_one_clear_message(done: Mapping[str, Done]) -> None:
    ended = done["too much ssh"]

    assert ended.status == 1
    (message,) = ended.errors.splitlines()
    assert message.startswith("error: SSH was opened to 0.0.0.0/0, which is more than a /16 of IPv4: name your own")
