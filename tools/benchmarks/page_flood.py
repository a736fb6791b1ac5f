"""Measure the page's memory at rest and under a flood of three visitors, without its limits and with them.

Both rows run the same pages on this computer, one after the other, and get the same flood. What is refused counts as
sent: the flooder comes back as often as a person with a script would. Run it as ``python -m benchmarks.page_flood``.
"""

import argparse
import contextlib
import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from websockets.exceptions import WebSocketException

from tests.streamlit_src.real_page import APP_FOLDER, RealPage, Visitor, running_page

VISITORS = 3
MEGABYTE = 1_000_000
TEXTS = 2
UPLOADS = 100
SESSIONS = 40
# As Streamlit has them: the file's size is the one limit that the pages had before.
DEFAULTS = """
[server]
maxUploadSize = 5
[client]
showErrorDetails = "none"
"""


def without_limits(folder: Path) -> Path:
    """Return a copy of the app whose entry file is the pages' own script, under Streamlit's default limits."""
    app = folder / "app"
    shutil.copytree(APP_FOLDER, app, ignore=shutil.ignore_patterns("__pycache__"))
    (app / "frame.py").replace(app / "app.py")
    (app / ".streamlit" / "config.toml").write_text(DEFAULTS, encoding="utf-8")
    return app


def flood(page: RealPage) -> None:
    """Be one of the visitors."""
    for _ in range(TEXTS):
        with contextlib.suppress(WebSocketException, TimeoutError), Visitor(page) as visitor:
            visitor.run()
            visitor.run("mean")
            visitor.run("mean", **{visitor.text_area: "1 " * (12 * MEGABYTE)})
    with contextlib.suppress(WebSocketException, TimeoutError), Visitor(page) as visitor:
        visitor.run()
        for number in range(UPLOADS):
            visitor.upload(f"file{number}", b"x" * (5 * MEGABYTE))
    with contextlib.ExitStack() as crowd:
        for _ in range(SESSIONS):
            with contextlib.suppress(WebSocketException, TimeoutError):
                visitor = crowd.enter_context(Visitor(page))
                visitor.run()
                visitor.run("mean")
                visitor.run("mean", **{visitor.text_area: "1 " * 450_000})


@contextlib.contextmanager
def peak_of(page: RealPage) -> Iterator[list[float]]:
    """Watch the memory until the end of the block; the list then holds the peak."""
    peak, done = [page.megabytes()], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], page.megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def measure(name: str, app: Path, folder: Path) -> None:
    """Print one row."""
    with running_page(folder, app) as page:
        rest = page.megabytes()
        began = time.monotonic()
        visitors = [threading.Thread(target=flood, args=(page,)) for _ in range(VISITORS)]
        with peak_of(page) as peak:
            for visitor in visitors:
                visitor.start()
            for visitor in visitors:
                visitor.join()
        seconds = time.monotonic() - began
        with Visitor(page) as another:
            serves = "yes" if another.run() else "no"
        kilobytes = page.log.stat().st_size / 1000
        print(
            f"| {name} | {rest:,.0f} MB | {peak[0]:,.0f} MB | {seconds:,.0f} s | {kilobytes:,.0f} kB | {serves} |",
            flush=True,
        )


def main() -> None:
    """Print a table in Markdown."""
    argparse.ArgumentParser(prog="python -m benchmarks.page_flood", description=__doc__).parse_args()
    print(f"{VISITORS} visitors at once, each: {TEXTS} texts of 24 MB, {UPLOADS} uploads of 5 MB in a session, ")
    print(f"{SESSIONS} sessions with a text of 0.9 MB each.\n")
    print("| the page | memory at rest | at most under the flood | the flood took | log | still serves |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    logging.disable()  # the client's own words about connections that end
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure("with Streamlit's default limits", without_limits(folder), folder)
        measure("as it ships", APP_FOLDER, folder)


if __name__ == "__main__":
    main()
