"""Stacks and folders for the tests of the constructs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack

from data_compute import StreamlitServer
from stacks.application import default_context
from tests.constructs.servers import DefineServer

NewStack = Callable[[], Stack]


@pytest.fixture(scope="session")
def new_stack(tmp_path_factory: pytest.TempPathFactory) -> NewStack:
    """Give stacks in apps of their own, with the feature flags of cdk.json."""
    flags = {key: value for key, value in default_context().items() if key.startswith("@")}
    return lambda: Stack(App(context=flags, outdir=str(tmp_path_factory.mktemp("cdk.out"))), "Stack")


@pytest.fixture(scope="session")
def function_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    (folder / "handler.py").write_text("def lambda_handler(event, context):\n    return event\n")
    return folder


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("app")
    (folder / "app.py").write_text("import streamlit as st\n\nst.title('Hello')\n")
    (folder / "requirements.txt").write_text("streamlit==1.67.0\n")
    return folder


@pytest.fixture(scope="session", name="define")
def define_fixture(new_stack: NewStack, app_folder: Path) -> DefineServer:
    """Give a function that defines a server of a small app, in a stack of its own unless the test has one."""

    def define(stack: Stack | None = None, **arguments: Any) -> StreamlitServer:
        given: dict[str, Any] = {"app": app_folder, "entry_file": "app.py"} | arguments
        return StreamlitServer(stack or new_stack(), "Server", **given)

    return define


@pytest.fixture(scope="session")
def default_server(define: DefineServer) -> StreamlitServer:
    """Give a server with nothing but what it requires."""
    return define()
