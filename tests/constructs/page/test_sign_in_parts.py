"""What a sign-in is made of, without a server: who is asked about when, what ends a WebSocket, and root's fetching."""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from data_compute.page.streamlit_machines import SERVICE
from tests.constructs.machine.test_files import UNIT, needs_systemd
from tests.constructs.page.fake_user_pool import SECRET, FakeUserPool, fake_user_pool
from tests.constructs.page.test_front_files import understood

LOGIN = SERVICE.with_name("login")


def load() -> ModuleType:
    """Load the modules as the guard does."""
    spec = importlib.util.spec_from_file_location("data_compute_sign_in", LOGIN / "signing_in" / "__init__.py")
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


signing_in = load()
sessions, user_pool, web_socket = (
    sys.modules[f"data_compute_sign_in.{name}"] for name in ("sessions", "user_pool", "web_socket")
)
ADA = user_pool.User("1", "ada@example.org")


class Clock:
    """A clock that moves when it is told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Cognito:
    """A client that answers as it is told to, and counts."""

    def __init__(self, answer: Any = ADA) -> None:
        self.answer, self.asked = answer, 0

    def look_up(self, _token: str) -> Any:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def ask(known: Any, cognito: Cognito) -> Any:
    return asyncio.run(known.user(cognito, "token"))


def test_cognito_is_asked_every_four_minutes_and_believed_for_little_longer() -> None:
    clock, cognito = Clock(), Cognito()
    known = sessions.Sessions(frozenset(), clock)
    assert [ask(known, cognito) for _ in range(3)] == [ADA] * 3
    clock.now += 240
    assert (ask(known, cognito), cognito.asked) == (ADA, 1)
    clock.now += 1
    cognito.answer = user_pool.UnknownError("busy")
    assert (ask(known, cognito), cognito.asked) == (ADA, 2)
    clock.now += 40
    with pytest.raises(user_pool.UnknownError):
        ask(known, cognito)
    cognito.answer = ADA
    assert ask(known, cognito) == ADA


def test_a_slow_answer_makes_nobody_believed_for_longer() -> None:
    clock, cognito = Clock(), Cognito()
    known = sessions.Sessions(frozenset(), clock)
    known.began("token", ADA)
    clock.now += 279

    def look_up(_token: str) -> None:
        clock.now += 9
        raise user_pool.UnknownError("busy")

    cognito.look_up = look_up  # type: ignore[method-assign]
    with pytest.raises(user_pool.UnknownError):
        ask(known, cognito)


def test_an_open_page_ends_within_five_minutes() -> None:
    assert sessions.FRESH_SECONDS < sessions.LAST_SECONDS
    assert sessions.LAST_SECONDS + web_socket.LOOK_SECONDS + sessions.ANSWER_SECONDS <= 300


def test_an_answer_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ANSWER_SECONDS", 0.01)
    answers, clock, cognito = Event(), Clock(), Cognito()
    monkeypatch.setattr(cognito, "look_up", lambda _: answers.wait(10))
    known = sessions.Sessions(frozenset(), clock)
    known.began("token", ADA)

    async def together() -> list[Any]:
        try:
            clock.now += 241
            believed = [await known.user(cognito, "token")]
            clock.now += 40
            return believed + await asyncio.gather(
                *(known.user(cognito, "token") for _ in range(3)), return_exceptions=True
            )
        finally:
            answers.set()

    believed, *out = asyncio.run(together())
    assert (believed, [str(one) for one in out]) == (ADA, ["Cognito does not answer in time"] * 3)


def test_who_is_removed_is_out_with_the_next_question() -> None:
    clock, cognito = Clock(), Cognito()
    known = sessions.Sessions(frozenset(), clock)
    known.began("token", ADA)
    assert (ask(known, cognito), cognito.asked) == (ADA, 0)
    cognito.answer = user_pool.RefusedError("removed")
    clock.now += 241
    assert ask(known, cognito) is None
    # Nor does every further request of theirs keep Cognito busy.
    cognito.answer = ADA
    clock.now += 240
    assert ([ask(known, cognito) for _ in range(50)], cognito.asked) == ([None] * 50, 1)
    # Who was disabled may be let in again.
    clock.now += 1
    assert (ask(known, cognito), cognito.asked) == (ADA, 2)


@pytest.mark.parametrize("code", [400, 401, 429])
def test_what_cognito_says_of_the_client_is_no_answer_about_anybody(code: int, tmp_path: Path) -> None:
    with fake_user_pool() as pool:
        pool.write(tmp_path / "client")
        pool.status = code
        with pytest.raises(user_pool.UnknownError, match=f"Cognito answers {code}: .*invalid_client"):
            user_pool.Client.read(tmp_path / "client").look_up("token")


def test_who_signs_out_is_out_whatever_is_asked_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    known, cognito, answers = sessions.Sessions(frozenset()), Cognito(), Event()
    monkeypatch.setattr(cognito, "revoke", lambda _: answers.wait(10), raising=False)
    known.began("token", ADA)

    async def together() -> list[Any]:
        ending = asyncio.ensure_future(known.end(cognito, "token"))
        await asyncio.sleep(0)
        asking = asyncio.ensure_future(known.user(cognito, "token"))
        await asyncio.sleep(0)
        answers.set()
        return [await ending, await asking]

    assert (asyncio.run(together()), cognito.asked) == ([None, None], 0)


def test_a_sign_out_that_cognito_is_not_told_of_is_one_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page, told = Page(tmp_path), []

    def revoke(*_: Any) -> None:
        told.append(1)
        raise user_pool.UnknownError("busy")

    monkeypatch.setattr(user_pool.Client, "revoke", revoke)
    page.sessions.began("token", ADA)

    async def visit() -> tuple[list[int], bytes]:
        status, headers = await page.ask("/auth/logout", signed_in())
        after, _ = await page.ask("/", signed_in(), accept="*/*")
        again, _ = await page.ask("/auth/logout", signed_in())
        return [status, after, again], headers[b"set-cookie"]

    statuses, cookie = asyncio.run(visit())
    assert (statuses, len(told)) == ([500, 401, 302], 1)
    assert b"=; Path=/" in cookie


def test_a_copied_cookie_is_good_for_a_day_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    written = signing_in.SIGNED_IN.written("token", SECRET).split(b";")[0]
    assert signing_in.SIGNED_IN.read([(b"cookie", written)], SECRET) == "token"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_401)
    assert signing_in.SIGNED_IN.read([(b"cookie", written)], SECRET) is None


def test_a_page_of_many_requests_is_one_question() -> None:
    known, cognito = sessions.Sessions(frozenset({"example.org"})), Cognito()

    async def together() -> list[Any]:
        return await asyncio.gather(*(known.user(cognito, "token") for _ in range(20)))

    assert (asyncio.run(together()), cognito.asked) == ([ADA] * 20, 1)


def test_a_domain_that_is_let_in_no_more_is_looked_at_again_too() -> None:
    assert ask(sessions.Sessions(frozenset({"other.example"})), Cognito()) is None


class Page:
    """A page that anybody may ask, without a server."""

    def __init__(self, folder: Path) -> None:
        FakeUserPool(1).write(folder / "client")
        self.sessions = sessions.Sessions(frozenset())
        self.sign_in = signing_in.SignIn(self.app, folder / "client", self.sessions)

    async def app(self, _scope: Any, _receive: Any, send: Any) -> None:
        await send({"status": 200, "headers": []})

    async def ask(
        self, path: str, *cookies: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[bytes, bytes]]:
        """Give an answer's status and headers; of a header that comes twice, the last."""
        url, told = urlsplit(path), []
        brought = {"accept": "text/html", "cookie": "; ".join(cookies), **headers}

        async def send(message: Any) -> None:
            told.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": url.path,
            "query_string": url.query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in brought.items()],
        }
        await self.sign_in(scope, None, send)
        return told[0]["status"], dict(told[0]["headers"])

    async def began(self) -> tuple[str, str]:
        """Begin a sign-in as anybody can; give a way to end it that brings no code of Cognito's, and the cookie."""
        _, headers = await self.ask("/")
        state = parse_qs(urlsplit(headers[b"location"].decode()).query)["state"][0]
        return f"/oauth2callback?code=garbage&state={state}", headers[b"set-cookie"].decode().split(";")[0]


def signed_in(value: str = "token") -> str:
    """Give the cookie of somebody who has signed in."""
    return str(signing_in.SIGNED_IN.written(value, SECRET).decode().split(";")[0])


def test_who_makes_codes_up_keeps_nobody_waiting_who_is_signed_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page, answers, asked = Page(tmp_path), Event(), []

    def exchange(*_: Any) -> None:
        asked.append(1)
        answers.wait(10)
        raise user_pool.RefusedError("no such code")

    monkeypatch.setattr(user_pool.Client, "exchange", exchange)
    monkeypatch.setattr(user_pool.Client, "look_up", lambda *_: ADA)

    async def visit() -> tuple[int, list[int]]:
        path, cookie = await page.began()
        strangers = [asyncio.ensure_future(page.ask(path, cookie)) for _ in range(100)]
        try:
            status, _ = await asyncio.wait_for(page.ask("/", signed_in()), 2)
            assert len(asked) == 2
        finally:
            answers.set()
        return status, [status for status, _ in await asyncio.gather(*strangers)]

    status, told = asyncio.run(visit())
    assert (status, told.count(403), told.count(500)) == (200, 10, 90)


@pytest.mark.parametrize(
    "foreign", [{"sec_fetch_site": "cross-site"}, {"method": "POST"}, {"method": "HEAD"}], ids=["link", "POST", "HEAD"]
)
def test_no_other_page_signs_anybody_out(tmp_path: Path, foreign: dict[str, str]) -> None:
    page = Page(tmp_path)
    page.sessions.began("token", ADA)

    async def visit() -> list[int]:
        return [
            (await page.ask(*what, **how))[0]
            for what, how in ((("/auth/logout", signed_in()), foreign), (("/", signed_in()), {}))
        ]

    assert asyncio.run(visit()) == [403, 200]


def test_strangers_write_no_words_and_few_lines_into_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Page(tmp_path)

    async def visit() -> None:
        path, cookie = await page.began()
        for _ in range(20):
            assert (await page.ask(path.replace("code=", "error="), cookie))[0] == 403

    asyncio.run(visit())
    assert capsys.readouterr().out == "sign-in: refused: 'no code was brought'\n"


FAREWELL = {"type": "websocket.send", "text": "Farewell"}


async def _socket(is_still: Callable[[], Awaitable[bool]], *, hears: bool) -> tuple[list[Any], list[Any]]:
    """Open a WebSocket whose visitor says one word and then nothing; give what app and visitor hear."""
    words: asyncio.Queue[Any] = asyncio.Queue()
    words.put_nowait({"type": "websocket.connect"})
    heard: list[Any] = []
    told: list[Any] = []
    closed = asyncio.Event()

    async def send(message: Any) -> None:
        told.append(message)
        if message["type"] == "websocket.close":
            closed.set()

    async def app(receive: Any, say: Any) -> None:
        if hears:
            heard.extend([await receive(), await receive()])
        await asyncio.wait_for(closed.wait(), 5)
        await say({"type": "websocket.send", "text": "secret"})

    await web_socket.serve_watched(app, words.get, send, is_still, FAREWELL)
    return heard, told


@pytest.mark.parametrize("hears", [True, False], ids=["an app that listens", "one that only speaks"])
def test_a_web_socket_ends_when_its_visitor_may_come_no_more(monkeypatch: pytest.MonkeyPatch, *, hears: bool) -> None:
    monkeypatch.setattr(web_socket, "LOOK_SECONDS", 0.01)
    answers = iter([True, False])

    async def is_still() -> bool:
        return next(answers)

    heard, told = asyncio.run(_socket(is_still, hears=hears))

    assert [message["type"] for message in heard] == ["websocket.connect", "websocket.disconnect"] * hears
    assert told == [FAREWELL, {"type": "websocket.close", "code": 1008}]


def test_where_nobody_can_say_it_ends_without_a_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_socket, "LOOK_SECONDS", 0.01)

    async def is_still() -> bool:
        raise user_pool.UnknownError("busy")

    assert asyncio.run(_socket(is_still, hears=True))[1] == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(("path", "is_led"), [("/_stcore/stream", True), ("/own", False)])
def test_who_is_out_is_led_to_the_sign_in_by_streamlit_s_own_web_socket_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, *, is_led: bool
) -> None:
    monkeypatch.setattr(web_socket, "LOOK_SECONDS", 0.01)
    page, told, out = Page(tmp_path), [], asyncio.Event()
    page.sessions.began("token", ADA)

    async def send(message: Any) -> None:
        told.append(message)
        if message["type"] == "websocket.close":
            out.set()

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        await page.sessions.end(Cognito(), "token")
        await asyncio.wait_for(out.wait(), 5)

    monkeypatch.setattr(Cognito, "revoke", lambda *_: None, raising=False)
    monkeypatch.setattr(page.sign_in, "_app", app)
    scope = {"type": "websocket", "path": path, "headers": [(b"cookie", signed_in().encode())]}
    asyncio.run(page.sign_in(scope, None, send))
    assert [ForwardMsg.FromString(message["bytes"]).auth_redirect.url for message in told[:-1]] == ["/"] * is_led


# As AWS's command line answers, which gives an empty line for an empty list; as root asks for those called page.
AWS = """#!/bin/bash
set -e
[ "$1 ${*: -2}" = "cognito-idp --user-pool-id pool" ]
case $2 in
list-user-pool-clients)
    [ "$4" = "UserPoolClients[?ClientName=='page'].ClientId" ]
    cat client 2>/dev/null || echo ;;
describe-user-pool-client) echo "{\\"query\\": \\"${8}\\"}" ;;
esac
"""


@pytest.fixture
def fetch(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aws").write_text(AWS)
    (tmp_path / "bin" / "aws").chmod(0o755)

    def run(**settings: str) -> "subprocess.CompletedProcess[str]":
        path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
        given = {"PATH": path, "USER_POOL": "pool", "SIGN_IN_PAGES": "https://page-1.auth.us-east-1.amazoncognito.com"}
        command = ["/bin/bash", str(LOGIN / "fetch_client.sh"), "client-file"]
        return subprocess.run(command, cwd=tmp_path, env=given | settings, capture_output=True, text=True)

    return run


def test_a_client_that_is_not_there_yet_is_waited_for(
    fetch: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    assert fetch().returncode == 75
    assert "\nRestart=on-failure\n" in (LOGIN / "sign-in.service").read_text()
    assert not (tmp_path / "client-file").exists()


def test_the_client_is_for_nobody_else_to_read(
    fetch: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    (tmp_path / "client").write_text("\nclient-1\n")
    done = fetch()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "client-file").stat().st_mode & 0o777 == 0o600
    query = json.loads((tmp_path / "client-file").read_text())["query"]
    assert "pages: 'https://page-1.auth.us-east-1.amazoncognito.com'" in query
    assert {name.split(":")[0].strip() for name in query.partition("{")[2].split(", ")} == set(
        user_pool.Client.__dataclass_fields__
    )
    group = "root" if os.geteuid() == 0 else str(os.getgid())
    assert fetch(READERS=group).returncode == 0
    assert (tmp_path / "client-file").stat().st_mode & 0o777 == 0o640


def test_which_of_two_clients_is_the_page_s_is_no_guess(
    fetch: Callable[..., "subprocess.CompletedProcess[str]"], tmp_path: Path
) -> None:
    (tmp_path / "client").write_text("client-1\tclient-2\n")
    done = fetch()
    assert (done.returncode, "client-1 client-2; delete those of no stack" in done.stdout) == (1, True)
    assert not (tmp_path / "client-file").exists()


@needs_systemd
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    assert understood(tmp_path, [UNIT, *sorted(LOGIN.glob("sign-in.[st]*"))], [LOGIN / "sign-in.conf"]) == (0, "")
