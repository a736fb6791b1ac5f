"""``status``: everything that matters about the deployment, on one screen."""

from ops.answers.errors import OpsError
from ops.answers.output import aligned, progress
from ops.cloud.here import Here
from ops.cloud.situation import facts_of, next_step, rows_of
from ops.cloud.survey import find_situation
from ops.verb import verb


@verb
def status(here: Here) -> None:
    """Show the whole deployment on one screen.

    The copy's stacks, the machine, whether page and API answer, who may come in, and the cost a day. Of a fleet each
    machine, with its zone, how it is paid for, how it does in the balancer's eyes, and its open sessions: these
    are connections, of which the balancer keeps an idle one for up to a minute. Exits with 1 unless everything is
    deployed, and page and API answer.
    """
    with progress("asking AWS, the page and the API"):
        found = find_situation(here)
    here.answer(facts_of(found), aligned(rows_of(found)))
    if not found.well:
        raise OpsError(next_step(found))
