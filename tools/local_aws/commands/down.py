"""`down`: nothing stays running, and nothing stays in the folder unless it is to be kept."""

from local_aws import cloud as clouds
from local_aws import deploy
from local_aws.spelling import spell
from local_aws.state import State
from ops.answers.output import say


def down(state: State, *, keep: bool) -> None:
    """Stop everything."""
    if not state.check():
        say("nothing is up")
        return
    with state.locked():
        deploy.end_leftover(state)
        cloud = clouds.find(state)
        if cloud:
            cloud.stop(keep=keep)
        else:
            clouds.end_machines(state)
        if keep and state.is_kept:
            say(f"stopped; `{spell(state, 'up')}` carries on from here")
            return
        state.remove()
    say("stopped; there was nothing to keep" if keep else "stopped; nothing is left")
