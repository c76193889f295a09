"""The tools: each takes checked arguments and gives a result, or fails with a sentence. They run on a thread.

None of them can spend without a cap, and the cap is the request's own: it is held in rows, as for every request, and
the person's budgets hold beside it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from enrichment import companies, rules
from enrichment.api.summaries import summaries
from enrichment.companies import NEW, Ambiguous, AmbiguousCompany, Candidate, Found, IdentityError
from enrichment.mcp import shapes, telling
from enrichment.mcp.acting import Acting, ToolFailure
from enrichment.models import Origin, ResearchRequest
from enrichment.workflow.asks import Ask, RequestError, Seller
from enrichment.workflow.cancelling import cancel
from enrichment.workflow.explaining import explain
from enrichment.workflow.held_answers import answer_from_held
from enrichment.workflow.rendering import whole
from enrichment.workflow.requests import request_research

SHOWN = 5  # candidates named in a failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool. `spends` says whether a call may lead to paid calls, `changes` whether it leaves anything behind."""

    name: str
    title: str
    description: str
    scope: str
    takes: type[shapes.In]
    gives: type[shapes.Out]
    work: Callable[[Acting, Any], shapes.Out]
    changes: bool = False
    spends: bool = False


# --- What the workflow refuses, in sentences --------------------------------------------------------------------------


@contextmanager
def as_failures() -> Iterator[None]:
    """Tells what cannot be granted. Nothing was started then, and nothing bought."""
    try:
        yield
    except AmbiguousCompany as error:
        raise ToolFailure(_ambiguous(error.text, error.candidates)) from error
    except (IdentityError, RequestError) as error:
        raise ToolFailure(str(error)) from error


def _ambiguous(text: str, candidates: tuple[Candidate, ...]) -> str:
    names = "; ".join(f"{each.company.name} ({each.company.reference})" for each in candidates[:SHOWN])
    way_out = f"Call again with company_domain set to the one you mean, or to {NEW} where it is none of them."
    return f"“{text}” may mean more than one company: {names}. {way_out}"


def own(acting: Acting, request_id: UUID) -> ResearchRequest:
    """The caller's own request. Raises `ToolFailure`, for another's as for none."""
    rows = ResearchRequest.objects.visible_to(acting.user).select_related("run", "company", "vendor", "report__entry")
    found = rows.defer("run__plan_input").filter(pk=request_id).first()
    if found is None:
        raise ToolFailure(f"There is no request {request_id} of yours; `research` gives the id of a new one.")
    return found


# --- Reading ----------------------------------------------------------------------------------------------------------


def lookup_company(acting: Acting, given: shapes.LookupIn) -> shapes.LookupOut:
    found = summaries(companies.search(given.query, by=acting.user, limit=given.limit), now=timezone.now())
    for each in found:
        each["knownSince"] = each["freshness"] and each["freshness"]["observedAt"]
    return shapes.LookupOut.model_validate({"companies": found, "sandbox": any(each["sandbox"] for each in found)})


def list_options(_acting: Acting, _given: shapes.NothingIn) -> shapes.OptionsOut:
    known = rules.current().rules
    return shapes.OptionsOut(
        datasets=[
            shapes.Dataset(slug=each.slug, label=each.label, group=each.group, threshold=each.threshold)
            for each in known.datasets.values()
        ],
        roles=[
            shapes.Role(slug=each.slug, name=each.long_name, label=each.label, focus=each.focus)
            for each in known.roles.values()
        ],
        consumers=[
            shapes.Consumer(
                slug=each.slug,
                label=each.label,
                datasets=[need.dataset for need in each.requirements],
                max_cost=None if each.max_cost is None else float(each.max_cost),
            )
            for each in known.consumers.values()
        ],
    )


def quote(acting: Acting, given: shapes.QuoteIn) -> shapes.QuoteOut:
    with as_failures():
        explained = explain(_ask(given, max_cost=given.max_cost), by=acting.user)
    plan, worst = explained["plan"], explained["quote"]["worst"]["cost"]
    own_words = {
        "calls": [] if explained["cached"] else plan["calls"],
        "reused": [each["source"] for each in plan["reused"]],
        "belowThreshold": [each for each in plan["expectations"] if each["shortfall"] > 0],
        "next": "It costs nothing: call research with max_cost 0." if worst == 0 else _next(worst),
    }
    return shapes.QuoteOut.model_validate({**explained, **explained["quote"], **own_words})


def _next(worst: float) -> str:
    return f"Nothing was bought. research with max_cost {worst:g} can do all of it; a lower cap does less for less."


def run_status(acting: Acting, given: shapes.RequestIn) -> shapes.RunOut:
    return telling.run(own(acting, given.request_id))


def read_report(acting: Acting, given: shapes.ReadIn) -> shapes.ReportOut:
    asked = own(acting, given.request_id)
    if asked.report is None:
        raise ToolFailure(f"Request {asked.pk} has no report yet, or failed: run_status says how it is.")
    row = whole(asked.report)
    sections = [name for name in row.body if name not in ("data_quality", "vendor_context_used", "last_updated")]
    if given.section is not None and given.section not in sections:
        raise ToolFailure(f"There is no section “{given.section}”; there are {', '.join(sections)}.")
    return telling.report(asked, row, section=given.section, with_evidence=given.evidence)


def ask_company(acting: Acting, given: shapes.QuestionIn) -> shapes.AnswerOut:
    match companies.find(given.company, given.company_domain, by=acting.user):
        case Found(company=company):
            pass
        case Ambiguous(candidates=candidates):
            raise ToolFailure(_ambiguous(given.company, candidates))
        case _:
            raise ToolFailure(f"Nothing is held on “{given.company}”. quote says what research on it would cost.")
    with as_failures():
        found = answer_from_held(company, given.question)
    return shapes.AnswerOut(
        company=telling.company(company),
        question=given.question,
        known=bool(found.statements),
        answers=[shapes.Answer.model_validate(each) for each in found.statements],
        evidence={key: telling.evidence(row) for key, row in found.evidence.items()},
        not_known=[shapes.NotKnown.model_validate(each) for each in found.unknown],
        would_cost=found.price and shapes.WouldCost.model_validate(found.price),
        sandbox=found.origin == Origin.SANDBOX,
    )


# --- Working ----------------------------------------------------------------------------------------------------------


def research(acting: Acting, given: shapes.ResearchIn) -> shapes.RunOut:
    ask = replace(_ask(given, max_cost=given.max_cost), refresh=given.refresh)
    with as_failures():
        priced = explain(ask, by=acting.user)["quote"]
        asked = request_research(ask, user=acting.user, idempotency_key=given.idempotency_key)
    quoted = shapes.Quoted(expected=priced["expected"]["cost"], worst=priced["worst"]["cost"])
    return telling.run(own(acting, asked.pk), quoted=quoted)


def cancel_research(acting: Acting, given: shapes.RequestIn) -> shapes.RunOut:
    cancel(own(acting, given.request_id))
    return telling.run(own(acting, given.request_id))


def _ask(given: shapes.AskIn, *, max_cost: float | None) -> Ask:
    return Ask(
        consumer=given.consumer,
        company=given.company,
        company_domain=given.company_domain,
        vendor=given.vendor or None,
        seller=Seller(role=given.role),
        max_cost=None if max_cost is None else Decimal(str(max_cost)),
    )


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            name="lookup_company",
            title="Look up a company",
            description="Which companies a name, domain or URL may mean, best first, with what is already known. Free.",
            scope="read",
            takes=shapes.LookupIn,
            gives=shapes.LookupOut,
            work=lookup_company,
        ),
        Tool(
            name="list_options",
            title="List datasets, roles and kinds of research",
            description="The datasets that can be known, the sales roles, and the consumers: kinds of research with the"
            " datasets that each needs. Free.",
            scope="read",
            takes=shapes.NothingIn,
            gives=shapes.OptionsOut,
            work=list_options,
        ),
        Tool(
            name="quote",
            title="Quote a research",
            description="What research on a company would cost and take, which sources it would ask and why, and what"
            " would stay uncertain. Buys nothing. Call it before `research`.",
            scope="read",
            takes=shapes.QuoteIn,
            gives=shapes.QuoteOut,
            work=quote,
        ),
        Tool(
            name="ask_company",
            title="Ask about a company",
            description="Answers one question about a company from facts that are held, each statement with its"
            " evidence. Says so where it is not known, and what finding out would cost. Buys nothing.",
            scope="read",
            takes=shapes.QuestionIn,
            gives=shapes.AnswerOut,
            work=ask_company,
        ),
        Tool(
            name="research",
            title="Research a company",
            description="Collects and writes up a grounded brief on a company. May spend money, never more than"
            " max_cost USD, nor than the person's budgets allow. Says the price before and what was spent. Waits for"
            " the end for wait_seconds and tells progress; then it gives the id, and run_status goes on.",
            scope="enrich",
            takes=shapes.ResearchIn,
            gives=shapes.RunOut,
            work=research,
            changes=True,
            spends=True,
        ),
        Tool(
            name="run_status",
            title="See how a research is",
            description="Progress, cost so far, and what is missing. Waits for the end for wait_seconds. Free.",
            scope="read",
            takes=shapes.StatusIn,
            gives=shapes.RunOut,
            work=run_status,
        ),
        Tool(
            name="cancel_research",
            title="Stop a research",
            description="Detaches this request. Work that nobody else wants stops before its next paid call.",
            scope="enrich",
            takes=shapes.RequestIn,
            gives=shapes.RunOut,
            work=cancel_research,
            changes=True,
        ),
        Tool(
            name="read_report",
            title="Read a report",
            description="A finished report, whole or one section, with the evidence behind each statement, what was"
            " left out, and what is missing. Free. Cite the evidence's URL for what you repeat.",
            scope="read",
            takes=shapes.ReadIn,
            gives=shapes.ReportOut,
            work=read_report,
        ),
    )
}
