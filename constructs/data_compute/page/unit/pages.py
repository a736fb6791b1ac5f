"""Opens every page of the app, as a browser does, and fails at one that raises an error or does not finish.

Streamlit's own health check opens the first alone, and waits for a minute. The unit runs this within its own limits, by
the app's Python.
"""

import os
import sys
import time
from collections.abc import Iterator

try:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import ClientConnection, connect
except ImportError as error:
    print(f"pages: only the first was opened, as this version of Streamlit lets nobody ask for the others ({error})")
    sys.exit(0)

# A new t4g.small has 0.4 of a processor, where this is 48 seconds of a whole one.
PATIENCE_SECONDS = 120


def run(connection: ClientConnection, page: str) -> Iterator[ForwardMsg]:
    """Run a page by its hash, or the first one by none, and give what it says until its script has ended."""
    request = BackMsg()
    request.rerun_script.page_script_hash = page
    connection.send(request.SerializeToString())
    deadline = time.monotonic() + PATIENCE_SECONDS
    begun = False
    while True:
        told = connection.recv(timeout=max(0.0, deadline - time.monotonic()))
        message = ForwardMsg.FromString(told if isinstance(told, bytes) else told.encode())
        # What is left of the page before comes first.
        begun = begun or (message.HasField("new_session") and page in ("", message.new_session.page_script_hash))
        if begun:
            yield message
            if message.HasField("script_finished"):
                return


def raised(message: ForwardMsg) -> bool:
    """Tell whether the script raised an error. One that the app shows itself, by st.exception, has a type."""
    exception = message.delta.new_element.exception
    return message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR or (
        message.delta.new_element.HasField("exception") and not exception.is_warning and not exception.type
    )


def main() -> str | None:
    """Run the pages, and name one that fails."""
    with connect(f"ws://127.0.0.1:{os.environ['PORT']}/_stcore/stream", max_size=None) as connection:
        try:
            first = list(run(connection, ""))
        except TimeoutError:
            return "pages: the first page did not finish within two minutes"
        if any(raised(message) for message in first):
            return "pages: the first page raised an error"
        # What lies in pages/, unless the script's st.navigation has said something else since.
        listed = [message.new_session.app_pages for message in first if message.HasField("new_session")]
        listed += [message.navigation.app_pages for message in first if message.HasField("navigation")]
        for page in listed[-1]:
            if page.is_default or page.external_url or not page.url_pathname:
                continue
            try:
                if any(raised(message) for message in run(connection, page.page_script_hash)):
                    return f"pages: the page /{page.url_pathname} raised an error"
            except TimeoutError:
                return f"pages: the page /{page.url_pathname} did not finish within two minutes"
    return None


sys.exit(main())
