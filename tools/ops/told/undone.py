"""What a deploy would undo: a door that somebody uses, a setting that this checkout was not told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ops.answers.spelling import setting
from ops.cloud.deployment import read_deployment
from ops.cloud.doors import covers
from ops.cloud.here import Here
from stacks.door_settings import DOORS, EVERYBODY, WORLD
from stacks.registry import SETTINGS
from stacks.setting import parts


@dataclass(frozen=True)
class Undone:
    """One deployed setting that would not be so any more."""

    name: str
    # Of a door, those alone who would be shut out.
    deployed: str
    future: str
    # The text that keeps it.
    kept: str

    @property
    def known(self) -> bool:
        """Whether this version of the app has the setting at all."""
        return self.name in SETTINGS

    @property
    def words(self) -> str:
        """Say what would be lost, and how to keep it."""
        if not self.known:
            return f"{self.name} is {self.deployed}, a setting that this checkout does not have: bring it up to date"
        if self.name in DOORS:
            change = f"lets in {self.deployed} and would become {self.future or 'nobody'}"
        else:
            change = f"is {self.deployed} and would become {self.future or 'the default'}"
        return f"{self.name} {change}: {setting(self.name, self.kept)} keeps it"


def deployed_settings(here: Here) -> dict[str, str]:
    """Ask CloudFormation what the copy's stacks were told."""
    return {name: text for told in read_deployment(here).told.values() for name, text in told.items()}


def find_undone(deployed: Mapping[str, str], told: Mapping[str, str], words: Mapping[str, str]) -> Iterator[Undone]:
    """Compare what is deployed with what will be: what the copy was told, and over it what is typed now.

    Who types a setting means it, whatever it was. But who opens a door to themselves speaks for those alone whom this
    checkout knows: their own earlier address may go, a colleague's may not.
    """
    for name, now in sorted(deployed.items()):
        wanted = {**told, **words}
        default = SETTINGS[name].default_for(wanted) if name in SETTINGS else ""
        future = wanted.get(name, "").strip() or default
        if name in DOORS:
            known = [*parts(future), *parts(told.get(name, ""))]
            if shut_out := [source for source in parts(now) if not _covered(source, known)]:
                yield Undone(name, ",".join(shut_out), future, ",".join(dict.fromkeys([*shut_out, *parts(future)])))
        elif name not in words and now != future:
            yield Undone(name, now, future, now)


def _covered(source: str, known: Iterable[str]) -> bool:
    return any(covers(_network(wide), _network(source)) for wide in known)


def _network(source: str) -> str:
    return WORLD if source == EVERYBODY else source
