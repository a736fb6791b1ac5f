"""What the server holds for its visitors at the most. Streamlit bounds one message and one file, but not how many."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import cast

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

MOST_SESSIONS = 60
MOST_UPLOADS = 24
# A page has one uploader, and its new file comes before the old one goes.
MOST_UPLOADS_OF_A_SESSION = 2
UPLOADS_AT_ONCE = 4
UPLOAD_SECONDS = 60.0
MESSAGE_PAUSE_S = 0.05
# maxWidgetStateSize in .streamlit/config.toml, beyond which Streamlit itself ends a session.
LARGEST_MESSAGE = 1_000_000
# A message above this is a page's few widgets with a long text in one of them, and nothing else.
LARGE_MESSAGE = 64_000
MOST_WIDGETS = 500

_UPLOADS = "/_stcore/upload_file/"


class VisitorLimits:
    """Middleware around Streamlit's own server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sessions: list[tuple[str, asyncio.Task[None]]] = []
        self._uploads: list[tuple[str, str]] = []
        self._upload_turns = asyncio.Semaphore(UPLOADS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        if scope["type"] == "websocket":
            await self._serve_session(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "PUT" and scope["path"].startswith(_UPLOADS):
            await self._take_upload(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve_session(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a session; where there are too many, the busiest address loses its oldest: a flood ends itself."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a coroutine runs in one)
        here = (scope["client"][0], task)
        self._sessions.append(here)
        if len(self._sessions) > MOST_SESSIONS:
            [(busiest, _)] = Counter(address for address, _ in self._sessions).most_common(1)
            oldest = next(session for session in self._sessions if session[0] == busiest)
            self._sessions.remove(oldest)
            oldest[1].cancel()
        try:
            await self._app(scope, _unhurried(receive, send), send)
        except asyncio.CancelledError:
            if here in self._sessions:  # the server itself stops
                raise
            task.uncancel()
            with contextlib.suppress(Exception):  # it may have left by itself
                await send({"type": "websocket.close", "code": 1013})
        finally:
            with contextlib.suppress(ValueError):
                self._sessions.remove(here)

    async def _take_upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        session, name = scope["path"].removeprefix(_UPLOADS).partition("/")[::2]
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        async with self._upload_turns:  # nobody reads what the others send meanwhile
            files = cast(MemoryUploadedFileManager, runtime.get_instance().uploaded_file_mgr)
            # Streamlit itself forgets files: those of a session that is over, and those that a visitor took away.
            self._uploads = [held for held in self._uploads if files.get_files(held[0], [held[1]])]
            own = [held for held in self._uploads if held[0] == session and held[1] != name]
            if len(own) < MOST_UPLOADS_OF_A_SESSION and len(self._uploads) >= MOST_UPLOADS:
                full = PlainTextResponse("The page holds as many files as it can. Try again in a minute.", 503)
                await full(scope, receive, send)
                return
            try:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    await self._app(scope, receive, noted)
            except TimeoutError:
                await PlainTextResponse("The upload took too long.", 408)(scope, receive, send)
            if status == 204:
                self._uploads.append((session, name))
                if len(own) >= MOST_UPLOADS_OF_A_SESSION:
                    files.remove_file(*own[0])


def _unhurried(receive: Receive, send: Send) -> Receive:
    """Take one message at a time with a pause between two, and end a session that sends what no browser does."""
    clock = asyncio.get_running_loop().time
    not_before = 0.0

    async def receive_next() -> Message:
        nonlocal not_before
        await asyncio.sleep(max(0.0, not_before - clock()))
        message = await receive()
        not_before = clock() + MESSAGE_PAUSE_S
        if message["type"] == "websocket.receive" and not _is_from_a_page(message.get("bytes")):
            await send({"type": "websocket.close", "code": 1008})
            return {"type": "websocket.disconnect", "code": 1008}
        return message

    return receive_next


def _is_from_a_page(data: bytes | None) -> bool:
    """Tell whether Streamlit's own page may have sent a message.

    What else there is costs a lot: a megabyte of empty file names becomes an answer of a hundred megabytes, and what
    cannot be read at all becomes a traceback in the log.
    """
    if data is None:
        return False
    if len(data) > LARGEST_MESSAGE:
        return True  # it is not read
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return False
    return len(data) <= LARGE_MESSAGE or 0 < len(message.rerun_script.widget_states.widgets) <= MOST_WIDGETS
