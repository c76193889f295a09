"""SEC EDGAR: the register of companies listed in New York, without a key but not without a name."""

from dataclasses import dataclass
from typing import Any

from enrichment.sandbox.messages import Moment, Reply, Request, json_reply, text_reply
from enrichment.sandbox.sec_filings import Filed, cik_of, document, filings_of, is_listed, last_year_end, ticker_of
from enrichment.sandbox.world import Company, World

TITLES = {403: "Your Request Originates from an Undeclared Automated Tool", 404: "NoSuchKey", 429: "Too Many Requests"}
KINDS = {
    "/files/": "sec_tickers",
    "/submissions/": "sec_edgar",
    "/api/xbrl/": "sec_concept",
    "/Archives/": "sec_document",
}
PER_HEAD = 240_000  # USD of revenue, where the world does not tell a sum


@dataclass(slots=True)
class Sec:
    """Both hosts of the register."""

    def kind_of(self, request: Request) -> str:
        return next((kind for path, kind in KINDS.items() if request.path.startswith(path)), "sec")

    def answer(self, request: Request, moment: Moment) -> Reply:
        if "/" not in request.headers.get("user-agent", "").partition("(")[2]:
            return self.refuse(403)  # no contact: neither an address nor a page
        if request.path == "/files/company_tickers.json":
            return json_reply(tickers(moment.world), takes=0.3)
        parts = request.path.strip("/").split("/")
        company = next((c for c in moment.world if is_listed(c) and names_it(parts, cik_of(c))), None)
        found = None if company is None else self.found(parts, company, moment)
        return found or self.refuse(404)

    def found(self, parts: list[str], company: Company, moment: Moment) -> Reply | None:
        filings = filings_of(company, moment.at)
        match parts:
            case ["submissions", name] if name.endswith("-submissions-001.json"):
                return json_reply(columns(filings[:0]), takes=0.2)
            case ["submissions", _]:
                return json_reply(submissions(company, filings), takes=0.2)
            case ["api", "xbrl", "companyconcept", _, taxonomy, concept]:
                content = figures(company, f"{taxonomy}/{concept.removesuffix('.json')}", moment)
                return json_reply(content, takes=0.2) if content else None
            case ["Archives", "edgar", "data", _, accession, _]:
                filing = next((f for f in filings if f.accession.replace("-", "") == accession), None)
                return text_reply(document(company, filing), kind_of_text="html", takes=0.3) if filing else None
        return None

    def refuse(self, status: int) -> Reply:
        page = f"<!DOCTYPE html><html><head><title>{TITLES.get(status, 'Error')}</title></head><body></body></html>"
        return text_reply(page, status, kind_of_text="html", takes=0.2)

    def reset(self) -> None:
        """The register remembers nothing."""


def names_it(parts: list[str], cik: int) -> bool:
    """Whether a path is about the company with this CIK."""
    padded = f"CIK{cik:010d}"
    return any(part == str(cik) or part.startswith((f"{padded}.", f"{padded}-")) or part == padded for part in parts)


def tickers(world: World) -> dict[str, dict[str, Any]]:
    """The list of all: an object with numbers as keys, the CIK as a number."""
    rows = [
        {"cik_str": cik_of(c), "ticker": ticker_of(c), "title": c.sec.name or c.legal_name or c.name}
        for c in world
        if is_listed(c)
    ]
    strangers = [
        {"cik_str": 700_000 + number, "ticker": stranger.ticker, "title": stranger.name}
        for number, stranger in enumerate(world.registrants)
    ]
    return {str(number): row for number, row in enumerate([*strangers, *rows])}


def submissions(company: Company, filings: tuple[Filed, ...]) -> dict[str, Any]:
    cik, region = cik_of(company), company.region or "X0"
    address = {
        "street1": "1 MAIN STREET",
        "street2": None,
        "city": company.city.upper(),
        "stateOrCountry": region,
        "zipCode": "94105",
        "stateOrCountryDescription": region if company.region else company.country,
        "isForeignLocation": 0 if company.country_code == "US" else 1,
    }
    return {
        "cik": f"{cik:010d}",
        "entityType": "operating",
        "sic": "7372",
        "sicDescription": company.sec.industry or company.industry,
        "ownerOrg": "06 Technology",
        "name": company.sec.name or company.legal_name or company.name,
        "tickers": [ticker_of(company)],
        "exchanges": [company.ticker.partition(":")[0].title()],
        "ein": "000000000",
        "lei": None,
        "description": "",
        "website": "",
        "category": "Large accelerated filer<br>Well-known seasoned issuer",
        "fiscalYearEnd": company.sec.year_ends,
        "stateOfIncorporation": "DE",
        "addresses": {"mailing": address, "business": address},
        "phone": company.phone,
        "formerNames": [{"name": name, "from": None, "to": None} for name in company.former_names],
        "filings": {
            "recent": columns(filings),
            "files": [{"name": f"CIK{cik:010d}-submissions-001.json", "filingCount": 0}],
        },
    }


def columns(filings: tuple[Filed, ...]) -> dict[str, list[Any]]:
    """Filings as the register tells them: one list per field."""
    return {
        "accessionNumber": [f.accession for f in filings],
        "filingDate": [f.at.date().isoformat() for f in filings],
        "reportDate": [f.period for f in filings],
        "acceptanceDateTime": [f.at.strftime("%Y-%m-%dT%H:%M:%S.000Z") for f in filings],
        "form": [f.form for f in filings],
        "items": [f.items for f in filings],
        "primaryDocument": [f.document for f in filings],
        "primaryDocDescription": [f.form for f in filings],
        "isXBRL": [1 for _ in filings],
    }


def figures(company: Company, concept: str, moment: Moment) -> dict[str, Any]:
    """Two years of one figure; empty where the company does not report it."""
    end = last_year_end(company, moment.at)
    employees = company.sec.employees or company.employees
    revenue = company.sec.revenue_usd or company.employees * PER_HEAD
    values = {
        "dei/EntityNumberOfEmployees": ("employee", employees),
        "us-gaap/Revenues": ("USD", revenue),
    }
    if concept not in values:
        return {}
    unit, value = values[concept]
    years = [
        {
            "start": end.replace(year=end.year - back - 1).isoformat(),
            "end": end.replace(year=end.year - back).isoformat(),
            "val": round(value * 0.9**back),
            "form": "10-K",
            "fp": "FY",
        }
        for back in (1, 0)
    ]
    taxonomy, _, tag = concept.partition("/")
    return {"cik": cik_of(company), "taxonomy": taxonomy, "tag": tag, "units": {unit: years}}
