"""The middleware by itself: who has to go, and who waits too long."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
import visitor_limits
from starlette.types import Message, Receive, Scope, Send
from streamlit import runtime

Said = list[Message]


class Browser:
    """One connection: what the server says to it, and nothing that it says itself."""

    def __init__(self, limits: visitor_limits.VisitorLimits, scope: Scope) -> None:
        self.said: Said = []
        self.task = asyncio.ensure_future(limits(scope, self.never, self.hear))

    async def never(self) -> Message:
        await asyncio.sleep(3600)
        raise AssertionError

    async def hear(self, message: Message) -> None:
        self.said.append(message)


async def waiting_app(_scope: Scope, receive: Receive, _send: Send) -> None:
    await receive()


def test_the_busiest_address_loses_its_oldest_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor_limits, "MOST_SESSIONS", 3)

    async def visits() -> None:
        limits = visitor_limits.VisitorLimits(waiting_app)
        crowd = []
        for address in ("person", "flooder", "flooder", "another"):
            crowd.append(Browser(limits, {"type": "websocket", "client": (address, 1)}))
            await asyncio.sleep(0.01)
        assert [browser.task.done() for browser in crowd] == [False, True, False, False]
        assert crowd[1].said == [{"type": "websocket.close", "code": 1013}]
        assert crowd[1].task.exception() is None
        # The server's own end is nobody's fault, and is not hidden.
        for browser in crowd:
            browser.task.cancel()
        await asyncio.gather(*(browser.task for browser in crowd), return_exceptions=True)
        assert [browser.task.cancelled() for browser in crowd] == [True, False, True, True]

    asyncio.run(visits())


def test_an_upload_that_dawdles_leaves_its_turn_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor_limits, "UPLOADS_AT_ONCE", 1)
    monkeypatch.setattr(visitor_limits, "UPLOAD_SECONDS", 0.05)
    files = SimpleNamespace(get_files=lambda *_: [])
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(uploaded_file_mgr=files))
    scope = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/session/file", "headers": []}

    async def uploads() -> None:
        limits = visitor_limits.VisitorLimits(waiting_app)
        slow = [Browser(limits, scope) for _ in range(2)]
        await asyncio.wait_for(asyncio.gather(*(browser.task for browser in slow)), timeout=10)
        assert [browser.said[0]["status"] for browser in slow] == [408, 408]

    asyncio.run(uploads())
