"""Saying once what an app risks whose packages are not locked."""

from collections.abc import Mapping

from data_compute.requirements import is_locked, requirements_of
from ops.answers.output import note
from ops.answers.spelling import setting
from stacks.registry import SETTINGS
from stacks.setting import CHECKOUT


def note_unlocked(words: Mapping[str, str]) -> None:
    """Say so, if the next machine may get other packages than this one."""
    app = words.get("app") or SETTINGS["app"].default
    requirements = requirements_of(CHECKOUT / app)
    if requirements and not is_locked(requirements):
        note(
            f"the app is not locked: a new machine gets what {requirements.name} lets in that day, which may break it "
            f"or not be its author's; `make lock {setting('app', app)}` keeps it to the packages of today"
        )
