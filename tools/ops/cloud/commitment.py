"""What paying for every hour of one or three years would save, and from how many hours a month on it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facts.prices import HOURS_A_MONTH, HOURS_A_WEEK, Prices
from ops.answers.output import aligned
from ops.cloud.costs import cents, dollars, times

YEARS = (1, 3)
# Monday to Friday from 7 to 20 o'clock.
OFFICE_HOURS = 13 * 5 * HOURS_A_MONTH / HOURS_A_WEEK
DECISION = (
    "Nothing is bought here, and what to buy is a person's decision: it can't be given back. An EC2 Instance Savings "
    "Plan counts for all sizes of the family in its region, a standard reserved instance costs the same."
)


@dataclass(frozen=True)
class Term:
    """One machine whose hours are paid for in any case, with nothing in advance."""

    years: int
    hourly: float | None
    on_demand: float | None

    @property
    def saves(self) -> float | None:
        """How much a month, of a machine that always runs."""
        if self.hourly is None or self.on_demand is None:
            return None
        return (self.on_demand - self.hourly) * HOURS_A_MONTH

    @property
    def pays_from(self) -> int | None:
        """From how many hours a month on the machine on demand costs more."""
        return None if not self.hourly or not self.on_demand else round(self.hourly / self.on_demand * HOURS_A_MONTH)


def find_terms(prices: Prices, machine_type: str) -> list[Term]:
    """Reckon with one machine."""
    return [
        Term(years, prices.committed(machine_type, years), prices.instance_hour.get(machine_type)) for years in YEARS
    ]


def facts_of(terms: Sequence[Term], machine_type: str, count: int, prices: Prices) -> dict[str, Any]:
    """Give it as data."""
    return {
        "region": prices.region,
        "type": machine_type,
        "machines": count,
        "onDemandHour": terms[0].on_demand,
        "terms": [
            {
                "years": term.years,
                "hour": term.hourly and round(term.hourly, 5),
                "savesPerMonth": None if term.saves is None else cents(term.saves * count),
                "paysFromHours": term.pays_from,
            }
            for term in terms
        ],
        "sources": list(dict.fromkeys([*prices.sources, *prices.source_of_committed(machine_type)])),
    }


def in_words(terms: Sequence[Term], machine_type: str, count: int, prices: Prices) -> str:
    """Lay it out for a screen."""
    on_demand = terms[0].on_demand
    which = f"{count} machine{'' if count == 1 else 's'} {machine_type}"
    month = times(on_demand, HOURS_A_MONTH * count)
    rows = [(which, "an hour each", "a month, 730 h", "saves a month", "pays from")]
    rows.append(("on demand", _hourly(on_demand), dollars(month), "", ""))
    rows += [
        (
            "1 year" if term.years == 1 else f"{term.years} years",
            _hourly(term.hourly),
            dollars(times(term.hourly, HOURS_A_MONTH * count)),
            dollars(times(term.saves, count)),
            "unknown" if term.pays_from is None else f"{term.pays_from} h a month",
        )
        for term in terms
    ]
    sources = [
        f"Prices in {prices.region}: {source}" for source in facts_of(terms, machine_type, count, prices)["sources"]
    ]
    office = f"A machine that runs in office hours alone, 13 h on 5 days a week, runs {OFFICE_HOURS:.0f} h a month."
    return "\n".join([aligned(rows), "", *sources, office, DECISION])


def _hourly(price: float | None) -> str:
    return "unknown" if price is None else f"${price:.4f}"
