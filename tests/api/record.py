"""The requests that illustrate the OpenAPI document, in the order in which they are sent; answers are recorded.

`SALESINTEL_RECORD_EXAMPLES=1 pytest tests/api/test_examples.py` sends them to the product and writes what it answers to
`salesintel/data/api_examples.json`, shortened; `make openapi` then has them in the document. A name that begins with
`@` stands for the id of a request, or of a record, that was made under that name.
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
    """One request: `path`, `query`, `headers`, `body` or `form`; `as_` names what it starts or makes."""
    return {"operation": operation, "name": name, "status": status, **more}


def of(request: str) -> dict[str, str]:
    return {"request_id": f"@{request}"}


DANA = {
    "name": "Dana Whitfield",
    "email": "dana@acmecorp.com",
    "title": "CISO",
    "company": "Acme Corp",
    "timeZone": "Europe/Berlin",
    "externalSource": "hubspot",
    "externalId": "7",
}
MAIL = {
    "type": "email_sent",
    "direction": "out",
    "occurredAt": "2026-03-02T10:00:00Z",
    "subject": "Your audit",
    "body": "When is the audit?",
    "messageId": "<1@sales.example.com>",
}
ANSWERS = [
    {
        "type": "email_replied",
        "direction": "in",
        "occurredAt": f"2026-03-{day:02}T12:30:00Z",
        "body": words,
        "inReplyTo": "<1@sales.example.com>",
        "externalSource": "hubspot",
        "externalId": f"m{day}",
    }
    for day, words in [
        (2, "In June. Your price is too high for us."),
        (3, "We have to pass the audit."),
        (4, "Send me the figures."),
        (5, "The price is too high still."),
        (6, "Thursday suits me."),
    ]
]
PEOPLE = "Name,Email,Job title\nOla Berg,ola@acmecorp.com,CTO\nNobody,no address,\n"


def contact(name: str = "dana") -> dict[str, str]:
    return {"contact_id": f"@{name}"}


RECORDS = [
    case("make_contact", "Somebody of a CRM", 201, body=DANA, as_="dana"),
    case("make_contact", "Nobody", 400, body={"title": "CISO"}),
    case("list_contacts", "At a company", 200, query={"q": "Acme"}),
    case("get_contact", "A contact", 200, path=contact()),
    case("change_contact", "A new post", 200, path=contact(), body={"title": "CISO, Europe"}),
    case("add_interaction", "A mail to them", 201, path=contact(), body=MAIL, as_="mail"),
    case("add_interactions", "Their answers", 200, path=contact(), body={"interactions": ANSWERS}),
    case("list_interactions", "What they answered", 200, path=contact(), query={"type": "email_replied"}),
    case("get_interaction", "A mail", 200, path={"interaction_id": "@mail"}),
    case("change_interaction", "Another subject", 200, path={"interaction_id": "@mail"}, body={"subject": "The audit"}),
    case(
        "add_file", "What was shared", 201, path=contact(), body={"name": "offer.pdf", "mediaType": "application/pdf"}
    ),
    case("list_files", "What was shared", 200, path=contact()),
    case(
        "make_deal",
        "An offer",
        201,
        body={
            "name": "Renewal",
            "amount": "12000.00",
            "currency": "EUR",
            "stage": "offer",
            "contacts": [{"id": "@dana"}],
        },
        as_="renewal",
    ),
    case("list_deals", "With a contact", 200, query={"contactId": "@dana"}),
    case("get_deal", "A deal", 200, path={"deal_id": "@renewal"}),
    case("change_deal", "Won", 200, path={"deal_id": "@renewal"}, body={"status": "won", "stage": "signed"}),
    case("contact_metrics", "What they do", 200, path=contact()),
    case("make_persona", "By their post alone", 201, path=contact(), body={"method": "basic"}),
    case("make_persona", "Of what happened", 201, path=contact(), body={"method": "rag"}, as_="persona"),
    case("list_personas", "All of a contact", 200, path=contact()),
    case("get_persona", "One persona", 200, path={"persona_id": "@persona"}),
    case("get_persona_changes", "To the one before", 200, path={"persona_id": "@persona"}),
    case(
        "rate_persona",
        "Four stars",
        200,
        path={"persona_id": "@persona"},
        body={"stars": 4, "text": "The audit is what matters."},
    ),
    case("export_persona", "As JSON", 200, path={"persona_id": "@persona"}, query={"format": "json"}),
    case("list_general_benchmarks", "Of an industry", 200, query={"industry": "healthcare", "limit": 5}),
    case(
        "add_benchmark",
        "Your own",
        201,
        body={
            "metric": "conversionRate",
            "industry": "healthcare",
            "low": 0.1,
            "typical": 0.2,
            "high": 0.3,
            "source": "Our CRM, 2025",
        },
        as_="benchmark",
    ),
    case("list_benchmarks", "Yours", 200),
    case("quote_persona_batch", "From the fields alone", 201, body={"method": "basic"}, as_="batch"),
    case("list_persona_batches", "Yours", 200),
    case("start_persona_batch", "Off it goes", 200, path={"batch_id": "@batch"}),
    case("pause_persona_batch", "For a while", 200, path={"batch_id": "@batch"}),
    case("resume_persona_batch", "On it goes", 200, path={"batch_id": "@batch"}),
    case("persona_batch", "How far it is", 200, path={"batch_id": "@batch"}),
    case("persona_batch_lines", "Each contact", 200, path={"batch_id": "@batch"}),
    case("cancel_persona_batch", "No further", 200, path={"batch_id": "@batch"}),
    case("upload_import", "Contacts as CSV", 201, form={"file": PEOPLE, "kind": "contacts"}, as_="file"),
    case("import", "How it is read", 200, path={"import_id": "@file"}),
    case("change_import", "Another order of dates", 200, path={"import_id": "@file"}, body={"dateOrder": "dmy"}),
    case("import_errors", "What to mend", 200, path={"import_id": "@file"}),
    case("start_import", "Off it goes", 200, path={"import_id": "@file"}),
    case("imports", "Yours", 200),
    case("undo_import", "While it goes on", 409, path={"import_id": "@file"}),
    case("cancel_import", "No further", 200, path={"import_id": "@file"}),
    case("contacts_to_tell", "Who was not told yet", 200),
    case("contacts_were_told", "One of them", 200, body={"contacts": ["@dana"]}),
    case("export_contact", "All that is held", 200, path=contact()),
    case("list_grants", "None", 200),
    case("list_crm_hooks", "None", 200),
]


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
    *RECORDS,
]
