"""The requests that illustrate the OpenAPI document, in the order in which they are sent; answers are recorded.

`SALESINTEL_RECORD_EXAMPLES=1 pytest tests/api/test_examples.py` sends them to the product and writes what it answers to
`salesintel/data/api_examples.json`, shortened; `make openapi` then has them in the document. A name that begins with
`@` stands for the id of a request that was started under that name.
"""

from typing import Any

PERSONA = {"name": "Taylor", "role": "AE", "segment": "Mid-Market", "region": "EMEA"}
BRIEF = {"prospectCompany": "Acme Corp", "vendorCompany": "Okta", "userPersona": PERSONA, "refresh": False}
RESULTS = [
    {
        "title": "Acme Corp raises $50M Series C for European expansion",
        "url": "https://techcrunch.com/2026/03/10/acme",
        "snippet": "The fintech will open an office in Berlin.",
        "publisher": "TechCrunch",
        "publishedAt": "2026-03-10",
    },
]
DRIVE = "drive"  # not a request: let the work be done


def case(operation: str, name: str, status: int, **more: Any) -> dict[str, Any]:
    """One request: `path`, `query`, `headers`, `body`; `as_` names the request that it starts."""
    return {"operation": operation, "name": name, "status": status, **more}


def of(request: str) -> dict[str, str]:
    return {"request_id": f"@{request}"}


CASES: list[dict[str, Any] | str] = [
    case("health", "All is well", 200),
    case("ready", "Ready", 200),
    case("lookup_company", "A domain", 200, path={"domain": "acmecorp.com"}),
    case("search_companies", "The beginning of a name", 200, body={"query": "Acme", "limit": 5}),
    case(
        "explain_plan",
        "What a brief would buy",
        200,
        body={"company": "acmecorp.com", "consumer": "customer_intelligence", "vendor": "okta.com", "role": "AE"},
    ),
    case("customer_intelligence", "It is being made", 202, body=BRIEF, as_="brief"),
    DRIVE,
    case("customer_intelligence", "It was there", 200, body=BRIEF),
    case("analysis_status", "Completed", 200, path=of("brief")),
    case("run_events", "What happened", 200, path=of("brief"), query={"after": 0}),
    case("run", "What it cost", 200, path=of("brief")),
    case("run_trace", "What was done", 200, path=of("brief")),
    case("rate_report", "Four stars", 200, path=of("brief"), body={"stars": 4, "reason": "The opener worked."}),
    case("get_rating", "Your stars", 200, path=of("brief")),
    case("unrate_report", "No stars", 204, path=of("brief")),
    case(
        "vendor_context",
        "It is being made",
        202,
        path={"domain": "okta.com"},
        body={"userRole": "account-executive"},
    ),
    case("vendor_enrich", "As planned", 202, body={"companyName": "Tesla", "strategy": "enhanced"}, as_="record"),
    case(
        "start_run",
        "A profile under a cap",
        202,
        body={"company": "stripe.com", "consumer": "profile", "maxCost": 0.25},
        as_="profile",
    ),
    case(
        "start_run",
        "A role that there is not",
        400,
        body={"company": "acmecorp.com", "consumer": "profile", "role": "CEO"},
    ),
    case("pause_run", "Until eight o'clock", 200, path=of("profile"), body={"until": "2099-01-01T08:00:00+01:00"}),
    case("resume_run", "On it goes", 200, path=of("profile")),
    case("cancel_run", "No more of it", 200, path=of("profile")),
    case("retry_run", "While it goes on", 409, path=of("profile"), body={"fromStep": "collect"}),
    case(
        "analyse_own_results",
        "One result",
        202,
        body={"domain": "acmecorp.com", "context": "discovery", "searchResults": RESULTS},
        as_="own",
    ),
    case("list_people", "At a company", 200, query={"company": "acmecorp.com"}),
    case("usage", "By source", 200, query={"by": "source"}),
    case("usage_ratings", "By engine", 200, query={"by": "engine"}),
    case("source_scorecard", "Of a month", 200, query={"days": 30}),
    case("list_experiments", "None", 200),
]
