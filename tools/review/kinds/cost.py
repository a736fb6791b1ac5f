"""What a month costs before and after, line by line, and what has no price."""

from collections import Counter
from collections.abc import Iterator, Sequence

from review.assembly import Assembly, Resource
from review.comparison import Comparison
from review.costs import Line, by_use, lines, region
from review.fact import Fact, Level, as_detail, quoted, some
from review.lost import RETAINS, retention

TELLS = ("cost", "unpriced")
# So much more is for one change.
ONLY_CHANGES = ("cost",)
# Of what comes or goes without a price.
MOST_NAMED = 4
# The stack, the path and the name of what has no price.
Unknown = tuple[str, str, str]


def standing(assembly: Assembly) -> Iterator[Fact]:
    """Tell what the app costs a month."""
    bill = list(lines(assembly))
    if bill:
        not_counted = _not_counted(assembly, _unknown(bill))
        sentence = f"It costs {_dollars(_total(bill))} a month{_at_prices(bill)}.{not_counted}"
        yield _cost(Level.NOTE, sentence, f"{_total(bill):.2f}", [], bill, after=_total(bill))
    yield from _unpriced(bill)


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
        had, has = _unknown(before), _unknown(after)
        goes, comes = had - has, has - had
        level = Level.STOP if more > comparison.cost_limit else Level.LOOK if more > 0 or comes else Level.NOTE
        by = f", {_dollars(abs(more))} {'more' if more > 0 else 'less'} than {_dollars(old)}" if more else ", as before"
        if comes or goes:
            # Nobody knows which side is more.
            by = f"{_and_what(comes)}; before, {_dollars(old)}{_and_what(goes)}"
        limit = f" The limit is {_dollars(comparison.cost_limit)} more." if level == Level.STOP else ""
        not_counted = _not_counted(comparison.after, has & had)
        sentence = f"It costs {_dollars(new)} a month{by}{_at_prices(after)}.{limit}{not_counted}"
        detail = ",".join([f"{more:+.2f}", *sorted(name for *_, name in comes.elements())])
        detail = as_detail(detail.replace("`", "").replace(" ", "_"))
        yield _cost(level, sentence, detail, before, after, before=old, after=new)


def _unknown(bill: Sequence[Line]) -> Counter[Unknown]:
    return Counter((line.resource.stack.name, line.resource.path, _name(line)) for line in bill if line.usd is None)


def _and_what(unknown: Counter[Unknown]) -> str:
    names = list(dict.fromkeys(name for *_, name in unknown))
    costs = f"what {some(names, MOST_NAMED)} cost{'s' if len(names) == 1 else ''}"
    return f" and {costs}, which the price table does not know" if names else ""


def _name(line: Line) -> str:
    return line.what or quoted(line.resource.type)


def _cost(level: Level, sentence: str, detail: str, old: Sequence[Line], new: Sequence[Line], **values: float) -> Fact:
    olds, news = Counter(map(_written, old)), Counter(map(_written, new))
    signed = (("- ", olds - news), ("+ ", news - olds), ("  ", olds & news))
    shown = [f"{sign if old else ''}{one}" for sign, some in signed for one in sorted(some.elements())]
    return Fact("cost", level, "", "", sentence, detail, {**values, "lines": shown})


def _written(line: Line) -> str:
    usd = "no price" if line.usd is None else _dollars(line.usd)
    # A line is shown as it is, in a block of such.
    what = _name(line).replace("`", "")
    return (
        f"{usd:>9}  {quoted(f'{line.resource.stack.name}/{line.resource.path}').strip('`')}: {quoted(what).strip('`')}"
    )


def _at_prices(bill: Sequence[Line]) -> str:
    regions = sorted({region(line.resource.stack) for line in bill})
    return f", at list prices of {' and '.join(map(quoted, regions))}" if regions else ""


def _not_counted(assembly: Assembly, unknown: Counter[Unknown]) -> str:
    count = unknown.total()
    parts = [f"{count} {'thing' if count == 1 else 'things'} without a price"] if count else []
    parts += by_use(assembly)
    return f" Not counted: {', '.join(parts)}." if parts else ""


def _unpriced(bill: Sequence[Line]) -> Iterator[Fact]:
    found: dict[Resource, list[str]] = {}
    for line in bill:
        if line.usd is None:
            found.setdefault(line.resource, []).append(line.what)
    for one, whats in found.items():
        what = f": {', '.join(whats)}" if any(whats) else ""
        sentence = f"The price table has no price for it in {quoted(region(one.stack))}{what}."
        yield Fact("unpriced", Level.NOTE, one.stack.name, one.path, sentence, values={"type": one.type})


def _total(bill: Sequence[Line]) -> float:
    return round(sum(line.usd or 0 for line in bill), 2)


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}"
