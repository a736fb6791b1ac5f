"""Every page of an app is opened once, by the deployed unit's own command, and one that fails is named."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws.machines import boot, unit
from local_aws.machines.app_environment import environment_of
from local_aws.machines.disk import Disk
from local_aws.machines.service import Service
from ops.cloud.probe import ask
from stacks.setting import CHECKOUT

# Each starts a server.
pytestmark = pytest.mark.system

CONSTRUCTS = CHECKOUT / "constructs/data_compute"
FIRST = "import streamlit as st\nst.session_state.user = 'somebody'\n"
LISTED = "import streamlit as st\nst.navigation([st.Page('first.py'), st.Page('second.py')]).run()\n"
SHOWN = "import streamlit as st\ntry:\n    1 / 0\nexcept ZeroDivisionError as error:\n    st.exception(error)\n"

Prove = Callable[..., Service]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    made = Disk(tmp_path / "i-1")
    made.create()
    shutil.copytree(CONSTRUCTS / "machine/boot", made.boot_files)
    shutil.copytree(CONSTRUCTS / "page/unit", made.service_files)
    return made


@pytest.fixture
def prove(disk: Disk) -> Iterator[Prove]:
    services: list[Service] = []

    def prove(files: dict[str, str], entry_file: str = "app.py") -> Service:
        for name, text in files.items():
            path = disk.app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        here = {f"{disk.contract['FILES']}/": disk.folder}
        service_unit, interpreter = unit.read(disk.unit, places=here), Path(sys.executable)
        settings = {"PORT": "8501", "ENTRY_FILE": entry_file}
        services.append(
            Service(disk, service_unit, interpreter, environment_of(disk, service_unit, interpreter, settings))
        )
        services[-1].start("127.0.0.1")
        boot.prove(services[-1], disk.contract)
        return services[-1]

    yield prove
    for service in services:
        service.stop()


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": FIRST, "pages/2_second.py": "import streamlit as st\nst.title(st.session_state.user)\n"},
        {"app.py": FIRST, "pages/second.py": SHOWN},
        {"app.py": LISTED, "first.py": "", "second.py": ""},
        {"app.py": LISTED, "first.py": "", "second.py": "", "pages/no_page_of_it.py": "raise KeyError\n"},
    ],
    ids=["in pages", "an error that is shown", "listed", "listed elsewhere"],
)
def test_pages_that_run_are_well(prove: Prove, files: dict[str, str]) -> None:
    prove(files)


def test_nobody_who_asks_for_the_pages_health_runs_the_app(prove: Prove, disk: Disk) -> None:
    service = prove({"app.py": "print('ran', flush=True)\n"})
    for path in ("health", "script-health-check"):
        ask(f"http://127.0.0.1:{service.port}/_stcore/{path}")
    assert disk.app_log.read_text().count("ran\n") == 1


def test_a_server_that_ends_is_said_to(prove: Prove, disk: Disk) -> None:
    with pytest.raises(boot.BootError, match="raised an error"):
        prove({"app.py": "import os\nos._exit(3)\n"})
    assert "pages: the server ended" in disk.last_app_lines()


def test_an_entry_file_may_have_a_title_for_a_name(prove: Prove) -> None:
    prove({"1_👋 Good $HOME.py": FIRST}, "1_👋 Good $HOME.py")


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": FIRST, "pages/1_first.py": "", "pages/2_second.py": "raise RuntimeError('no database')\n"},
        {"app.py": FIRST, "pages/second.py": "import streamlit as st\nst.title('open'\n"},
        {"app.py": LISTED, "first.py": "", "second.py": "import nowhere_to_be_found\n"},
    ],
    ids=["in pages", "syntax", "listed"],
)
def test_a_page_that_fails_is_named(prove: Prove, disk: Disk, files: dict[str, str]) -> None:
    with pytest.raises(boot.BootError, match="raised an error"):
        prove(files)
    assert disk.last_app_lines()[-1] == "pages: the page /second raised an error"


@pytest.mark.parametrize(
    "script",
    ["1 / 0\n", "import streamlit as st\nst.title('open'\n", "import nowhere_to_be_found\n"],
    ids=["raises", "syntax", "lacks a package"],
)
def test_the_first_page_is_opened_as_well(prove: Prove, disk: Disk, script: str) -> None:
    with pytest.raises(boot.BootError, match="raised an error"):
        prove({"app.py": script})
    assert disk.last_app_lines()[-1] == "pages: the first page raised an error"


def test_a_page_may_say_much(prove: Prove) -> None:
    prove({"app.py": "import streamlit as st\nst.code('x' * 100)\nst.code('x' * 1000)\nst.code('x' * 3_000_000)\n"})
