"""How deals with a contact go: how many are won, how long they take, where they stop, who else is in them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from personas.history import DealHistory, History, Terms
from personas.metrics import intervals
from personas.metrics.mails import share
from personas.metrics.model import DAYS, SHARE, Measured, Stage, counted, estimated

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class _Stay:
    """That a deal was at a stage; `left` is None while it is there, `went_on` None where it is not known yet."""

    stage: str
    entered: datetime
    left: datetime | None
    went_on: bool | None


def sales(history: History, terms: Terms) -> dict[str, Measured]:
    """Deals that began until now. Conversion rate: won ÷ closed. Cycle: days from opening to closing."""
    deals = [deal for deal in history.deals if deal.opened <= terms.now]
    closed = [deal for deal in deals if deal.closed and deal.closed <= terms.now]
    won = [deal for deal in closed if deal.status == "won"]
    stays = [stay for deal in deals for stay in _stays(deal, terms.now)]
    return {
        "deals": counted(len(deals)),
        "dealsOpen": counted(len(deals) - len(closed)),
        "conversionRate": share(
            [deal.status == "won" for deal in closed], [deal.closed for deal in closed if deal.closed], terms
        ),
        "dealCycleDays": _cycle(closed, terms, waiting=len(deals) - len(closed)),
        "wonDealCycleDays": _cycle(won, terms),
        "daysPerStage": _days(stays, terms),
        "stageConversionRate": _conversion(stays, terms),
        "activeColleagues": counted(len(history.colleagues)),
        "contactsPerDeal": _parties(deals, terms),
    }


def stages(history: History, terms: Terms) -> tuple[Stage, ...]:
    """The same for each stage, in the order in which deals come to it."""
    by_stage: dict[str, list[_Stay]] = defaultdict(list)
    places: dict[str, list[int]] = defaultdict(list)
    for deal in history.deals:
        for place, stay in enumerate(_stays(deal, terms.now)):
            by_stage[stay.stage].append(stay)
            places[stay.stage].append(place)
    order = sorted(by_stage, key=lambda name: (sum(places[name]) / len(places[name]), name))
    return tuple(
        Stage(name=name, days=_days(by_stage[name], terms), conversion=_conversion(by_stage[name], terms))
        for name in order
    )


def _stays(deal: DealHistory, now: datetime) -> Iterator[_Stay]:
    """A deal's stages until now: left when the next begins or it closes; it goes on to the next, or by being won."""
    entered = [(stage, at) for stage, at in sorted(deal.stages, key=lambda pair: pair[1]) if at <= now]
    closed = deal.closed if deal.closed and deal.closed <= now else None
    for place, (stage, at) in enumerate(entered):
        if place + 1 < len(entered):
            yield _Stay(stage, at, entered[place + 1][1], went_on=True)
        elif closed:
            yield _Stay(stage, at, max(at, closed), went_on=deal.status == "won")
        else:
            yield _Stay(stage, at, None, went_on=None)


def _conversion(stays: Sequence[_Stay], terms: Terms) -> Measured:
    known = [stay for stay in stays if stay.went_on is not None]
    rate = share([bool(stay.went_on) for stay in known], [stay.entered for stay in known], terms)
    return estimated(
        rate.value, (rate.low, rate.high), n=rate.n, unit=SHARE, terms=terms, waiting=len(stays) - len(known)
    )


def _days(stays: Sequence[_Stay], terms: Terms) -> Measured:
    lasted = np.array([(stay.left - stay.entered).total_seconds() / _DAY for stay in stays if stay.left])
    value, within = intervals.quantile(lasted, 0.5)
    return estimated(value, within, n=len(lasted), unit=DAYS, terms=terms, waiting=len(stays) - len(lasted))


def _cycle(closed: Sequence[DealHistory], terms: Terms, *, waiting: int | None = None) -> Measured:
    lasted = np.array(
        [max(0.0, (deal.closed - deal.opened).total_seconds()) / _DAY for deal in closed if deal.closed], dtype=float
    )
    value, within = intervals.quantile(lasted, 0.5)
    return estimated(value, within, n=len(lasted), unit=DAYS, terms=terms, waiting=waiting)


def _parties(deals: Sequence[DealHistory], terms: Terms) -> Measured:
    people = np.array([deal.parties for deal in deals], dtype=float)
    value = float(people.mean()) if len(people) else None
    return estimated(value, intervals.mean(people, least=1.0), n=len(people), unit="per deal", terms=terms)
