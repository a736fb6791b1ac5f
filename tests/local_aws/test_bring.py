"""Which changes `watch` wakes for, and by which way each comes into what runs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_aws.cloud import Cloud
from local_aws.commands import watch
from local_aws.processes import Process
from local_aws.sources import Source
from local_aws.state import State
from stacks.setting import CHECKOUT

Bring = Callable[..., list[Any]]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Make an app outside of the checkout, under a name that would stay behind inside of it."""
    folder = tmp_path / "tests" / "my app"
    folder.mkdir(parents=True)
    (folder / "dashboard.py").touch()
    return folder


@pytest.fixture
def followed(app: Path) -> list[Source]:
    return [
        Source("CalculateMean-alice", "Mean", "lambda_src/calculate_mean"),
        Source("Streamlit-alice", "Server", os.path.relpath(app, CHECKOUT)),
        Source("Describe-alice", "Describe", "lambda_src/describe", with_packages=True),
    ]


@pytest.fixture
def bring(tmp_path: Path, followed: list[Source], monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Bring changes, and answer what was deployed or swapped for them."""
    cloud = Cloud(State(tmp_path / "state"), Process(1, ""), 9)
    cloud.state.deployments.mkdir(parents=True)

    def brought(*changed: Path) -> list[Any]:
        done: list[Any] = []
        monkeypatch.setattr(watch, "up", lambda _, copy, words: done.append(("up", copy, words)))
        monkeypatch.setattr(watch, "swap", lambda _, copy, source: done.append((copy, source)))
        watch.bring(cloud, "alice", followed, set(changed))
        assert cloud.state.swapped("alice").exists() == (("up", "alice", {}) not in done)
        return done

    return brought


def test_a_source_is_swapped_where_it_runs(bring: Bring, app: Path, followed: list[Source]) -> None:
    function, page, _ = (("alice", source) for source in followed)
    handler = followed[0].folder / "handler.py"
    assert bring(app / "dashboard.py") == [page]
    assert bring(app / "pages" / "gone.py") == [page]
    assert bring(handler) == [function]
    assert bring(handler, app / "dashboard.py") == [function, page]


def test_what_is_outside_is_named(bring: Bring, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring(app / "dashboard.py")
    assert capsys.readouterr().out.startswith(f"changed: {os.path.relpath(app, CHECKOUT)}/dashboard.py\n")


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements.lock",
        "pylock.toml",
        "uv.lock",
        # Gone: it may have been the entry file.
        "app.py",
    ],
)
def test_what_only_a_new_machine_can_have_is_deployed(name: str, bring: Bring, app: Path) -> None:
    assert bring(app / name, app / "dashboard.py") == [("up", "alice", {})]


def test_new_templates_are_deployed(bring: Bring) -> None:
    assert bring(CHECKOUT / "stacks" / "streamlit_stack.py") == [("up", "alice", {})]


def test_wakes_for_what_is_deployed_and_nothing_else(app: Path) -> None:
    places = {app: app, CHECKOUT / "constructs": CHECKOUT}.items()
    assert watch.wakes(app / "dashboard.py", places)
    assert watch.wakes(CHECKOUT / "constructs/data_compute/never_deployed/keys.txt", places)
    assert not watch.wakes(app / "secrets.toml", places)
    assert not watch.wakes(app / ".#dashboard.py", places)
    assert not watch.wakes(CHECKOUT / "constructs/data_compute/__pycache__/network.cpython-311.pyc", places)
    assert not watch.wakes(CHECKOUT / ".local-aws/deployments/main.swapped", places)


def test_a_function_with_packages_keeps_them(bring: Bring, followed: list[Source]) -> None:
    """A swap would give it the files of its folder, and nothing else."""
    assert bring(followed[2].folder / "handler.py") == [("up", "alice", {})]
