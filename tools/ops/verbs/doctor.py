"""``doctor``: what works, what does not, and the one next step for each."""

from collections.abc import Iterator
from dataclasses import asdict

from ops.answers.errors import OpsError, in_words
from ops.answers.output import say, say_json
from ops.answers.spelling import removing
from ops.checks import Check
from ops.checks.account import check_bootstrap, check_credentials
from ops.checks.image import check_images
from ops.checks.laptop import check_laptop
from ops.checks.quotas import check_quotas
from ops.checks.reachability import check_way
from ops.cloud.deployment import read_deployment
from ops.cloud.here import Here
from ops.cloud.users import who_may
from ops.told.leftovers import find_left
from ops.verb import verb
from stacks.copies import copies_folder, read_copy
from stacks.setting import CHECKOUT

SIGNS = {True: "ok  ", False: "FAIL", None: "?   "}


@verb
def doctor(here: Here) -> None:
    """Find what is wrong, and the next step.

    Looks at this laptop, the AWS account and the way to the page. Exits with 1 when something is wrong.
    """
    found = []
    for check in _checks(here):
        found.append(check)
        # As it comes: some checks wait for an answer that never comes.
        if not here.json:
            say(f"{SIGNS[check.ok]}  {check.name}: {check.words}")
            if check.next_step:
                say(f"      → {check.next_step}")
    if here.json:
        say_json([asdict(check) for check in found])
    failed = [check.name for check in found if check.ok is False]
    if failed:
        raise OpsError(f"{len(failed)} of {len(found)} checks failed: {', '.join(failed)}")


def _checks(here: Here) -> Iterator[Check]:
    from botocore.exceptions import ClientError

    yield from check_laptop()
    credentials = check_credentials(here)
    yield credentials
    if not credentials.ok:
        return
    try:
        deployment = read_deployment(here)
        told = read_copy(copies_folder(), here.copy)
        yield check_bootstrap(here, CHECKOUT, told)
        yield from check_quotas(here, told, deployed=deployment.page is not None)
        yield from check_images(here, deployment)
        yield from check_way(here, deployment)
        if words := who_may(here, deployment):
            yield Check("Sign in", True if words[0].isdecimal() else None, words)
        for stack in find_left(here):
            words = f"{stack.status}, though copy {here.copy} no longer has it"
            yield Check(
                f"Stack {stack.name}", None if stack.usable else False, words, f"`{removing(here.copy, stack.name)}`"
            )
    except (ClientError, OpsError) as error:
        yield Check("Deployment", False, in_words(error))
