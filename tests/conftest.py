"""What all tests share: slow ones last, and on CI no test may skip."""

import functools
import gc
import os
import re
import resource
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Until all is collected, as hardly anything of it is garbage.
gc.disable()
# Read by the CDK's process, which starts with the first construct. The validation of templates takes seconds and is
# for `cdk synth` and the tests that ask for it.
os.environ["CDK_VALIDATION"] = "false"
# As with make, which says the same.
os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(Path(sys.prefix) / "cache" / "jsii")


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder of this checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def package_cache() -> Path:
    """Give where the CDK is unpacked already: a test with a home of its own would spend ten seconds on that."""
    return Path(os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"])


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Let no file grow: each write fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


ALL_SYSTEM = re.compile(r"^pytestmark = (\[\n    )?pytest\.mark\.system\b", re.MULTILINE)
# What a run leaves out by `-m`: files that it need not even import, as all their tests are out.
LEFT_OUT: dict[str, Callable[[str], bool]] = {
    "system": lambda text: "mark.system" not in text,
    "not system": lambda text: bool(ALL_SYSTEM.search(text)),
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    leaves_out = LEFT_OUT.get(config.option.markexpr)
    if leaves_out and collection_path.is_file() and collection_path.name.startswith("test_"):
        return leaves_out(collection_path.read_text(encoding="utf-8")) or None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("system") is not None)


CHECKOUT = Path(__file__).parents[1]

# What starts once in a run, as it takes long, and so is used by one process: the CDK's kernel, the machines' image, the
# deployments that the tests of the embedded AWS share, and those of the operating command line.
STARTS_ONCE = {
    "tests/constructs/": "cdk",
    "tests/stacks/": "cdk",
    "tests/test_examples.py": "cdk",
    "tests/boot/": "boot",
    "tests/ops/deployed/": "ops",
}
# What a test says that uses the embedded AWS which others use too; the other tests of it bring their own, or none.
SHARED_CLOUD = re.compile(r"\b(up: Checkout|cloud: Cloud)\b")


@functools.cache
def starts_once(file: str) -> str | None:
    """Name what a file's tests share with those of other files."""
    if place := next((place for place in STARTS_ONCE if file.startswith(place)), None):
        return STARTS_ONCE[place]
    if file.startswith("tests/local_aws/") and SHARED_CLOUD.search((CHECKOUT / file).read_text(encoding="utf-8")):
        return "local_aws"
    return None


class BySharedStart(LoadFileScheduling):  # type: ignore[misc]
    """Share the tests out by file, and to one process all that use what starts once.

    In the order of their folders, in which what takes long comes before what is quick.
    """

    def _split_scope(self, nodeid: str) -> str:
        return starts_once(nodeid.split("::")[0]) or str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySharedStart:
    return BySharedStart(config, log)


def pytest_collection_finish() -> None:
    """Look no more for garbage among all that was imported: each look at it takes longer than most tests."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _forbidden_skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# Around pytest's own, so that the reasons are above and the closing line is below.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    yield
    if skips := _forbidden_skips(config):
        terminalreporter.write_line(
            f"CI: {skips} skipped, and on CI every test must run: install what the reasons above name", red=True
        )


def _forbidden_skips(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    return skipped if os.environ.get("CI") == "true" else 0
