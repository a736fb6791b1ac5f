"""The app as a person starts it: the same templates anywhere, without network, account or home; and clear errors."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.stacks.variants import BOTH

# Four programs at once, which synthesize or refuse to, take both cores for a quarter of a minute.
pytestmark = pytest.mark.system

SOURCES = ("app.py", "cdk.json", "constructs", "stacks", "lambda_src", "streamlit_src")
# Where the CDK's command line was told of messages to leave out, and a person keeps a setting of theirs.
HOME = {"context": {"cli-telemetry": False, "acknowledged-issue-numbers": [1], "colour": "blue", "generation": 2}}
COPIES = {
    "main": '{"web_from": "203.0.113.7/32", "port": 9000}',
    "alice": '{"function_name": "average"}',
    "broken": '{"port": 9000',
}
# A namespace of its own for the network, in which there is nothing, not even a loopback device that is up.
NO_NETWORK = ("unshare", "--map-root-user", "--net")


@dataclass(frozen=True)
class Run:
    """A command, and what it finds."""

    command: Sequence[str]
    # As the CDK's command line passes what is given to it with -c.
    context: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    home: Mapping[str, Any] = field(default_factory=dict)


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
    app = ["python", "app.py"]
    runs = {
        "python app.py": Run(app),
        "cdk synth far below": Run([*no_network(), "cdk", "synth", "--quiet"]),
        "unknown setting": Run(app, {"web_form": "world", "prort": "80"}),
        "bad values": Run(app, {"zone": "third", "port": "80"}),
        "a script that is none": Run(app, {"entry_file": "../app.py"}),
        "an app without requirements": Run(app, {"app": "lambda_src/calculate_mean", "entry_file": "handler.py"}),
        "main": Run(app, {"port": "9001"}, COPIES),
        "alice": Run(["cdk", "synth", "--quiet", "-c", "copy=alice"], {}, COPIES, HOME),
        "broken": Run(app, {"copy": "broken"}, COPIES),
        "cdk cli-telemetry": Run(["cdk", "cli-telemetry", "--status"]),
    }
    # All that the app may see: no account's credentials, no home of a person.
    tools = (Path(sys.executable).parent, root / "node_modules" / ".bin", "/usr/bin", "/bin")
    environment = {
        "PATH": os.pathsep.join(map(str, tools)),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(package_cache),
        "CDK_DISABLE_VERSION_CHECK": "true",
        # The CDK's bytecode is read where this checkout keeps it, and none is added.
        "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "cache" / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    somewhere = tmp_path_factory.mktemp("somewhere")
    with ExitStack() as running:
        processes: dict[Path, subprocess.Popen[str]] = {}
        for name, run in runs.items():
            home = tmp_path_factory.mktemp("home")
            (home / ".cdk.json").write_text(json.dumps(run.home))
            # Each at another depth.
            folder = copy_of(root, somewhere.joinpath(*name.split()), run.copies)
            # The CDK's own validation takes longer than all the rest; the first two have it.
            told = {"CDK_VALIDATION": "false"} if run.copies else {}
            processes[folder] = running.enter_context(start(folder, run, environment | {"HOME": str(home)} | told))
            running.callback(processes[folder].kill)
        yield {name: end(folder, process) for name, (folder, process) in zip(runs, processes.items(), strict=True)}


def copy_of(root: Path, folder: Path, copies: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        else:
            shutil.copy(source, folder)
    for name, content in copies.items():
        (folder / "copies").mkdir(exist_ok=True)
        (folder / "copies" / f"{name}.json").write_text(content)
    return folder


def start(folder: Path, run: Run, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    # The library is this copy's, not the one that is installed in the environment.
    given = {**environment, "PYTHONPATH": str(folder / "constructs")}
    if run.context:
        given["CDK_CONTEXT_JSON"] = json.dumps(run.context)
    pipe = subprocess.PIPE
    return subprocess.Popen(run.command, cwd=folder, env=given, stdout=pipe, stderr=pipe, text=True)


def end(folder: Path, process: subprocess.Popen[str]) -> Done:
    output, errors = process.communicate(timeout=120)
    return Done(folder, process.returncode, output, errors)


@pytest.mark.parametrize("name", ["python app.py", "cdk synth far below"])
def test_synthesis_succeeds(done: Mapping[str, Done], name: str) -> None:
    assert done[name].status == 0, done[name].errors
    assert "Traceback" not in done[name].errors


@pytest.mark.parametrize("name", ["python app.py", "cdk synth far below"])
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
        for name in ("python app.py", "cdk synth far below")
    )

    assert len(one) > 1000
    assert one == two


def test_synthesis_asked_nobody(done: Mapping[str, Done]) -> None:
    if not no_network():
        pytest.skip("needs a namespace without network: run as root on Linux, or allow unshare --map-root-user --net")

    assert done["cdk synth far below"].status == 0


def test_synthesis_leaves_its_output_and_nothing_else(done: Mapping[str, Done]) -> None:
    folder = done["python app.py"].folder

    assert {path.name for path in folder.iterdir()} == {*SOURCES, "cdk.out"}


def test_the_command_line_reports_to_nobody(done: Mapping[str, Done]) -> None:
    """Whoever starts it in this checkout: make, `ops`, a person."""
    ended = done["cdk cli-telemetry"]

    assert "CLI Telemetry is disabled" in ended.output + ended.errors


def test_an_unknown_setting_is_one_clear_message(done: Mapping[str, Done]) -> None:
    first, second = complaint(done["unknown setting"])

    assert first.startswith(
        "error: prort is not a setting; did you mean port? The settings are account, allow_origins, app, "
    )
    assert second.startswith(
        "web_form is not a setting; did you mean web_from? The settings are account, allow_origins, app, "
    )


def test_all_bad_values_are_one_clear_message(done: Mapping[str, Done]) -> None:
    assert complaint(done["bad values"]) == [
        "error: zone='third': use one of first, second",
        "port='80': use a number from 1024 to 65535",
    ]


def test_what_the_library_refuses_is_one_clear_message(done: Mapping[str, Done]) -> None:
    (message,) = complaint(done["a script that is none"])

    assert message.startswith("error: entry_file '../app.py' is not the name of a Python file inside the app's folder")


def test_a_persons_app_without_requirements_is_one_clear_message(done: Mapping[str, Done]) -> None:
    (message,) = complaint(done["an app without requirements"])

    assert message.startswith("error: app '")
    assert message.endswith(
        "lambda_src/calculate_mean' has no requirements.txt: add one with the line streamlit, and a line for each "
        "other package that the app imports"
    )


def test_a_copys_broken_file_is_one_clear_message(done: Mapping[str, Done]) -> None:
    (message,) = complaint(done["broken"])

    assert message == (
        "error: copies/broken.json is no JSON (Expecting ',' delimiter: line 1 column 14 (char 13)): mend it, or "
        "remove it to begin anew"
    )


def complaint(ended: Done) -> list[str]:
    assert ended.status == 1
    assert ended.output == ""
    return ended.errors.splitlines()


def test_the_app_reads_what_its_copy_was_told(done: Mapping[str, Done]) -> None:
    assert told(done["main"], "Streamlit") == {"port": "9001", "web_from": "203.0.113.7/32"}
    assert told(done["main"], "CalculateMean") == {}


def test_a_copy_reads_its_own_and_nothing_in_a_home_stops_it(done: Mapping[str, Done]) -> None:
    assert told(done["alice"], "CalculateMean-alice") == {"function_name": "average"}
    # From ~/.cdk.json, beside what the command line keeps there: so all of it has reached the app.
    assert told(done["alice"], "Streamlit-alice") == {"generation": "2"}


def told(ended: Done, stack: str) -> Any:
    assert ended.status == 0, ended.errors
    template = json.loads((ended.folder / "cdk.out" / f"{stack}.template.json").read_text())
    return json.loads(template["Outputs"]["Settings"]["Value"])
