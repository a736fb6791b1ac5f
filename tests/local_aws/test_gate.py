"""Which requests may pass, whatever a browser or a program puts into them."""

import asyncio
from typing import Any

import pytest
from ministack import app as ministack

from local_aws import gate

PORT = 4566
API = "/_aws/execute-api/a1b2c3d4/calculate_mean"
PAGE = (b"origin", b"http://evil.example")


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection the person's own."""
    monkeypatch.setattr(gate, "is_ours", lambda *_: True)


def scope(path: str = "/", *headers: tuple[bytes, bytes], host: str | None = "127.0.0.1:4566", **more: Any) -> Any:
    named = [(b"host", host.encode())] if host is not None else []
    made = {"type": "http", "path": path, "headers": [*named, *headers]}
    return made | {"client": ("127.0.0.1", 40000), "server": ("127.0.0.1", PORT)} | more


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4566", "localhost:4566", "LocalHost:4566", "a-bucket.localhost:4566", "a.b_c.d.localhost:4566"]
)
def test_our_own_names_pass(host: str) -> None:
    assert gate.refusal(scope(host=host), PORT) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:4566",
        "evil.example",
        "localhost.evil.example:4566",
        "evil-localhost:4566",
        "127.0.0.1.evil.example:4566",
        "127.0.0.1",
        "localhost",
        "localhost:80",
        "127.0.0.1:45660",
        "127.0.0.2:4566",
        "127.1:4566",
        "0.0.0.0:4566",
        "2130706433:4566",
        "[::1]:4566",
        "[::ffff:127.0.0.1]:4566",
        "localhost.:4566",
        ".localhost:4566",
        "user@localhost:4566",
        "evil.example/localhost:4566",
        "localhost:4566 ",
        "localhost:4566\nx",
        "",
        None,
    ],
)
def test_any_other_name_is_refused(host: str | None) -> None:
    assert gate.refusal(scope(API, host=host), PORT) == (
        f"the embedded AWS does not go by the name {host or ''!r}: call it http://127.0.0.1:4566"
    )


@pytest.mark.parametrize("hosts", [("evil.example", "localhost:4566"), ("localhost:4566", "localhost:4566")])
def test_two_names_are_refused(hosts: tuple[str, str]) -> None:
    headers = [(b"Host", host.encode()) for host in hosts]
    assert gate.refusal(scope("/", *headers, host=None), PORT)


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_what_a_person_opens_passes(site: str) -> None:
    assert gate.refusal(scope("/", (b"sec-fetch-site", site.encode())), PORT) is None


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (PAGE, "of http://evil.example"),
        ((b"Origin", b"null"), "of null"),
        # MiniStack would serve a page of its own as well as any other.
        ((b"origin", b"http://127.0.0.1:4566"), "of http://127.0.0.1:4566"),
        ((b"origin", b""), "of "),
        ((b"sec-fetch-site", b"cross-site"), "cross-site"),
        ((b"sec-fetch-site", b"same-site"), "same-site"),
        ((b"Sec-Fetch-Site", b"none, cross-site"), "none, cross-site"),
    ],
)
def test_a_page_reaches_deployed_apis_only(header: tuple[bytes, bytes], named: str) -> None:
    assert gate.refusal(scope("/", header), PORT) == (
        f"the embedded AWS is not for web pages, and this one is {named}: "
        "pages may call deployed APIs only, at http://127.0.0.1:4566/_aws/execute-api/<id>/"
    )
    for host in ("127.0.0.1:4566", "localhost:4566"):
        assert gate.refusal(scope(API, header, host=host), PORT) is None


@pytest.mark.parametrize(
    "request_",
    [
        # MiniStack's router takes none of these to the API, but to what the headers, the query or the host ask for.
        scope("/_aws/execute-api/a1b2c3d4", PAGE),
        scope("/_aws/execute-api//calculate_mean", PAGE),
        scope("/_aws/execute-api/", PAGE),
        scope("//_aws/execute-api/a1b2c3d4/", PAGE),
        scope("/x/../_aws/execute-api/a1b2c3d4/", PAGE),
        scope("http://127.0.0.1:4566/_aws/execute-api/a1b2c3d4/", PAGE),
        scope("/_AWS/execute-api/a1b2c3d4/", PAGE),
        scope("/_aws/lambda-url/a1b2c3d4/", PAGE),
        scope("/_ministack/config", PAGE, host="a1b2c3d4.execute-api.localhost:4566"),
        scope(API, PAGE, host="a-bucket.localhost:4566"),
        scope(API, PAGE, host="abc.us-east-1.aoss.localhost:4566"),
        # What only AWS's own signature opens.
        scope("/_aws/execute-api/a1b2c3d4/prod/@connections/abc", PAGE),
        scope("/_aws/execute-api/a1b2c3d4//@connections/abc", PAGE),
        scope(API, PAGE, type="websocket"),
    ],
    ids=lambda one: f"{one['type']} {one['path']}",
)
def test_a_page_is_not_led_elsewhere(request_: Any) -> None:
    assert "not for web pages" in str(gate.refusal(request_, PORT))


ITSELF = ((b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document"), (b"sec-fetch-site", b"cross-site"))
OURS = (b"origin", b"http://127.0.0.1:4566")


@pytest.mark.parametrize(
    "request_",
    [
        scope("/oauth2/authorize", *ITSELF, method="GET"),
        scope("/logout", *ITSELF, method="GET"),
        scope("/login", *ITSELF[:2], OURS, method="POST"),
    ],
    ids=lambda one: one["path"],
)
def test_a_browser_is_led_to_a_login_page_and_its_form_is_sent(request_: Any) -> None:
    assert gate.refusal(request_, PORT) is None


@pytest.mark.parametrize(
    "request_",
    [
        scope("/login", *ITSELF, PAGE, method="POST"),
        scope("/login", *ITSELF, (b"origin", b"null"), method="POST"),
        scope("/login", *ITSELF, method="POST"),
        scope("/login", *ITSELF[:2], OURS, OURS, method="POST"),
        # A script, a frame, another path, another name.
        scope("/login", (b"sec-fetch-mode", b"cors"), (b"sec-fetch-dest", b"empty"), OURS, method="POST"),
        scope("/oauth2/authorize", ITSELF[0], (b"sec-fetch-dest", b"iframe"), ITSELF[2], method="GET"),
        scope("/oauth2/authorize", *ITSELF, PAGE, method="GET"),
        scope("/oauth2/token", *ITSELF[:2], OURS, method="POST"),
        scope("/oauth2/token", *ITSELF, method="GET"),
        scope("/oauth2/authorize/", *ITSELF, method="GET"),
        scope("/", *ITSELF, method="GET"),
        scope("/oauth2/authorize", *ITSELF, method="GET", host="a-bucket.localhost:4566"),
    ],
    ids=lambda one: f"{one['method']} {one['path']} {one['headers'][-1][1].decode()}",
)
def test_nobody_elses_form_or_frame_is_a_login_page(request_: Any) -> None:
    assert "not for web pages" in str(gate.refusal(request_, PORT))


@pytest.mark.parametrize(
    "path",
    [
        API,
        f"{API}/../../../_ministack/config",
        "/_aws/execute-api/a1b2c3d4/",
        "/_aws/execute-api/a1b2c3d4//",
        "/_aws/execute-api/../x",
        "/_aws/execute-api/\n/x",
    ],
)
def test_ministack_takes_to_an_api_what_a_page_may_ask(path: str) -> None:
    assert gate.refusal(scope(path, PAGE), PORT) is None
    for host in ("127.0.0.1:4566", "localhost:4566"):
        assert ministack._parse_execute_api_url(host, path)


def test_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(gate, "is_ours", lambda *ends: asked.append(ends))
    assert "as the user who ran `make up`" in str(gate.refusal(scope(API), PORT))
    assert asked == [(("127.0.0.1", 40000), ("127.0.0.1", PORT))]


def served(request_: Any) -> tuple[list[Any], list[str]]:
    """Send a request through the gate: what came back, and which kinds of request the application saw."""
    sent: list[Any] = []
    seen: list[str] = []

    async def app(scope: Any, *_: Any) -> None:
        seen.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(gate.guarded(app, PORT)(request_, None, send))
    return sent, seen


@pytest.mark.parametrize(("kind", "answer"), [("http", "http.response"), ("websocket", "websocket.http.response")])
def test_what_is_refused_is_told_and_never_seen(kind: str, answer: str) -> None:
    (start, body), seen = served(scope("/", PAGE, type=kind))
    assert seen == []
    assert (start["type"], start["status"], body["type"]) == (f"{answer}.start", 403, f"{answer}.body")
    assert not [name for name, _ in start["headers"] if name.startswith(b"access-control")]
    assert body["body"].startswith(b"the embedded AWS is not for web pages")


@pytest.mark.parametrize("request_", [scope(), scope(type="websocket"), {"type": "lifespan"}])
def test_everything_else_passes_unchanged(request_: Any) -> None:
    assert served(request_) == ([], [request_["type"]])
