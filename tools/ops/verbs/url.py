"""``url`` and ``open``: the page's address."""

import webbrowser

from ops.answers.errors import OpsError
from ops.answers.spelling import ops
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.probe import ask_page
from ops.verb import verb


@verb
def url(here: Here) -> None:
    """Print the page's address."""
    page = read_deployment(here).page_url
    here.answer({"page": page}, page)


@verb
def open_page(here: Here) -> None:
    """Open the page in the browser."""
    page = read_deployment(here).page_url
    health = ask_page(page)
    if not health.ok:
        raise OpsError(f"the page {page}: {health.words}. `{ops('doctor', here.copy)}` says why")
    if not webbrowser.open(page):
        raise OpsError(f"no browser could be started here: open {page} yourself")
    here.answer({"page": page}, f"opened {page}")
