"""A prompt before it is used: what would be sent, how long it is, what it would cost at most; and a try of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from enrichment import rules
from enrichment.analysis import prompts
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.model import EvidenceItem, Task
from enrichment.analysis.replies.judging import PURPOSE as ANSWER
from enrichment.models import AnalysisEngine, PromptVersion, Report, ResearchRequest
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up
from enrichment.workflow import vendor
from enrichment.workflow.asks import Ask, Seller
from enrichment.workflow.briefing import task_for
from enrichment.workflow.engines import engine_from
from enrichment.workflow.portraying import as_asked as as_portrait
from enrichment.workflow.portraying import portrayer_from, worst_price
from enrichment.workflow.replying import KINDS, as_asked, teller_from
from enrichment.workflow.requests import request_under
from salesintel.accounts.models import User

CHARACTERS_OF_A_TOKEN = 4  # as one reckons for English
OFFERED = 50  # reports to preview with
EXAMPLE = "How does {vendor} fit?"  # the question that an answer's prompt is previewed with
# A contact that there is not: what a persona's prompt is previewed with, for nobody's records are an admin's to read.
CONTACT = (
    EvidenceItem(id="c1", source="contact", kind="record", text="Post: Head of IT Operations."),
    EvidenceItem(id="m1", source="contact", kind="record", text="Answers mails within 3 working hours. n = 14."),
    EvidenceItem(id="p1", source="contact", kind="message", text="We do this by hand today, and it takes three days."),
    EvidenceItem(id="p2", source="contact", kind="message", text="I have to ask procurement before I can say more."),
)
BRIEF = "customer_intelligence"
Kind = AnalysisEngine.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What one analysis by an engine costs at most, in USD; None where a price is unknown."""

    engine: AnalysisEngine
    worst: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Exactly what an engine would be sent now. `tokens` is reckoned, four characters each."""

    system: str
    user: str
    tokens: int
    prices: list[Priced]

    @property
    def characters(self) -> int:
        return len(self.system) + len(self.user)


def reports_for(purpose: str) -> Sequence[Report]:
    """The newest reports that a prompt of that purpose can be shown with, the newest first."""
    consumer = BRIEF if purpose == ANSWER else purpose  # questions are answered from what briefs are written from
    rows = Report.objects.filter(consumer=consumer, run__isnull=False).select_related("company", "vendor")
    rows = rows.only("id", "role", "generated_at", "company__name", "vendor__name")
    return list(rows.order_by("-generated_at")[:OFFERED])


def preview(text: str, report: Report, *, purpose: str) -> Preview:
    """What would be sent with this text for the report's company, vendor and role, from what is known now.

    An answer's prompt is shown with an example of a question, to which nothing is known but the facts.
    """
    task = _task(text, report)
    if purpose == ANSWER:
        return _preview_of_answer(task)
    system, user = prompts.system_text(task), prompts.user_text(task, Builtin().write(task).body)
    return _preview(system, user, [Priced(engine=row, worst=_worst(row, task)) for row in readers()])


def preview_of_persona(text: str) -> Preview:
    """What would be sent with this text for a contact that is made up."""
    asked = as_portrait(CONTACT, company="Example", at=database_now(), prompt=text)
    prices = [
        Priced(engine=row, worst=worst_price(portrayer_from(row), asked)) for row in readers() if row.kind in KINDS
    ]
    return _preview(asked.system, asked.user, prices)


def _preview_of_answer(task: Task) -> Preview:
    asked = as_asked(task, EXAMPLE.format(vendor=task.vendor_name or "what we sell"), (), (), prompt=task.prompt)
    prices = [
        Priced(engine=row, worst=_rounded(teller_from(row).worst_reply(system=asked.system, user=asked.user)))
        for row in readers()
        if row.kind in KINDS
    ]
    return _preview(asked.system, asked.user, prices)


def _preview(system: str, user: str, prices: list[Priced]) -> Preview:
    tokens = -(-(len(system) + len(user)) // CHARACTERS_OF_A_TOKEN)
    return Preview(system=system, user=user, tokens=tokens, prices=prices)


def readers() -> list[AnalysisEngine]:
    """The engines that are switched on and read prompts, in order."""
    return list(AnalysisEngine.objects.filter(enabled=True).exclude(kind=Kind.BUILTIN))


def _task(text: str, report: Report) -> Task:
    """The task that the report would be written from now. Raises `ValueError` where its run is gone."""
    run = report.run
    if run is None:
        raise ValueError(f"The run of report {report.pk} is gone.")
    known, at = rules.load(run.rule_set_id), database_now()
    context = vendor.context_of(vendor.report_for(run, known, at=at))
    return replace(task_for(run, known, vendor=context, at=at), prompt=text)


def _worst(row: AnalysisEngine, task: Task) -> Decimal | None:
    return _rounded(engine_from(row).worst_cost(task))


def _rounded(price: Decimal | None) -> Decimal | None:
    return None if price is None else rounded_up(price)


def try_out(
    version: PromptVersion, report: Report, *, engine: AnalysisEngine, cap: Decimal, user: User, key: str | None = None
) -> ResearchRequest:
    """Write the report's brief once more with this version by this engine: a request of the user's, under `cap` USD.

    What is held is reused, what ran out is asked again; all of it is ledgered, and no other ask is answered by it.
    Where the engine fails, the built-in one writes. Raises what `request_under` raises.
    """
    others = [row.slug for row in readers() if row.pk != engine.pk]
    edits: dict[str, Any] = {
        "prompts": {version.purpose: {"version": version.version}},
        "engines": {slug: {"enabled": False} for slug in others},
    }
    ask = Ask(
        consumer=report.consumer,
        company=report.company.name,
        company_domain=report.company.reference,
        vendor=report.vendor.name if report.vendor else None,
        vendor_domain=report.vendor.reference if report.vendor else None,
        seller=Seller(name=user.get_username(), role=report.role, segment=report.segment, region=report.region),
        max_cost=cap,
    )
    return request_under(ask, edits=edits, user=user, idempotency_key=key)


# --- What differs -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text: in both, only in the old (gone), or only in the new one."""

    kind: str  # same, gone, new
    text: str


def difference(old: str, new: str) -> list[Part]:
    """Both texts as one, word by word: `same` and `gone` parts are the old text, `same` and `new` ones the new."""
    before, after = _words(old), _words(new)
    found: list[Part] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if what == "equal":
            found.append(Part("same", "".join(before[a:b])))
            continue
        found += [Part(kind, "".join(words)) for kind, words in (("gone", before[a:b]), ("new", after[c:d])) if words]
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)
