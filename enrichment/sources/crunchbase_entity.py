"""An organization of Crunchbase's own API with its cards, and what it says. Pure.

A property that is not known is missing, not null. Money is `{value, currency, value_usd}`, a head-count a band like
`c_00251_00500`, a date `{value, precision}` or a string; one of a year or month alone stands for its first day. What
the items of the cards look like is not documented in the packages that we know: `raised_funding_rounds`,
`acquirer_acquisitions` and `jobs` are read by the names that other clients use.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from enrichment.sources.base import CompanyRef, Observation
from enrichment.sources.crunchbase import Money
from enrichment.sources.dates import day, moment
from enrichment.sources.firmographics import Firm, firm_rows
from enrichment.sources.funding import Raised, is_recent, round_rows, sum_rows
from enrichment.sources.headlines import stated
from enrichment.sources.naming import registrable
from enrichment.sources.people import Known, is_senior, observed
from enrichment.sources.places import seat
from enrichment.sources.reading import Lenient, Object, Objects, Text, each
from enrichment.sources.sheet import Row, Sheet, head_count

PUBLISHER = "Crunchbase"
SITE = "https://www.crunchbase.com"
NEW_IN_OFFICE = timedelta(days=365)  # since when somebody may have begun to count as a change at the top

_BAND = re.compile(r"c_0*(\d{1,6})_(?:0*(\d{1,6})|max)")
_PERMALINK = re.compile(r"[A-Za-z0-9._-]{1,200}")


class Identifier(Lenient):
    value: Text = ""
    permalink: Text = ""
    uuid: Text = ""
    location_type: Text = ""

    def page(self, kind: str) -> str:
        """The public page, which the licence asks to be linked."""
        return f"{SITE}/{kind}/{self.permalink}" if _PERMALINK.fullmatch(self.permalink) else ""


class Linked(Lenient):
    value: Text = ""


class Properties(Lenient):
    identifier: Object = {}
    website: Object = {}
    website_url: Text = ""
    short_description: Text = ""
    description: Text = ""
    num_employees_enum: Text = ""
    categories: Objects = []
    location_identifiers: Objects = []
    funding_total: Object = {}
    updated_at: Text = ""

    @property
    def named(self) -> Identifier:
        return Identifier.model_validate(self.identifier)

    @property
    def domain(self) -> str | None:
        return registrable(Linked.model_validate(self.website).value) or registrable(self.website_url)


class Round(Lenient):
    identifier: Object = {}
    announced_on: Any = None
    money_raised: Object = {}


class Acquisition(Lenient):
    acquiree_identifier: Object = {}
    announced_on: Any = None


class Job(Lenient):
    """A post that somebody holds or held."""

    person_identifier: Object = {}
    title: Text = ""
    started_on: Any = None
    ended_on: Any = None
    is_current: Any = None


class Cards(Lenient):
    raised_funding_rounds: Objects = []
    acquirer_acquisitions: Objects = []
    jobs: Objects = []


FIELDS = tuple(Properties.model_fields)
CARDS = tuple(Cards.model_fields)


def observations(said: Properties, cards: Cards, company: CompanyRef, *, fetched_at: datetime) -> Iterator[Observation]:
    """Everything that the record says of its company; people and their beginnings have evidence of their own."""
    at = moment(said.updated_at, fetched_at=fetched_at)
    title, url = f"{said.named.value} on Crunchbase", said.named.page("organization")
    sheet = Sheet(title=title, url=url, publisher=PUBLISHER, at=at)
    yield from sheet.page(
        [*firm_rows(_firm(said)), *_money(said, cards, fetched_at), *_bought(said, cards, fetched_at)]
    )
    for job in each(Job, cards.jobs):
        yield from _people(job, company, sheet, fetched_at)


def _firm(said: Properties) -> Firm:
    places = {place.location_type: place.value for place in each(Identifier, said.location_identifiers)}
    categories = [category.value for category in each(Identifier, said.categories) if category.value]
    band = _BAND.fullmatch(said.num_employees_enum)
    return Firm(
        name=said.named.value,
        domain=said.domain,
        industry=categories[0] if categories else "",
        employees=head_count(f"{band[1]}-{band[2]}" if band[2] else f"{band[1]}+") if band else None,
        headquarters=seat(places.get("city", ""), places.get("region", ""), places.get("country", "")),
        overview=said.description or said.short_description,
    )


def _money(said: Properties, cards: Cards, fetched_at: datetime) -> Iterator[Row]:
    rounds = (
        Raised(
            title=Identifier.model_validate(item.identifier).value,
            dollars=Money.model_validate(item.money_raised).dollars,
            at=_at(item.announced_on, fetched_at),
        )
        for item in each(Round, cards.raised_funding_rounds)
    )
    yield from round_rows((found for found in rounds if found.title), fetched_at=fetched_at)
    yield from sum_rows("Total funding", Money.model_validate(said.funding_total).dollars)


def _bought(said: Properties, cards: Cards, fetched_at: datetime) -> Iterator[Row]:
    for item in each(Acquisition, cards.acquirer_acquisitions):
        bought, at = Identifier.model_validate(item.acquiree_identifier).value, _at(item.announced_on, fetched_at)
        if bought and is_recent(at, fetched_at=fetched_at):
            line, date = f"{said.named.value} acquired {bought}", day(at)
            signal = {"headline": line, "signal_type": "acquisition", "date": date}
            yield "growth_signals", f"{line}{f', announced {date}' if date else ''}", stated(signal)


def _people(job: Job, company: CompanyRef, sheet: Sheet, fetched_at: datetime) -> Iterator[Observation]:
    """Who holds the post now; who took a senior one within the year is a change at the top."""
    person = Identifier.model_validate(job.person_identifier)
    if not person.value or job.ended_on or job.is_current is False:
        return
    url = person.page("person")
    yield from observed(Known(name=person.value, title=job.title, url=url, publisher=PUBLISHER), company)
    since = _at(job.started_on, fetched_at)
    if since and fetched_at - since <= NEW_IN_OFFICE and is_senior(job.title):
        line = f"{person.value} became {job.title}"
        signal = {"headline": line, "signal_type": "leadership", "url": url, "date": day(since)}
        yield from sheet.page([("growth_signals", f"{line} ({day(since)})", stated(signal))])


def _at(said: Any, fetched_at: datetime) -> datetime | None:
    """The moment of a date in either of its shapes."""
    found = said.get("value") if isinstance(said, dict) else said
    return moment(found, fetched_at=fetched_at) if isinstance(found, str) else None
