"""The plan before anything is bought: what would be asked, reused and left out, why, and for how much."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone

from enrichment.planning.codec import plan_to_json, without_to_json
from enrichment.planning.quote import quote
from enrichment.planning.solver import best_plan
from enrichment.planning.without import without_each
from enrichment.rules.edits import Edits, edited
from enrichment.rules.snapshot import Snapshot
from enrichment.workflow import strategies, vendor
from enrichment.workflow.asks import Ask, Matter, understand
from enrichment.workflow.plans import Wish, plan_input, quote_to_json
from enrichment.workflow.requests import cached_report
from salesintel.accounts.models import User

EDITED = "edited"  # in place of a rule set's digest, for rules that are kept nowhere


def explain(ask: Ask, *, by: User | None = None, edits: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The plan and the quote of what `by` asks; buys nothing, stores no request. Raises what `request_research` raises.

    `ifDisabled` says of every source that the plan asks or reuses what would change without it. With `edits` it is the
    plan by the edited rules (`enrichment.rules.edits`), for which no report is cached; raises `InvalidEdit`.
    """
    at = timezone.now()
    matter = understand(ask, at=at, by=by, in_experiment=edits is None, learns=False)
    wish = matter.wish
    report = cached_report(matter, at=at) if edits is None else None
    if edits is not None:
        matter, wish = _under(matter, ask, Edits.parse(edits))
    given = plan_input(wish, at=at)
    own = quote(given)
    context = None if report else vendor.quoted(matter, at=at)
    quoted = quote_to_json(own.beside(context) if context else own)
    if report:
        quoted = {name: {"cost": 0.0, "seconds": 0.0} for name in quoted}
    return {
        "company": {"id": matter.company.pk, "name": matter.company.name, "domain": matter.company.domain},
        "consumer": matter.consumer.slug,
        "consumerLabel": matter.consumer.label,
        "role": matter.subject.role,
        "strategy": matter.strategy,
        "cached": report is not None,
        "plan": plan_to_json(best_plan(given)),
        "ifDisabled": [without_to_json(each) for each in without_each(given)],
        "quote": quoted,
        "vendorContext": context and quote_to_json(context),
        "cap": None if matter.cap is None else float(matter.cap),
        "ruleSet": matter.snapshot.digest,
        "experiment": matter.arm and {"slug": matter.arm.experiment, "variant": matter.arm.label},
        "sandbox": matter.subject.origin == "sandbox",
    }


def _under(matter: Matter, ask: Ask, edits: Edits) -> tuple[Matter, Wish]:
    """The same ask by edited rules, and what is to be planned for."""
    rules = edited(matter.snapshot.rules, edits)
    consumer = rules.consumers[matter.consumer.slug]
    subject = replace(matter.subject, strategy=ask.strategy or consumer.strategy)
    changed = replace(
        matter,
        snapshot=Snapshot(EDITED, rules),
        consumer=consumer,
        subject=subject,
        strategy=strategies.in_force(subject),
        cap=consumer.max_cost if ask.max_cost is None else matter.cap,
    )
    return changed, replace(changed.wish, switched_on=edits.switched_on)
