"""A page behind a load balancer, alone or behind a front's guard: who has come, and whether the machine is well."""

import asyncio
import hashlib
import http.client
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from data_compute.page.checks import LEAST_STREAMLIT
from data_compute.page.streamlit_machines import SERVICE
from tests.constructs.page.test_front_files import digest
from tests.streamlit_src.real_page import RealPage, running_page

BALANCED = SERVICE.with_name("fleet") / "balanced.py"
GUARD = SERVICE.with_name("front") / "guard.py"
BALANCER, SECRET, SHARED = "10.0.0.9", "secret-0123456789", "shared-0123456789" * 4
VISITOR, EDGE = "203.0.113.7", "130.176.0.1"
# What the app sees of who comes, and a digest of what it signs with.
SERVER = """
import hashlib
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route

async def seen(request):
    signs = hashlib.sha256(st.get_option("server.cookieSecret").encode()).hexdigest()
    return JSONResponse([request.client.host, signs])

app = st.App("page.py", routes=[Route("/seen", seen)])
"""

spec = importlib.util.spec_from_file_location("balanced", BALANCED)
assert spec
assert spec.loader
balanced = importlib.util.module_from_spec(spec)
spec.loader.exec_module(balanced)


def seen(client: str, *forwarded: str, path: str = "/", method: str = "GET", kind: str = "http") -> tuple[str, str]:
    """Give whom the app sees, and what is left of who was forwarded for."""
    scopes: list[Any] = []

    async def app(scope: Any, *_: Any) -> None:
        scopes.append(scope)

    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    scope = {"type": kind, "client": (client, 1), "headers": headers, "path": path, "method": method}
    asyncio.run(balanced.Balanced(app)(scope, None, None))
    left = [value for name, value in scopes[0]["headers"] if name == b"x-forwarded-for"]
    return scopes[0]["client"][0], b";".join(left).decode()


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("forwarded", "given"),
    [
        ([VISITOR], (VISITOR, "")),
        # What somebody brings by themselves stands before what the balancer adds.
        ([f"198.51.100.1, {VISITOR}"], (VISITOR, "198.51.100.1")),
        (["127.0.0.1", VISITOR], (VISITOR, "127.0.0.1")),
        ([f"{VISITOR}, {EDGE}"], (EDGE, VISITOR)),
        (["2001:db8::7"], ("2001:db8::7", "")),
        # No balancer says such a thing.
        (["127.0.0.1"], (BALANCER, "127.0.0.1")),
        (["::1"], (BALANCER, "::1")),
        (["::ffff:127.0.0.1"], (BALANCER, "::ffff:127.0.0.1")),
        (["nobody"], (BALANCER, "nobody")),
        ([""], (BALANCER, "")),
    ],
)
def test_a_visitor_is_whom_the_balancer_names_last(kind: str, forwarded: list[str], given: tuple[str, str]) -> None:
    assert seen(BALANCER, *forwarded, kind=kind) == given


@pytest.mark.parametrize("here", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_who_comes_from_the_machine_itself_is_nobody_elses(here: str) -> None:
    assert seen(here, VISITOR) == (here, VISITOR)


@pytest.mark.parametrize(
    ("asked", "whom"),
    [
        ({"path": "/_stcore/health"}, "127.0.0.1"),
        ({"path": "/_stcore/health", "method": "POST"}, BALANCER),
        ({"path": "/_stcore/health", "kind": "websocket"}, BALANCER),
        ({"path": "/_stcore/health/"}, BALANCER),
        ({"path": "/"}, BALANCER),
    ],
)
def test_only_the_balancers_own_question_is_the_machines(asked: dict[str, str], whom: str) -> None:
    assert seen(BALANCER, **asked) == (whom, "")
    assert seen(BALANCER, VISITOR, **asked)[0] == VISITOR


def test_without_the_secret_that_is_shared_nothing_is_served(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", str(BALANCED), "run", "app.py"],
        env={"SHARED_SECRET_FILE": str(tmp_path / "none")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "fleet: the secret that its machines share is not there yet" in done.stderr


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "digests").write_text(digest(SECRET))
    (folder / "shared").write_text(f"{SHARED}\n")
    (folder / "app").mkdir()
    (folder / "app" / "app.py").write_text(SERVER)
    (folder / "app" / "page.py").write_text("import streamlit as st\nst.title('Hello')\n")
    return {
        "BALANCED": str(BALANCED),
        "SHARED_SECRET_FILE": str(folder / "shared"),
        "ORIGIN_HEADER": "X-Origin-Secret",
        "ORIGIN_DIGESTS": str(folder / "digests"),
        "LEAST_STREAMLIT": LEAST_STREAMLIT,
    }


@pytest.fixture(scope="module", params=[BALANCED, GUARD], ids=["alone", "guarded"])
def page(request: pytest.FixtureRequest, settings: dict[str, str]) -> Iterator[RealPage]:
    app = Path(settings["SHARED_SECRET_FILE"]).with_name("app")
    with running_page(app.parent, app, ("-P", str(request.param)), **settings) as running:
        yield running


def ask(page: RealPage, path: str, **headers: str) -> tuple[int, str]:
    """Ask as a balancer does, which is another machine."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=10, source_address=("127.0.0.2", 0))
    with closing(connection):
        connection.request("GET", path, headers=told)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address")
def test_each_machine_signs_alike_and_knows_who_has_come(page: RealPage, request: pytest.FixtureRequest) -> None:
    guarded = "guarded" in request.node.name
    edge = {"X_Origin_Secret": SECRET} if guarded else {}
    come = f"127.0.0.1, {VISITOR}, {EDGE}" if guarded else f"127.0.0.1, {VISITOR}"
    status, body = ask(page, "/seen", X_Forwarded_For=come, **edge)
    assert status == 200
    assert json.loads(body) == [VISITOR, hashlib.sha256(SHARED.encode()).hexdigest()]

    assert ask(page, "/_stcore/health") == (200, "ok")
    if guarded:
        assert ask(page, "/_stcore/health", X_Forwarded_For=VISITOR)[0] == 403
        assert ask(page, "/", X_Forwarded_For="127.0.0.1")[0] == 403
        assert ask(page, "/")[0] == 403
