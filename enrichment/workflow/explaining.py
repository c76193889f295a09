"""The plan before anything is bought: what would be asked, reused and left out, why, and for how much."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from enrichment.planning.codec import plan_to_json
from enrichment.planning.solver import cheapest_plan
from enrichment.workflow import vendor
from enrichment.workflow.plans import plan_input, quote_to_json
from enrichment.workflow.requests import Ask, Matter, cached_report, understand


def explain(ask: Ask) -> dict[str, Any]:
    """The plan and the quote of an ask; buys nothing and stores no request. Raises what `request_research` raises."""
    at = timezone.now()
    matter = understand(ask, at=at)
    report = cached_report(matter, at=at)
    given = plan_input(matter.wish, at=at)
    quoted = quote_to_json(given)
    context = None if report else _vendor_quote(matter)
    if context:
        quoted = {name: _added(quoted[name], context[name]) for name in quoted}
    if report:
        quoted = {name: {"cost": 0.0, "seconds": 0.0} for name in quoted}
    return {
        "company": {"id": matter.company.pk, "name": matter.company.name, "domain": matter.company.domain},
        "consumer": matter.consumer.slug,
        "consumerLabel": matter.consumer.label,
        "role": matter.subject.role,
        "cached": report is not None,
        "plan": plan_to_json(cheapest_plan(given)),
        "quote": quoted,
        "vendorContext": context,
        "cap": None if matter.cap is None else float(matter.cap),
        "ruleSet": matter.snapshot.digest,
        "sandbox": matter.subject.origin == "sandbox",
    }


def _vendor_quote(matter: Matter) -> dict[str, dict[str, object]] | None:
    """What collecting the vendor's context would add; None where it is not wanted or is cached."""
    asked = vendor.matter_for(matter)
    if asked is None or cached_report(asked, at=timezone.now()) is not None:
        return None
    return quote_to_json(plan_input(asked.wish, at=timezone.now()))


def _added(own: dict[str, Any], context: dict[str, Any]) -> dict[str, object]:
    """Both are paid; they run side by side."""
    cost = float(Decimal(str(own["cost"])) + Decimal(str(context["cost"])))
    return {"cost": cost, "seconds": max(own["seconds"], context["seconds"])}
