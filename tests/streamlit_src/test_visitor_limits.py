"""Floods against a real server by visitors without a browser: the flooder goes, and the server's memory stays."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator

import pytest
import visitor_limits
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from tests.streamlit_src.conftest import APP_FOLDER
from tests.streamlit_src.real_page import RealPage, Visitor, running_page

pytestmark = pytest.mark.system

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPage]:
    with running_page(tmp_path_factory.mktemp("page")) as running:
        yield running


@pytest.fixture
def visitor(page: RealPage) -> Iterator[Visitor]:
    with Visitor(page) as someone:
        someone.run()
        someone.run("mean")
        yield someone


def code_of(visitor: Visitor) -> int:
    """Return the code with which the server ends the session."""
    with pytest.raises(ConnectionClosed) as ended:
        visitor.answers()
    return ended.value.rcvd.code if ended.value.rcvd else 0


def answers(page: RealPage) -> bool:
    with Visitor(page) as another:
        return bool(another.run())


def test_a_message_of_24_megabytes_ends_its_sender(page: RealPage) -> None:
    before = page.megabytes()
    for _ in range(3):
        with Visitor(page) as flooder, pytest.raises(ConnectionClosed):
            flooder.run("", text="1 " * (12 * MEGABYTE))
    assert page.megabytes() - before < 60
    assert answers(page)


def test_a_text_above_the_bound_of_a_page_ends_its_sender(visitor: Visitor) -> None:
    visitor.send(text="x" * (MEGABYTE + 1))
    assert code_of(visitor) == 1009


def test_the_longest_text_that_is_told_about_arrives(visitor: Visitor) -> None:
    said = visitor.run("mean", **{visitor.text_area: "1 " * 450_000})
    assert any("900,000 characters" in message.delta.new_element.alert.body for message in said)


def test_a_hundred_uploads_of_one_session_leave_two(page: RealPage, visitor: Visitor) -> None:
    before = page.megabytes()
    assert {visitor.upload(f"file{i}", b"x" * (4 * MEGABYTE)) for i in range(100)} == {204}
    assert page.megabytes() - before < 100


def test_uploads_of_many_sessions_are_bounded_and_a_place_is_free_again(page: RealPage) -> None:
    places = visitor_limits.MOST_UPLOADS // visitor_limits.MOST_UPLOADS_OF_A_SESSION
    crowd = [Visitor(page) for _ in range(places + 1)]
    try:
        statuses = []
        for one in crowd:
            one.run()
            statuses += [one.upload("first", b"a"), one.upload("second", b"b")]
        assert 503 in statuses
        assert statuses.count(204) <= visitor_limits.MOST_UPLOADS
        holder = crowd[statuses.index(204) // 2]
        assert holder.upload("third", b"c") == 204, "who holds files may replace them"
        assert holder.upload("third", b"", "DELETE") == 204
        assert crowd[-1].upload("first", b"a") == 204
    finally:
        for one in crowd:
            one.close()


def widgets(count: int) -> BackMsg:
    message = BackMsg()
    for number in range(count):
        message.rerun_script.widget_states.widgets.add(id=hex(number))
    return message


def file_names(count: int) -> BackMsg:
    message = BackMsg()
    message.file_urls_request.file_names.extend([""] * count)
    return message


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(file_names(450_000).SerializeToString(), id="an answer of 100 MB"),
        pytest.param(widgets(80_000).SerializeToString(), id="80,000 widgets"),
        pytest.param(b"\xff" * 900_000, id="not a message"),
        pytest.param(b"\xff", id="not a message, and short"),
        pytest.param("text", id="a text frame"),
    ],
)
def test_what_no_browser_sends_ends_its_sender(page: RealPage, visitor: Visitor, message: bytes | str) -> None:
    before = page.megabytes()
    visitor.socket.send(message)
    assert code_of(visitor) == 1008
    assert page.megabytes() - before < 60
    assert "Traceback" not in page.log.read_text()


def test_a_flood_of_sessions_ends_the_oldest_of_them(page: RealPage) -> None:
    crowd = [Visitor(page) for _ in range(visitor_limits.MOST_SESSIONS + 1)]
    try:
        assert code_of(crowd[0]) == 1013
        assert crowd[-1].run()
        assert "Traceback" not in page.log.read_text()
    finally:
        for one in crowd:
            one.close()


def test_messages_are_taken_one_after_the_other(visitor: Visitor) -> None:
    heartbeat = BackMsg(app_heartbeat=True).SerializeToString()
    began = time.monotonic()
    for _ in range(20):
        visitor.socket.send(heartbeat)
    assert visitor.run()
    assert time.monotonic() - began > 20 * visitor_limits.MESSAGE_PAUSE_S


def test_streamlits_own_settings_bound_a_message() -> None:
    server = tomllib.loads((APP_FOLDER / ".streamlit/config.toml").read_text(encoding="utf-8"))["server"]
    assert server["maxWidgetStateSize"] * MEGABYTE == visitor_limits.LARGEST_MESSAGE
    assert server["maxMessageSize"] <= 10
    assert server["disconnectedSessionTTL"] <= 60
