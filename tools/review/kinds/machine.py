"""A machine that is replaced: who waits for whom, whether the address stays, what it boots and on what processor."""

import re
from collections.abc import Iterator

from facts.schemas import at
from review.assembly import INSTANCE, Assembly, Resource
from review.comparison import Comparison, news
from review.fact import Fact, Level, quoted
from review.fates import Weight, fates, replaced
from review.machines import elastic_ips, has_public_address, machine_data, machines
from review.meaning import meaning
from review.moves import Pair
from review.values import exact, text

TELLS = ("hand-over", "address", "image", "processor")
ONLY_CHANGES = ("hand-over", "address", "image")
ARM = re.compile(r"(a1|[a-z]+\d+g[a-z]*)(-\w+)?\.")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell of each machine that cannot run what it boots."""
    for machine in machines(assembly):
        size, image = text(machine.data.get("InstanceType")), _image(assembly, machine.resource)
        known = "arm64" if re.search("arm64|aarch64", image) else "x86_64" if re.search("x86_64|amd64", image) else ""
        own = "arm64" if ARM.match(size) else "x86_64"
        if re.match(r"[a-z0-9-]+\.\w+$", size) and known and known != own:
            sentence = (
                f"The machine does not boot: {quoted(size)} has a processor of {own}, and its image is for {known}."
            )
            yield machine.resource.fact("processor", Level.STOP, sentence, size=size, image=image)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what else happens where a machine changes."""
    yield from news(standing, comparison)
    anew = replaced(comparison) | {pair.after for pair in comparison.moved}
    for pair in comparison.pairs:
        if pair.after.type == INSTANCE and pair.after in anew:
            yield _hand_over(pair.after)
            yield from _address(comparison, pair)
    for pair, fate in fates(comparison).items():
        if fate.weight == Weight.INTERRUPTED and pair.after.type == INSTANCE:
            yield from _address(comparison, pair)
    shown = {machine.resource for machine in machines(comparison.after)}
    for pair in comparison.pairs:
        if pair.after in shown:
            yield from _other_image(comparison, pair)


def _hand_over(new: Resource) -> Fact:
    signal = at(new.body, ["CreationPolicy", "ResourceSignal"])
    if signal:
        longest = at(signal, ["Timeout"]) or "PT5M"
        sentence = f"The old machine runs until the new one has said that it is well, for at most {quoted(longest)}."
        return new.fact("hand-over", Level.NOTE, sentence, waits=True)
    sentence = (
        "The old machine goes as soon as EC2 has started the new one: until that has booted nobody answers, and if it "
        "never is well, the deploy is green all the same."
    )
    return new.fact("hand-over", Level.LOOK, sentence, waits=False)


def _address(comparison: Comparison, pair: Pair) -> Iterator[Fact]:
    stays = {one.after for one in comparison.updated} - replaced(comparison)
    had, has = elastic_ips(comparison.before).get(pair.before), elastic_ips(comparison.after).get(pair.after, [])
    public = has_public_address(comparison.before, pair.before)
    if kept := [one for one in has if one in stays]:
        sentence = f"The machine's address stays, {quoted(kept[0].path)}."
        yield pair.after.fact("address", Level.NOTE, sentence, stays=True)
    elif public is not False:
        gets = (
            "The machine gets another public address" if public else "If the machine has a public address, it changes"
        )
        sentence = f"{gets}: what was told to people no longer leads to it."
        yield pair.after.fact("address", Level.STOP if had else Level.LOOK, sentence, stays=False)


def _other_image(comparison: Comparison, pair: Pair) -> Iterator[Fact]:
    before, after = _image(comparison.before, pair.before), _image(comparison.after, pair.after)
    if before != after:
        sentence = f"New machines boot {quoted(after)} and no longer {quoted(before)}."
        yield pair.after.fact("image", Level.LOOK, sentence, old=before, new=after)


def _image(assembly: Assembly, resource: Resource) -> str:
    written = meaning(assembly, resource.stack, machine_data(assembly, resource).get("ImageId"))
    default = at(written, ["Parameter", "Default"])
    return default if isinstance(default, str) else text(written) if isinstance(written, str) else exact(written)
