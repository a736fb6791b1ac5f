"""The page behind a sign-in, as Streamlit really serves it: nothing is for who is not signed in."""

import http.client
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from data_compute.page.checks import LEAST_STREAMLIT
from data_compute.page.streamlit_machines import SERVICE
from tests.constructs.page.fake_user_pool import CALLBACK, CLIENT, SECRET, FakeUserPool, fake_user_pool
from tests.constructs.page.test_front_files import digest
from tests.constructs.page.test_guard import GUARD, HEADER, NOW, SCRIPT, read
from tests.streamlit_src.real_page import RealPage, Visitor, running_page

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address"),
]

LOGIN = SERVICE.with_name("login")
SIGNED_IN, SIGNING_IN = "__Host-signed-in", "__Host-signing-in"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
WHO = """
print("ran", flush=True)
who = [str(st.user.get(name)) for name in ("is_logged_in", "email", "sub")]
st.text(f"user {' '.join(who)} {sorted(st.context.cookies)}")
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[FakeUserPool]:
    with fake_user_pool() as running:
        yield running


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, pool: FakeUserPool) -> Path:
    file = tmp_path_factory.mktemp("client") / "sign-in"
    pool.write(file)
    return file


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, client: Path) -> Iterator[RealPage]:
    folder = tmp_path_factory.mktemp("signing-in")
    app = folder / "app"
    (app / "static").mkdir(parents=True)
    (app / "static" / "cat.txt").write_text("meow")
    (app / "app.py").write_text(SCRIPT + WHO)
    (folder / "digests").write_text(digest(NOW))
    settings = {
        "ORIGIN_HEADER": HEADER,
        "ORIGIN_DIGESTS": str(folder / "digests"),
        "LEAST_STREAMLIT": LEAST_STREAMLIT,
        "SIGN_IN": str(LOGIN / "signing_in"),
        "SIGN_IN_CLIENT": str(client),
        "SIGN_IN_DOMAINS": "example.org",
        "STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "true",
    }
    with running_page(folder, app, ("-P", str(GUARD)), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def visitor(here: RealPage) -> RealPage:
    """See the page by its edge, and without any cookie."""
    return replace(here, source="127.0.0.2", headers={HEADER: NOW, "X-Forwarded-For": "203.0.113.7"})


def asked(page: RealPage, path: str, headers: Mapping[str, str] = BROWSER) -> tuple[int, str, dict[str, str]]:
    """Ask for a path; give the status, where it leads, and the cookies that it sets."""
    with closing(
        http.client.HTTPConnection("127.0.0.1", page.port, timeout=20, source_address=(page.source, 0))
    ) as connection:
        connection.request("GET", path, headers={**page.headers, **headers})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200 or answer.headers["Cache-Control"] == "no-store"
        found = answer.headers.get_all("Set-Cookie") or []
        ours = [one for one in found if one.startswith("__Host-")]
        assert all("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=" in one for one in ours)
        return answer.status, answer.headers["Location"] or "", dict(one.split(";")[0].split("=", 1) for one in ours)


def begun(page: RealPage, path: str = "/") -> tuple[dict[str, str], str]:
    """Begin a sign-in; give what Cognito is asked, and the cookie that says so."""
    status, to, cookies = asked(page, path)
    assert status == 302
    question = {name: values[0] for name, values in parse_qs(urlsplit(to).query).items()}
    return question, f"{SIGNING_IN}={cookies[SIGNING_IN]}"


def signed_in(page: RealPage, pool: FakeUserPool, email: str = "ada@example.org", path: str = "/") -> RealPage:
    """Sign in, and see the page so."""
    question, cookie = begun(page, path)
    code = pool.code(question["nonce"], email)
    status, to, cookies = asked(page, f"/oauth2callback?code={code}&state={question['state']}", {"Cookie": cookie})
    assert (status, to, cookies[SIGNING_IN]) == (302, path, "")
    return replace(page, headers={**page.headers, "Cookie": f"{SIGNED_IN}={cookies[SIGNED_IN]}"})


@pytest.fixture(scope="module")
def ada(visitor: RealPage, pool: FakeUserPool) -> RealPage:
    return signed_in(visitor, pool)


@pytest.fixture(scope="module")
def paths(ada: RealPage) -> Iterator[list[str]]:
    with Visitor(ada) as session:
        [media] = {*re.findall(r"/media/\w+\.\w+", str(session.run()))}
        yield ["/", "/second", "/_stcore/host-config", "/app/static/cat.txt", media]


def test_a_browser_is_sent_to_cognito(visitor: RealPage, pool: FakeUserPool) -> None:
    status, to, _ = asked(visitor, "/?a=b")
    question, _ = begun(visitor)
    assert (status, to.split("?")[0]) == (302, f"http://127.0.0.1:{pool.port}/oauth2/authorize")
    assert question["client_id"] == CLIENT
    assert (question["redirect_uri"], question["code_challenge_method"]) == (CALLBACK, "S256")


def test_who_is_signed_in_gets_all_and_the_app_knows_who_it_is(ada: RealPage, paths: list[str]) -> None:
    assert {path: ada.ask("GET", path)[0] for path in paths} == dict.fromkeys(paths, 200)
    with Visitor(replace(ada, headers={**ada.headers, "X-Signed-In-Email": "eve@example.org"})) as session:
        # Neither our cookies, which the app has no need of, nor what a visitor says of themselves.
        assert 'body: "user true ada@example.org sub of ada@example.org []"' in str(session.run())
        assert session.upload("f", b"1,2") == 204


def test_the_machine_itself_needs_no_sign_in_and_is_nobody(here: RealPage) -> None:
    for claimed in ({}, {"X-Signed-In": "true", "X-Signed-In-Email": "ada@example.org", "X-Signed-In-Sub": "1"}):
        with Visitor(replace(here, headers=claimed)) as session:
            assert 'body: "user None None None []"' in str(session.run())


def test_people_come_back_to_where_they_wanted_to_go(visitor: RealPage, pool: FakeUserPool) -> None:
    signed_in(visitor, pool, path="/second?a=b%2Fc")


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "//evil.example/%2e%2e"])
def test_nobody_is_sent_to_another_page(visitor: RealPage, pool: FakeUserPool, path: str) -> None:
    question, cookie = begun(visitor, path)
    answer = f"/oauth2callback?code={pool.code(question['nonce'])}&state={question['state']}"
    assert asked(visitor, answer, {"Cookie": cookie})[1] == "/"


def foreign(value: str) -> dict[str, str]:
    return {"Cookie": f"{SIGNED_IN}={value}"}


@pytest.fixture(scope="module")
def guesses(ada: RealPage, visitor: RealPage) -> dict[str, dict[str, str]]:
    """Name cookies that are nobody's."""
    own = ada.headers["Cookie"].partition("=")[2]
    _, began = begun(visitor)
    token, _, seal = own.rpartition(".")
    return {
        "none": {},
        "empty": foreign(""),
        "unsealed": foreign(token),
        "sealed by somebody else": foreign(f"{token}.{digest('guess')}"),
        "another token": foreign(f"{token[:-1]}_.{seal}"),
        "one that only began": foreign(began.partition("=")[2]),
        "given twice": {"Cookie": f"{ada.headers['Cookie']}; {SIGNED_IN}=other"},
        "of Streamlit's own": {"Cookie": f"_streamlit_user={own}"},
        "headers of the app's": {"X-Signed-In": "true", "X-Signed-In-Email": "ada@example.org"},
    }


NAMES = [
    *("none", "empty", "unsealed", "sealed by somebody else", "another token"),
    *("one that only began", "given twice", "of Streamlit's own", "headers of the app's"),
]


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_gets_anything(
    visitor: RealPage, pool: FakeUserPool, paths: list[str], guesses: dict[str, dict[str, str]], name: str
) -> None:
    told, ran = len(pool.asked), visitor.log.read_text().count("ran\n")
    odd = ["/static/../app/static/cat.txt", "/static/js/%2e%2e/%2e%2e/app/static/cat.txt", "/_stcore/health/", "//"]
    there = [
        *paths,
        *odd,
        "/_stcore/upload_file/x/y",
        "/_stcore/metrics",
        "/auth/login",
        "/_stcore/script-health-check",
    ]
    guessing = replace(visitor, headers={**visitor.headers, **guesses[name]})
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        answers = {path: guessing.ask(method, path)[0] for path in there}
        assert answers == dict.fromkeys(there, 401)
    with pytest.raises(InvalidStatus, match="HTTP 403"), Visitor(guessing):
        pass
    assert visitor.log.read_text().count("ran\n") == ran
    # Nor is Cognito kept busy by whoever makes up cookies.
    assert len(pool.asked) == told


def test_what_every_streamlit_has_is_for_everybody(visitor: RealPage, here: RealPage) -> None:
    script = re.findall(r"static/js/[^\"]+\.js", read(here, "/"))[0]
    assert {path: visitor.ask("GET", path)[0] for path in (f"/{script}", "/_stcore/health")} == {
        f"/{script}": 200,
        "/_stcore/health": 200,
    }
    assert visitor.ask("POST", "/_stcore/health")[0] == 401


def test_a_sign_in_ends_only_where_it_began(visitor: RealPage, pool: FakeUserPool) -> None:
    mine, my_cookie = begun(visitor)
    theirs, their_cookie = begun(visitor)
    code = pool.code(theirs["nonce"], "eve@example.org")

    def end(state: str, cookie: str) -> tuple[int, dict[str, str]]:
        status, _, cookies = asked(visitor, f"/oauth2callback?code={code}&state={state}", {"Cookie": cookie})
        return status, cookies

    # Somebody else's answer, in my browser: I would be signed in as them.
    assert end(theirs["state"], my_cookie) == (400, {})
    assert end(theirs["state"], "") == (400, {})
    assert end("", f"{SIGNING_IN}=") == (400, {})
    # Even with my own state: it is the answer to another question.
    assert end(mine["state"], my_cookie) == (403, {SIGNING_IN: ""})
    # And a code counts once.
    assert end(theirs["state"], their_cookie)[0] == 403


def test_an_address_of_another_domain_is_not_let_in(visitor: RealPage, pool: FakeUserPool) -> None:
    for email in ("eve@evil.example", "eve@notexample.org", "eve@example.org@evil.example"):
        question, cookie = begun(visitor)
        answer = f"/oauth2callback?code={pool.code(question['nonce'], email)}&state={question['state']}"
        assert asked(visitor, answer, {"Cookie": cookie})[::2] == (403, {SIGNING_IN: ""})


def test_signing_out_ends_it_everywhere(visitor: RealPage, pool: FakeUserPool) -> None:
    bob = signed_in(visitor, pool, "bob@example.org")
    assert bob.ask("GET", "/")[0] == 200
    status, to, cookies = asked(bob, "/auth/logout")
    assert (status, cookies[SIGNED_IN]) == (302, "")
    assert to == f"http://127.0.0.1:{pool.port}/logout?client_id={CLIENT}&logout_uri=https%3A%2F%2Fpage.example%2F"
    # Replayed, by whoever has copied it.
    assert bob.ask("GET", "/")[0] == 401
    with pytest.raises(InvalidStatus, match="HTTP 403"), Visitor(bob):
        pass


def test_the_secret_is_in_no_line(visitor: RealPage, pool: FakeUserPool) -> None:
    signed_in(visitor, pool)
    # A line a second at most, of which one may just have been written.
    time.sleep(1)
    question, cookie = begun(visitor)
    answer = f"/oauth2callback?code={pool.code(question['nonce'], 'eve@evil.example')}&state={question['state']}"
    assert asked(visitor, answer, {"Cookie": cookie})[0] == 403
    log = visitor.log.read_text()
    assert "sign-in: refused: " in log
    assert pool.tokens
    assert not [word for word in (SECRET, *pool.tokens) if word in log]


def test_without_a_client_nobody_is_served(ada: RealPage, client: Path, pool: FakeUserPool) -> None:
    client.unlink()
    try:
        assert [ada.ask("GET", path)[0] for path in ("/", "/oauth2callback", "/auth/logout")] == [500] * 3
        with pytest.raises(InvalidStatus, match="HTTP 403"), Visitor(ada):
            pass
    finally:
        pool.write(client)
    assert ada.ask("GET", "/")[0] == 200
