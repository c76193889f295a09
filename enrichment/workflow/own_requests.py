"""Who asks for an analysis of what they have: a request and a run of its own, which buys nothing and nobody joins."""

from dataclasses import asdict, dataclass
from functools import partial
from uuid import uuid4

from django.db import IntegrityError, transaction

from enrichment import cache, companies, rules
from enrichment.analysis.given import Given
from enrichment.models import OWN_ANALYSIS, CallerMaterial, Origin, ResearchRequest, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.models.fields import rounded_up
from enrichment.workflow import tasks
from enrichment.workflow.asks import Ask, IdempotencyMismatch, checked
from enrichment.workflow.given import LIKE, as_json
from salesintel.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAsk:
    """What a caller wants analysed: `ask` says of which company, for whom; its consumer is `LIKE`."""

    ask: Ask
    context: str
    results: tuple[Given, ...]
    body: str  # as it was sent: "4 days ago" is the same body an hour later

    @property
    def body_hash(self) -> str:
        return cache.digest("own", self.body)


def request_analysis(own: OwnAsk, *, user: User, idempotency_key: str | None = None) -> ResearchRequest:
    """Start the analysis. The same key of the same user gives the same request.

    Raises `RequestError` and `AmbiguousCompany`.
    """
    earlier = _earlier(own, user, idempotency_key)
    if earlier is not None:
        return earlier
    known = rules.current()
    seller = checked(own.ask, known.rules)
    company = companies.resolve(own.ask.company, domain=own.ask.company_domain, by=user)
    vendor, its_domain = own.ask.vendor, own.ask.vendor_domain
    sells = companies.resolve(vendor, domain=its_domain, by=user) if vendor else None
    cap = known.rules.consumers[LIKE].max_cost if own.ask.max_cost is None else rounded_up(own.ask.max_cost)
    about = {"consumer": OWN_ANALYSIS, "company": company, "vendor": sells}
    try:
        with transaction.atomic():
            key = cache.digest("own", str(uuid4()))
            run = WorkflowRun.objects.create(
                **about,
                role=seller.role,
                segment=seller.segment,
                region=seller.region,
                # The results came from no source of ours; what is held of the vendor came from one.
                origin=rules.live.origin() if sells else Origin.LIVE,
                work_key=key,
                report_key=key,
                rule_set_id=known.digest,
                wake_at=database_now(),
            )
            request = ResearchRequest.objects.create(
                **about,
                user=user,
                idempotency_key=idempotency_key,
                body_hash=own.body_hash,
                seller=asdict(seller),
                cap=cap,
                run=run,
            )
            items = [as_json(each) for each in own.results]
            CallerMaterial.objects.create(request=request, context=own.context, items=items)
            transaction.on_commit(partial(tasks.ring, run.pk))
            return request
    except IntegrityError:
        earlier = _earlier(own, user, idempotency_key)  # the same key, at the same moment
        if earlier is None:
            raise
        return earlier


def _earlier(own: OwnAsk, user: User, key: str | None) -> ResearchRequest | None:
    found = ResearchRequest.objects.visible_to(user).filter(idempotency_key=key).first() if key is not None else None
    if found is not None and found.body_hash != own.body_hash:
        raise IdempotencyMismatch(f"The Idempotency-Key “{key}” was used before, with another body.")
    return found
