"""What a month costs before and after, line by line, and what has no price."""

from collections import Counter
from collections.abc import Iterator, Sequence

from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.costs import Line, by_use, lines, region
from review.fact import Fact, Level, quoted
from review.lost import RETAINS, retention

TELLS = ("cost", "unpriced")


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what the app costs a month."""
    bill = list(lines(assembly))
    if bill:
        sentence = f"It costs {_dollars(_total(bill))} a month{_beside(assembly, bill)}."
        yield _cost(Level.NOTE, sentence, [], bill, after=_total(bill))
    yield from _unpriced(Level.NOTE, bill)


def changes(comparison: Comparison) -> Iterator[Fact]:
    """Tell what it costs more, or less."""
    before, after = list(lines(comparison.before)), list(lines(comparison.after))
    # No deploy deletes a stack that the app no longer has, or what is retained.
    gone = [pair.before for pair in comparison.stacks if pair.before and not pair.after]
    left = {stack.name for stack in gone if not stack.nested_as}
    kept = {one for one in comparison.deleted if retention(one, "DeletionPolicy") in RETAINS}
    after += [line for line in before if line.resource.stack.name in left or line.resource in kept]
    if sorted(map(_written, before)) != sorted(map(_written, after)):
        old, new = _total(before), _total(after)
        more = new - old
        level = Level.STOP if more > comparison.cost_limit else Level.LOOK if more > 0 else Level.NOTE
        by = f"{_dollars(abs(more))} {'more' if more > 0 else 'less'} than {_dollars(old)}"
        sentence = f"It costs {_dollars(new)} a month, {by if more else 'as before'}{_beside(comparison.after, after)}."
        if level == Level.STOP:
            sentence += f" The limit is {_dollars(comparison.cost_limit)} more."
        yield _cost(level, sentence, before, after, before=old, after=new)
    known = {_written(line) for line in before}
    yield from _unpriced(Level.LOOK, [line for line in after if _written(line) not in known])


def _cost(level: Level, sentence: str, old: Sequence[Line], new: Sequence[Line], **values: float) -> Fact:
    olds, news = Counter(map(_written, old)), Counter(map(_written, new))
    signed = (("- ", olds - news), ("+ ", news - olds), ("  ", olds & news))
    shown = [f"{sign if old else ''}{one}" for sign, some in signed for one in sorted(some.elements())]
    return Fact("cost", level, "", "", sentence, values={**values, "lines": shown})


def _written(line: Line) -> str:
    usd = "no price" if line.usd is None else _dollars(line.usd)
    # A line is shown as it is, in a block of such.
    what = line.what.replace("`", "") or line.resource.type
    return (
        f"{usd:>9}  {quoted(f'{line.resource.stack.name}/{line.resource.path}').strip('`')}: {quoted(what).strip('`')}"
    )


def _beside(assembly: Assembly, bill: Sequence[Line]) -> str:
    unknown = sum(line.usd is None for line in bill)
    parts = [f"{unknown} {'thing' if unknown == 1 else 'things'} without a price"] if unknown else []
    parts += by_use(assembly)
    regions = sorted({region(line.resource.stack) for line in bill})
    prices = f" at list prices of {' and '.join(map(quoted, regions))}" if regions else ""
    return f"{prices}, beside {', '.join(parts)}" if parts else prices


def _unpriced(level: Level, bill: Sequence[Line]) -> Iterator[Fact]:
    found: dict[Resource, list[str]] = {}
    for line in bill:
        if line.usd is None:
            found.setdefault(line.resource, []).append(line.what)
    for one, whats in found.items():
        what = f": {', '.join(whats)}" if any(whats) else ""
        sentence = f"The price table has no price for it in {quoted(region(one.stack))}{what}."
        yield Fact("unpriced", level, one.stack.name, one.path, sentence, values={"type": one.type})


def _total(bill: Sequence[Line]) -> float:
    return round(sum(line.usd or 0 for line in bill), 2)


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}"
