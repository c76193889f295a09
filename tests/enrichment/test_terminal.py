from typing import Any

from enrichment import terminal

PAGE = {"source": "company_website", "kind": "page", "title": "Acme", "url": "https://acme.test/", "publishedAt": None}


def answer(evidence: dict[str, Any], **values: Any) -> dict[str, Any]:
    """An answer of one statement that cites all of its evidence."""
    return {
        "data": {
            "companyName": "Acme Corp",
            "vendorCompany": "Okta",
            "analysis": {
                "customer": {"name": "Acme Corp"},
                "data_quality": {"overall": 1.0, "completeness": 1.0, "freshness": 1.0, "reliability": 1.0},
            },
        },
        "grounding": {
            "statements": {"/customer/name": {"evidence": list(evidence), "support": "verbatim"}},
            "evidence": evidence,
            "withheld": 0,
        },
        "gaps": [],
        "sandbox": False,
        "source": "run",
        "totalCost": 0.223363636,
        "cacheSavings": 0.0,
    } | values


def gap(cost: str | None) -> list[dict[str, Any]]:
    return [{"label": "Contacts", "why": "Nobody was asked.", "costToFill": cost}]


def test_passages_of_one_document_are_one_source() -> None:
    told = terminal.brief(answer({"e1": PAGE, "e2": PAGE}))

    assert "name: Acme Corp [1]\n" in told
    assert "[2]" not in told


def test_documents_are_numbered_in_their_order() -> None:
    told = terminal.brief(answer({"e1": PAGE, "e2": PAGE | {"url": "https://acme.test/about"}}))

    assert "name: Acme Corp [1][2]\n" in told


def test_prices_are_rounded_to_cents() -> None:
    assert "Cost 0.22 USD, by a run" in terminal.brief(answer({"e1": PAGE}))


def test_a_price_below_a_cent_is_not_rounded_away() -> None:
    assert "up to 0.0004 USD to fill" in terminal.brief(answer({}, gaps=gap("0.00042")))


def test_a_gap_that_nobody_can_fill_says_so() -> None:
    assert "no source could fill it now" in terminal.brief(answer({}, gaps=gap(None)))


def test_an_address_is_not_broken_where_the_line_ends() -> None:
    url = "https://www.linkedin.com/in/" + "-".join(["kwame"] * 20)

    told = terminal.brief(answer({"e1": PAGE | {"url": url}}))

    assert url in told


def test_one_statement_that_was_withheld_is_one() -> None:
    one = answer({"e1": PAGE})
    one["grounding"]["withheld"] = 1

    assert "1 statement was withheld" in terminal.brief(one)


def test_the_parts_of_a_brief_stand_in_the_roles_order_and_the_rest_before_them() -> None:
    asked = answer({"e1": PAGE})
    asked["data"]["analysis"] |= {
        "talking_points": ["Who owns access?"],
        "tech_stack": {"observations": ["It runs on AWS."]},
        "recommended_products": [{"product": "Lifecycle Management"}],
    }

    told = terminal.brief(asked, ("tech", "fit", "say"))

    heads = ["Customer", "Tech stack", "Recommended products", "Talking points"]
    assert sorted(heads, key=told.index) == heads
