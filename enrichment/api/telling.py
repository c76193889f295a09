"""What an answer with a request's data says in its header: what it cost, where it came from, how old it is."""

from decimal import Decimal

from django.utils import timezone

from enrichment.models import ResearchRequest
from enrichment.workflow.answers import is_being_renewed, spent_by, usd_text


def headers_of(asked: ResearchRequest) -> dict[str, str]:
    """`X-Cost-USD`: what the request itself paid so far. `X-Cache`: hit, joined or miss. `Age`: of its report."""
    told = {"X-Cost-USD": str(usd_text(Decimal(spent_by(asked)).normalize() + 0)), "X-Cache": source_of(asked)}
    if asked.report is not None:
        age = timezone.now() - asked.report.generated_at
        told["Age"] = str(max(int(age.total_seconds()), 0))
    return told


def source_of(asked: ResearchRequest) -> str:
    """hit: answered by a report that was there. joined: by work that was under way for others. miss: by its own."""
    if asked.from_cache or is_being_renewed(asked):
        return "hit"
    return "joined" if asked.joined else "miss"
