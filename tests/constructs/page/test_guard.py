"""The page behind its edge, as Streamlit really serves it: everybody else is refused, whatever they ask for."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from data_compute.page.checks import LEAST_STREAMLIT
from data_compute.page.streamlit_machines import SERVICE
from tests.constructs.page.test_front_files import digest
from tests.streamlit_src.real_page import APP_FOLDER, RealPage, Visitor, running_page

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address"),
]

GUARD = SERVICE.with_name("front") / "guard.py"
HEADER = "X-Origin-Secret"
NOW, BEFORE = "now-0123456789", "before-0123456789"
# Two pages, an upload and a medium; and what the app sees of who comes.
SCRIPT = """
import streamlit as st
st.title("Hello")
st.image(bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
                       "000003010100c9fe92ef0000000049454e44ae426082"))
if file := st.file_uploader("f"):
    st.write(len(file.getvalue()))
st.text(f"{st.context.ip_address} {st.context.headers.get('X-Origin-Secret')}")
"""
SERVER = """
import json
import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route

async def seen(request):
    return JSONResponse([request.client.host, request.url.scheme, request.headers.get("x-origin-secret")])

app = st.App("page.py", routes=[Route("/seen", seen, methods=["GET", "POST"])])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def settings(folder: Path) -> dict[str, str]:
    digests = folder / "digests"
    digests.write_text(f"{digest(NOW)}\n{digest(BEFORE)}\n")
    return {"ORIGIN_HEADER": HEADER, "ORIGIN_DIGESTS": str(digests), "LEAST_STREAMLIT": LEAST_STREAMLIT}


@pytest.fixture(scope="module")
def here(folder: Path, settings: dict[str, str]) -> Iterator[RealPage]:
    """Serve a script, as the machine itself sees it."""
    app = folder / "app"
    (app / "pages").mkdir(parents=True)
    (app / "pages" / "second.py").write_text("import streamlit as st\nst.title('Second')\n")
    (app / "static").mkdir()
    (app / "static" / "cat.txt").write_text("meow")
    # The library beside the guard must not stand in the way of the app's own of that name.
    (app / "guard.py").write_text("mine = True\n")
    (app / "app.py").write_text(f"import guard\nassert guard.mine\n{SCRIPT}")
    settings = settings | {"STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "true"}
    with running_page(folder, app, ("-P", str(GUARD)), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def others(here: RealPage) -> RealPage:
    """See the page as somebody on another machine does."""
    return replace(here, source="127.0.0.2")


@pytest.fixture(scope="module", params=[NOW, BEFORE], ids=["now", "before"])
def edge(others: RealPage, request: pytest.FixtureRequest) -> RealPage:
    return replace(others, headers={HEADER: request.param, "X-Forwarded-For": "127.0.0.1, 203.0.113.7"})


@pytest.fixture(scope="module")
def paths(here: RealPage) -> Iterator[list[str]]:
    """Name one path of each kind, all of which are there."""
    with Visitor(here) as visitor:
        said = visitor.run()
        (media,) = {*re.findall(r"/media/\w+\.\w+", str(said))}
        script = re.findall(r"static/js/[^\"]+\.js", read(here, "/"))[0]
        # While the session holds the medium.
        yield ["/", "/second", "/_stcore/health", "/_stcore/host-config", f"/{script}", "/app/static/cat.txt", media]


def read(page: RealPage, path: str) -> str:
    with closing(http.client.HTTPConnection("127.0.0.1", page.port, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def test_by_the_edge_all_is_there(edge: RealPage, paths: list[str]) -> None:
    assert {path: edge.ask("GET", path)[0] for path in paths} == dict.fromkeys(paths, 200)


def test_by_the_edge_a_browser_keeps_to_https(here: RealPage, edge: RealPage) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", edge.port, timeout=10, source_address=(edge.source, 0))) as by:
        by.request("GET", "/_stcore/health", headers=edge.headers)
        answer = by.getresponse()
        cookies = answer.headers.get_all("Set-Cookie")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert cookies
    assert all(cookie.endswith("; Secure") for cookie in cookies)
    with closing(http.client.HTTPConnection("127.0.0.1", here.port, timeout=10)) as by:
        by.request("GET", "/_stcore/health")
        assert "Strict-Transport-Security" not in by.getresponse().headers


def test_from_the_machine_itself_all_is_there(here: RealPage, paths: list[str]) -> None:
    assert {path: here.ask("GET", path)[0] for path in paths} == dict.fromkeys(paths, 200)
    with Visitor(here) as visitor:
        visitor.run()
        assert visitor.upload("f", b"1,2") == 204


def test_by_the_edge_a_session_runs_and_takes_a_file(edge: RealPage) -> None:
    with Visitor(edge) as visitor:
        said = str(visitor.run())
        # The visitor's address, which the edge adds last, and not the secret.
        assert 'body: "203.0.113.7 None"' in said
        assert visitor.upload("f", b"1" * 1_000_000) == 204


GUESSES = [
    {},
    {HEADER: ""},
    {HEADER: "guessed"},
    {HEADER: digest(NOW)},
    {HEADER: f"{NOW}, {NOW}"},
    {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"},
    {"Host": "localhost"},
    {"Host": "127.0.0.1", "Origin": "http://127.0.0.1"},
]


@pytest.mark.parametrize("guess", GUESSES, ids=str)
def test_others_are_refused_on_every_path(others: RealPage, paths: list[str], guess: dict[str, str]) -> None:
    there = [*paths, "/no-such", "//", "/./", "/%2e%2e/_stcore/health", "/_stcore/upload_file/x/y", "/_stcore/metrics"]
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        assert {path: others.ask(method, path, headers=guess)[0] for path in there} == dict.fromkeys(there, 403)


@pytest.mark.parametrize("guess", GUESSES[:6], ids=str)
def test_others_get_no_websocket(others: RealPage, guess: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused, Visitor(replace(others, headers=guess)):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "request_lines",
    ["GET / HTTP/1.0", "GET http://127.0.0.1/ HTTP/1.1\r\nHost: x", f"GET / HTTP/1.1\r\nHost: x\r\n{HEADER} : {NOW}"],
)
def test_no_odd_request_comes_through(others: RealPage, request_lines: str) -> None:
    with socket.create_connection(("127.0.0.1", others.port), 10, source_address=(others.source, 0)) as connection:
        connection.sendall(f"{request_lines}\r\nConnection: close\r\n\r\n".encode())
        assert connection.recv(100).split()[1] in {b"400", b"403"}


def test_a_header_given_twice_is_none(others: RealPage) -> None:
    with closing(
        http.client.HTTPConnection("127.0.0.1", others.port, timeout=10, source_address=(others.source, 0))
    ) as connection:
        connection.putrequest("GET", "/")
        for value in (NOW, "guessed"):
            connection.putheader(HEADER, value)
        connection.endheaders()
        assert connection.getresponse().status == 403


def test_the_secret_may_change_while_the_page_runs(others: RealPage, settings: dict[str, str]) -> None:
    digests = Path(settings["ORIGIN_DIGESTS"])
    kept = digests.read_text()
    new = replace(others, headers={HEADER: "new"})
    try:
        digests.write_text(f"{digest('new')}\n{digest(NOW)}\n")
        assert new.ask("GET", "/")[0] == 200
        assert replace(others, headers={HEADER: BEFORE}).ask("GET", "/")[0] == 403
        digests.unlink()
        assert new.ask("GET", "/")[0] == 403
    finally:
        digests.write_text(kept)


def run(settings: dict[str, str], *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = os.environ | settings | environment
    return subprocess.run([sys.executable, "-P", *words], env=given, capture_output=True, text=True)


def test_the_boot_opens_all_pages_and_sees_others_refused(here: RealPage, settings: dict[str, str]) -> None:
    for words in ([str(SERVICE / "pages.py")], [str(GUARD), "prove"]):
        done = run(settings, *words, PORT=str(here.port))
        assert (done.returncode, done.stderr) == (0, "")


def test_the_boot_fails_where_others_are_served(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "app.py").write_text("")
    with running_page(tmp_path, tmp_path) as unguarded:
        done = run(settings, str(GUARD), "prove", PORT=str(unguarded.port))
    assert done.returncode == 1
    assert done.stderr == "guard: / answers 200 to who does not come by the edge, and should refuse\n"


def test_a_server_around_the_pages_is_guarded_as_well(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "app.py").write_text(SERVER)
    (tmp_path / "page.py").write_text(SCRIPT)
    with running_page(tmp_path, tmp_path, ("-P", str(GUARD)), **settings) as here:
        others = replace(here, source="127.0.0.2")
        edge = replace(others, headers={HEADER: NOW, "X-Forwarded-For": "2001:db8::7"})
        with closing(
            http.client.HTTPConnection("127.0.0.1", here.port, timeout=10, source_address=(others.source, 0))
        ) as connection:
            connection.request("POST", "/seen", headers=dict(edge.headers))
            assert json.loads(connection.getresponse().read()) == ["2001:db8::7", "https", None]
        assert others.ask("POST", "/seen")[0] == 403
        with Visitor(edge) as visitor:
            assert "Hello" in str(visitor.run())


def test_the_bundled_app_is_guarded_as_well(tmp_path: Path, settings: dict[str, str]) -> None:
    with running_page(tmp_path, APP_FOLDER, ("-P", str(GUARD)), **settings) as here:
        others = replace(here, source="127.0.0.2")
        assert others.ask("GET", "/")[0] == 403
        with Visitor(replace(others, headers={HEADER: NOW})) as visitor:
            visitor.run()
            assert "mean" in visitor.pages


@pytest.mark.parametrize("setting", ["LEAST_STREAMLIT", "SIGN_IN_STREAMLIT"])
def test_an_older_streamlit_is_not_run(settings: dict[str, str], setting: str) -> None:
    done = run(settings | {setting: "99.1"}, str(GUARD), "run", "app.py")
    assert done.returncode == 1
    assert re.fullmatch(
        r"guard: streamlit 1\.\d+\.\d+ can't check who comes: let requirements.txt say streamlit>=99.1\n", done.stderr
    )
