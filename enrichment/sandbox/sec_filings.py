"""The filings of a listed company of the world: an 8-K for each event of a kind that must be told, and reports."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.world import Company

EXCHANGES = frozenset({"NASDAQ", "NYSE"})
ITEMS = {  # signal of an article → items of the 8-K about it, and their titles
    "leadership": "5.02",
    "acquisition": "2.01,9.01",
    "layoffs": "2.05",
    "security_incident": "1.05",
    "partnership": "1.01,9.01",
}
TITLES = {
    "1.01": "Entry into a Material Definitive Agreement.",
    "1.05": "Material Cybersecurity Incidents.",
    "2.01": "Completion of Acquisition or Disposition of Assets.",
    "2.02": "Results of Operations and Financial Condition.",
    "2.05": "Costs Associated with Exit or Disposal Activities.",
    "5.02": "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers.",
    "9.01": "Financial Statements and Exhibits.",
}
QUARTER = 91  # days


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One filing. `story`: what its document says."""

    form: str
    at: datetime
    period: str
    accession: str
    document: str
    items: str = ""
    story: str = ""


def is_listed(company: Company) -> bool:
    return company.ticker.partition(":")[0] in EXCHANGES


def ticker_of(company: Company) -> str:
    return company.ticker.partition(":")[2]


def cik_of(company: Company) -> int:
    return 1_000_000 + pick(900_000, "cik", company.domain)


def last_year_end(company: Company, at: datetime) -> date:
    """The last day of the newest fiscal year whose report is out: sixty days have passed since."""
    month, day = int(company.sec.year_ends[:2]), int(company.sec.year_ends[2:])
    newest = date(at.year, month, day)
    return newest if newest <= at.date() - timedelta(days=60) else newest.replace(year=at.year - 1)


def filings_of(company: Company, at: datetime) -> tuple[Filed, ...]:
    """Newest first. An event is filed the day after the press had it."""
    events = [
        filed(
            company, "8-K", days_before(at, max(0, article.days - 1), article.url), ITEMS[article.signal], article.text
        )
        for article in company.news
        if article.signal in ITEMS
    ]
    results = [
        filed(company, "8-K", days_before(at, days, company.domain), "2.02,9.01", "")
        for days in quarters(company, at)
        if days < 200
    ]
    return tuple(sorted((*events, *results, *reports(company, at)), key=lambda f: (f.at, f.accession), reverse=True))


def quarters(company: Company, at: datetime) -> list[int]:
    """How many days ago each of the last four quarterly results came out."""
    since = (at.date() - last_year_end(company, at)).days - 60
    return [since % QUARTER + QUARTER * number for number in range(4)]


def reports(company: Company, at: datetime) -> list[Filed]:
    """The annual report, a quarterly one two days after its results, and an insider's sale that tells nothing."""
    yearly = (at.date() - last_year_end(company, at)).days - 60
    quarterly = [max(0, days - 2) for days in quarters(company, at)[:3] if abs(days - yearly) > 5]
    return [
        filed(company, "10-K", days_before(at, yearly), "", "", last_year_end(company, at).isoformat()),
        *(filed(company, "10-Q", days_before(at, days), "", "") for days in quarterly),
        filed(company, "4", days_before(at, 3), "", ""),
    ]


def filed(company: Company, form: str, at: datetime, items: str, story: str, period: str = "") -> Filed:
    mark = int(digest(company.domain, form, at.date(), items)[:6], 16) % 1_000_000
    day = at.date()
    return Filed(
        form=form,
        at=at,
        period=period or day.isoformat(),
        accession=f"{cik_of(company):010d}-{day:%y}-{mark:06d}",
        document=f"{ticker_of(company).lower()}-{day:%Y%m%d}.htm",
        items=items,
        story=story,
    )


def document(company: Company, filing: Filed) -> str:
    """The filing as a page: hidden XBRL, a cover, the items, signatures."""
    sections = "".join(
        f"<p><b>Item&nbsp;{item}&nbsp;&nbsp;{escape(TITLES[item])}</b></p><p>{escape(filing.story)}</p>"
        for item in filing.items.split(",")
        if item in TITLES
    )
    name = escape(company.legal_name or company.name)
    return f"""<?xml version='1.0' encoding='ASCII'?><html><head><title>{filing.form}</title></head><body>
<div style="display:none"><ix:header><ix:hidden>{name}</ix:hidden></ix:header></div>
<p>FORM {filing.form}</p><p>{name}</p><p>Date of report: {filing.period}</p>{sections}
<p>SIGNATURES</p><p>Pursuant to the requirements of the Act, the registrant has signed.</p></body></html>"""
