"""What a deploy does beyond what it is for, said before it; and what nobody has said to give up."""

from collections.abc import Mapping, Sequence

from ops.answers.output import note
from ops.answers.spelling import make
from ops.cloud.here import Here
from ops.told.accounts import accounts_ending
from ops.told.move import note_move
from ops.told.undone import Undone, find_undone


def find_losses(
    here: Here, deployed: Mapping[str, str], told: Mapping[str, str], words: Mapping[str, str]
) -> list[Undone]:
    """Find, and say, what would be lost.

    :param deployed: the settings that are deployed.
    :param told: those that the copy was told.
    :param words: those that are typed now.
    """
    undone = list(find_undone(deployed, told, words))
    for lost in undone:
        note(lost.words)
    wanted = {**told, **words}
    note_move(here, deployed, wanted)
    if ending := accounts_ending(here, deployed, wanted):
        note(ending)
        # Also where it was typed: who turns a sign-in off need not know that.
        undone += [Undone(name, "true", "", "true") for name in ("https", "sign_in") if wanted.get(name) != "true"]
    return undone


def keeping(here: Here, words: Mapping[str, str], undone: Sequence[Undone]) -> str:
    """Say how nothing of it is lost."""
    kept = {lost.name: lost.kept for lost in undone if lost.known}
    unknown = [lost.name for lost in undone if not lost.known]
    ways = [f"bring this checkout up to date, which does not have {', '.join(unknown)}"] if unknown else []
    if kept:
        ways.append(f"`{make('deploy', here.copy, **{**words, **kept})}` keeps what is deployed")
    return ", then ".join(ways)
