"""A Crunchbase record as Bright Data delivers it, and what it says. Pure.

Any field may be null, missing, or a JSON string in exports; dates and bands are text.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from enrichment.sources.base import Evidence, Observation
from enrichment.sources.dates import day, moment
from enrichment.sources.funding import Raised, round_rows, sum_rows
from enrichment.sources.headlines import Headline, filed, stated, usd
from enrichment.sources.naming import registrable
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, Texts, Url, each
from enrichment.sources.sheet import Row, Sheet, head_count
from enrichment.sources.usage import technology_rows

LONGEST_OVERVIEW = 1_800  # characters: fits into one evidence with its label
FROM_NEWS = frozenset({"growth_signals", "buying_signals", "budget_indicators"})


class Named(Lenient):
    name: Text = ""
    value: Text = ""

    @property
    def label(self) -> str:
        return self.value or self.name


class BuiltWith(Lenient):
    name: Text = ""
    technology_category: Texts = []


class Siftery(Lenient):
    title: Text = ""
    status: Text = ""


class Money(Lenient):
    value: Number = None
    currency: Text = ""
    value_usd: Number = None

    @property
    def dollars(self) -> float | None:
        return self.value_usd if self.value_usd is not None else (self.value if self.currency == "USD" else None)


class Round(Lenient):
    announced_on: Text = ""
    title: Text = ""
    money_raised: Object = {}


class Topic(Lenient):
    topic: Text = ""
    category: Text = ""
    score: Number = None
    weeks_surging: Number = None


class Event(Lenient):
    key_event_date: Text = ""
    label: Text = ""
    link: Url = ""


class News(Lenient):
    date: Text = ""
    title: Text = ""
    publisher: Text = ""
    url: Url = ""


class Product(Lenient):
    product_name: Text = ""
    product_description: Text = ""


class Record(Lenient):
    """One company's record: the fields that we use."""

    name: Text = ""
    url: Url = ""
    website: Text = ""
    about: Text = ""
    full_description: Text = ""
    industries: Objects = []
    num_employees: Text = ""
    address: Text = ""
    location: Objects = []
    timestamp: Text = ""
    builtwith_tech: Objects = []
    siftery_products: Objects = []
    aberdeen_it_spend: Object = {}
    financials_highlights: Object = {}
    funding_rounds_list: Objects = []
    bombora: Objects = []
    bombora_last_updated: Text = ""
    leadership_hire: Objects = []
    layoff: Objects = []
    news: Objects = []
    products_and_services: Objects = []
    similar_companies: Objects = []


def sheet_of(record: Record, *, at: datetime | None) -> Sheet:
    """Where the record's lines come from. `at`: when it was refreshed; None if it does not say."""
    return Sheet(title=f"{record.name} on Crunchbase", url=record.url, publisher="Crunchbase", at=at)


def profile(record: Record, sheet: Sheet, fetched_at: datetime) -> Iterator[Observation]:
    industries = [item.label for item in each(Named, record.industries) if item.label]
    headquarters = _headquarters(record)
    overview = (record.full_description or record.about)[:LONGEST_OVERVIEW].rstrip()
    lines = {
        "company_name": ("Name", record.name, record.name),
        "company_domain": ("Website", record.website, registrable(record.website)),
        "industry": ("Industries", ", ".join(industries[:8]), industries[0] if industries else None),
        "employee_count": ("Employees", record.num_employees, head_count(record.num_employees)),
        "headquarters": ("Headquarters", headquarters, headquarters),
        "company_overview": ("About", overview, overview),
    }
    yield from sheet.page(
        (dataset, f"{label}: {text}", value) for dataset, (label, text, value) in lines.items() if value
    )


def _headquarters(record: Record) -> str:
    """City and state, or city and country: "San Francisco, CA"."""
    places = [item.name for item in each(Named, record.location) if item.name]
    return ", ".join(places[:2]) or ", ".join(part.strip() for part in record.address.split(",")[:2] if part.strip())


def technologies(record: Record, sheet: Sheet, fetched_at: datetime) -> Iterator[Observation]:
    """BuiltWith's findings and Siftery's; what a page was built with is in use, sold products are also usage."""
    used = {
        item.name: next(iter(item.technology_category), "")
        for item in each(BuiltWith, record.builtwith_tech)
        if item.name
    }
    for item in each(Siftery, record.siftery_products):
        if item.title and item.status == "using":
            used.setdefault(item.title, "")
    dropped = {item.title for item in each(Siftery, record.siftery_products) if item.status == "not_using"}
    rows = (row for name, category in used.items() if name not in dropped for row in technology_rows(name, category))
    yield from sheet.page((dataset, f"Uses {line}", value) for dataset, line, value in rows)


def funding(record: Record, sheet: Sheet, fetched_at: datetime) -> Iterator[Observation]:
    found = (_raised(item, fetched_at) for item in each(Round, record.funding_rounds_list) if item.title)
    yield from sheet.page([*round_rows(found, fetched_at=fetched_at), *_totals(record)])


def _raised(item: Round, fetched_at: datetime) -> Raised:
    dollars = Money.model_validate(item.money_raised).dollars
    return Raised(title=item.title, dollars=dollars, at=moment(item.announced_on, fetched_at=fetched_at))


def _totals(record: Record) -> Iterator[Row]:
    total = record.financials_highlights.get("funding_total")
    for label, found in (("Total funding", total), ("Yearly IT spend", record.aberdeen_it_spend)):
        yield from sum_rows(label, Money.model_validate(found).dollars if isinstance(found, dict) else None)


def intent(record: Record, sheet: Sheet, fetched_at: datetime) -> Iterator[Observation]:
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for item in each(Topic, record.bombora):
        if not item.topic:
            continue
        score = usd(item.score) if item.score is not None else None
        weeks = int(item.weeks_surging) if item.weeks_surging is not None else None
        line = f"Intent topic: {item.topic}" + (f", score {score}" if score is not None else "")
        line += f", surging for {weeks} weeks" if weeks else ""
        rows.append(("purchase_intent", line, stated({"topic": item.topic, "score": score, "weeks": weeks})))
        sign = {"headline": f"Intent topic: {item.topic}", "signal_type": "intent", "topic": item.topic}
        rows.append(("buying_signals", line, sign))
    at = moment(record.bombora_last_updated, fetched_at=fetched_at) or sheet.at
    yield from replace(sheet, at=at).page(rows)


def events(record: Record, sheet: Sheet, fetched_at: datetime) -> Iterator[Observation]:
    """News of the record, typed by headline; hires at the top."""
    for item in each(News, record.news):
        if not item.title:
            continue
        at = moment(item.date, fetched_at=fetched_at)
        url = item.url or record.url
        evidence = Evidence(kind="article", title=item.title, url=url, publisher=item.publisher, published_at=at)
        headline = Headline(text=item.title, evidence=evidence, url=url, publisher=item.publisher, at=at)
        yield from filed(headline, under=FROM_NEWS)
    rows = []
    for event in each(Event, record.leadership_hire):
        date = day(moment(event.key_event_date, fetched_at=fetched_at))
        if event.label:
            hire = {"headline": event.label, "signal_type": "leadership", "url": event.link, "date": date}
            rows.append(("growth_signals", f"{event.label}{f' ({date})' if date else ''}", stated(hire)))
    yield from sheet.page(rows)


def market(record: Record, sheet: Sheet, fetched_at: datetime) -> Iterator[Observation]:
    products = [item for item in each(Product, record.products_and_services) if item.product_name]
    yield from sheet.page(
        (
            "products",
            f"Product: {item.product_name}. {item.product_description}",
            stated({"name": item.product_name, "description": item.product_description}),
        )
        for item in products
    )
    rivals = [item.name for item in each(Named, record.similar_companies) if item.name]
    yield from sheet.page(("competitors", f"Similar company: {name}", name) for name in rivals)


Part = Callable[[Record, Sheet, datetime], Iterator[Observation]]
EVERYTHING: tuple[Part, ...] = (profile, technologies, funding, intent, events, market)
