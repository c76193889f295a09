"""The shapes of watches: what may be asked of them, and what is told."""

from decimal import Decimal
from typing import Any

from django.db.models import Q
from rest_framework import serializers

from enrichment import companies
from enrichment.api.asks import DEAREST, company_field, domain_field, role_field
from enrichment.api.base import Input
from enrichment.api.shapes import Shape, Usd
from enrichment.automation.watches.keeping import WatchAsk
from enrichment.models import Company, Digest, Watch, WatchChange, WatchCheck
from salesintel.declared import Declared


def usd_field(what: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=16,
        decimal_places=9,
        min_value=Decimal(0),
        max_value=DEAREST,
        required=False,
        allow_null=True,
        coerce_to_string=False,
        help_text=f"USD that {what} may cost at most; null for no limit of its own.",
    )


class WatchChangesIn(Input):
    """What of a watch may be changed."""

    every = serializers.CharField(
        max_length=10, required=False, help_text="daily, weekly, monthly, or cron. At six o'clock, spread over an hour."
    )
    cron = serializers.CharField(max_length=100, required=False, help_text="Five fields; at most once an hour.")
    timeZone = serializers.CharField(max_length=60, required=False, help_text="Your own without it; say Europe/Berlin.")
    freeOnly = serializers.BooleanField(required=False, help_text="Ask free sources alone; so it is unless you say no.")
    maxCost = usd_field("one check")
    monthlyCost = usd_field("all checks of a month")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, as `keeping` calls them."""
        names = {"timeZone": "time_zone", "freeOnly": "free_only", "maxCost": "max_cost", "monthlyCost": "monthly_cost"}
        return {names.get(name, name): value for name, value in self.validated_data.items()}


class WatchPatchIn(WatchChangesIn):
    """The same, and whether it rests."""

    paused = serializers.BooleanField(required=False)


class WatchIn(WatchChangesIn):
    """A company, for whom it is watched, and how often."""

    company = company_field()
    companyDomain = domain_field("company")
    consumer = serializers.SlugField(max_length=50, required=False, help_text="profile without it.")
    vendor = company_field(required=False, allow_null=True)
    vendorDomain = domain_field("vendor")
    role = role_field()

    def ask(self) -> WatchAsk:
        names = {"companyDomain": "company_domain", "vendorDomain": "vendor_domain"}
        return WatchAsk(**{names.get(name, name): value for name, value in self.given().items()})


class WatchedOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    domain = serializers.CharField(allow_null=True)


class WatchOut(Shape):
    """A watch."""

    id = serializers.UUIDField()
    company = WatchedOut()
    vendor = serializers.CharField(allow_null=True)
    consumer = serializers.CharField()
    role = serializers.CharField(allow_blank=True)
    every = serializers.CharField()
    cron = serializers.CharField(allow_blank=True)
    timeZone = serializers.CharField()
    freeOnly = serializers.BooleanField()
    maxCost = Usd(allow_null=True)
    monthlyCost = Usd(allow_null=True)
    paused = serializers.BooleanField()
    nextCheck = serializers.DateTimeField(allow_null=True, help_text="Null while it rests.")
    lastChecked = serializers.DateTimeField(allow_null=True)
    changes = serializers.IntegerField(help_text="That were found so far.")
    unread = serializers.IntegerField(help_text="Since you read them last, here or on the page.")
    changesEndpoint = serializers.CharField()


class WatchesIn(Input):
    """Which of them."""

    paused = serializers.BooleanField(required=False, default=None, allow_null=True)
    company = serializers.CharField(max_length=200, required=False, help_text="A name, domain, URL, or # and its id.")

    def wanted(self) -> Q:
        """Watches of that company, or of any that may be meant."""
        given, wanted = self.validated_data, Q()
        if given["paused"] is not None:
            wanted &= Q(paused=given["paused"])
        if text := given.get("company"):
            wanted &= Q(company__in=meant(text))
        return wanted


def meant(text: str) -> list[Company]:
    """The companies that a text may mean; none where nobody asked for such a company."""
    match companies.find(text, text if text.startswith("#") else None):
        case companies.Found(company=company):
            return [company]
        case companies.Ambiguous(candidates=candidates):
            return [each.company for each in candidates]
    return []


class WatchesOut(Shape):
    results = WatchOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class WatchCheckOut(Shape):
    """A check that was begun."""

    id = serializers.IntegerField()
    status = serializers.CharField(help_text="waiting, checked, failed or skipped.")
    reason = serializers.CharField(allow_blank=True)
    began = serializers.DateTimeField()
    requestId = serializers.UUIDField(allow_null=True)


class CitedOut(Shape):
    source: Declared = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    date = serializers.DateTimeField()


class BothCitedOut(Shape):
    old = CitedOut(many=True)
    new = CitedOut(many=True)


class WatchChangeOut(Shape):
    """Something that was otherwise than at the check before."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text=f"One of {', '.join(WatchChange.Kind.values)}.")
    dataset = serializers.CharField()
    what = serializers.CharField(help_text="In one line.")
    old = serializers.JSONField(allow_null=True, help_text="As docs/datasets.md has it; null where it is new.")
    new = serializers.JSONField(allow_null=True, help_text="Null where it is gone.")
    evidence = BothCitedOut(help_text="What both were read in.")
    score = serializers.FloatField(help_text="How much it matters to the watch's role, 0 to 1.")
    at = serializers.DateTimeField(help_text="When it was noticed.")
    sandbox = serializers.BooleanField()


class WatchChangesOut(Shape):
    results = WatchChangeOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DigestIn(Input):
    every = serializers.ChoiceField(Digest.Every.values, help_text="never, daily or weekly.")


class DigestOut(Shape):
    """When you are mailed what changed."""

    every = serializers.CharField(help_text="never, daily or weekly.")
    next = serializers.DateTimeField(allow_null=True)


def watch_out(watch: Watch) -> dict[str, Any]:
    company = watch.company
    return {
        "id": str(watch.pk),
        "company": {"id": company.pk, "name": company.name, "domain": company.domain},
        "vendor": watch.vendor.name if watch.vendor else None,
        "consumer": watch.consumer,
        "role": watch.role,
        "every": watch.every,
        "cron": watch.cron,
        "timeZone": watch.time_zone,
        "freeOnly": watch.free_only,
        "maxCost": None if watch.max_cost is None else float(watch.max_cost),
        "monthlyCost": None if watch.monthly_cost is None else float(watch.monthly_cost),
        "paused": watch.paused,
        "nextCheck": None if watch.paused else watch.next_at.isoformat(),
        "lastChecked": watch.last_checked.isoformat() if watch.last_checked else None,
        "changes": getattr(watch, "found", 0),
        "unread": getattr(watch, "unread", 0),
        "changesEndpoint": f"/api/v1/watches/{watch.pk}/changes",
    }


def change_out(change: WatchChange) -> dict[str, Any]:
    return {
        "id": change.pk,
        "kind": change.kind,
        "dataset": change.dataset,
        "what": change.what,
        "old": change.old,
        "new": change.new,
        "evidence": change.evidence,
        "score": change.score,
        "at": change.at.isoformat(),
        "sandbox": change.origin == "sandbox",
    }


def check_out(check: WatchCheck) -> dict[str, Any]:
    return {
        "id": check.pk,
        "status": check.status,
        "reason": check.reason,
        "began": check.began.isoformat(),
        "requestId": str(check.request_id) if check.request_id else None,
    }
