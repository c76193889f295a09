"""What is kept so that it need not be paid for again."""

from decimal import ROUND_DOWN, Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from enrichment import cache
from enrichment.admin.base import ReadOnlyAdmin
from enrichment.companies import AmbiguousCompany
from enrichment.models import CacheDependency, CacheEntry, Company, DataConsumer, Fill
from enrichment.workflow.requests import Ask, RequestError, request_research
from salesintel import audit
from salesintel.accounts.models import User
from salesintel.narrowed import certain

SHOWN = 20_000  # characters of a body
MOST_WARMED = 100  # companies at once


class WarmForm(forms.Form):
    """For whom to fill the cache, and what that may cost in all."""

    consumer = forms.ModelChoiceField(
        DataConsumer.objects.all(), to_field_name="slug", widget=UnfoldAdminSelectWidget, help_text="Whose needs."
    )
    cap = forms.DecimalField(
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        label="USD in all",
        help_text="Never passed: each company gets an equal share of it. 0 asks free sources only.",
    )


@admin.register(CacheEntry)
class CacheEntryAdmin(ReadOnlyAdmin):
    list_display = ("type", "company", "source", "origin", "use", "paid", "is_empty", "fetched_at", "expires_at")
    list_select_related = ("company",)
    list_filter = ("origin", "type", "is_empty")
    search_fields = ("company__name", "company__domain", "source", "key")
    ordering = ("-fetched_at",)
    actions = ("expire", "warm")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CacheEntry]:
        return super().get_queryset(request).defer("body")  # may be megabytes

    def get_fields(self, request: HttpRequest, obj: CacheEntry | None = None) -> Any:
        return (*super().get_fields(request, obj), "made_of", "content")

    @admin.display(description="made from")
    def made_of(self, row: CacheEntry) -> str:
        on = row.made_from.select_related("on").defer("on__body")
        return ", ".join(f"{each.on.type} ({each.on.fetched_at:%d %b %H:%M} UTC)" for each in on) or "–"

    @admin.display(description="content")
    def content(self, row: CacheEntry) -> str:
        """The beginning of what is kept, as text."""
        text = bytes(row.body[: SHOWN * 4]).decode("utf-8", "replace").replace("\0", "")
        return f"{text[:SHOWN]}…" if len(text) > SHOWN else text

    @admin.action(permissions=["expire"], description="Expire: use these no more, nor what was made from them")
    @transaction.atomic
    def expire(self, request: HttpRequest, chosen: QuerySet[CacheEntry]) -> None:
        rows = list(chosen)
        count = cache.expire([row.pk for row in rows], at=timezone.now())
        audit.record_each("expire", CacheEntry, [row.pk for row in rows])
        for row in rows:
            self.log_change(request, row, "Expired")
        self.message_user(request, f"{count} expired.", messages.SUCCESS)

    @admin.action(
        permissions=["warm"], description="Warm: ask for these companies anew, within a cap that is asked for"
    )
    def warm(self, request: HttpRequest, chosen: QuerySet[CacheEntry]) -> HttpResponse | None:
        ids = list(chosen.order_by().values_list("company", flat=True).distinct()[: MOST_WARMED + 1])
        if len(ids) > MOST_WARMED:
            self.message_user(request, f"Choose entries of at most {MOST_WARMED} companies.", messages.ERROR)
            return None
        form = WarmForm(request.POST if "cap" in request.POST else None)
        companies = Company.objects.filter(pk__in=ids, merged_into=None)
        if form.is_valid():
            self._warm(request, list(companies), form.cleaned_data["consumer"].slug, form.cleaned_data["cap"])
            return None
        chosen_ids = request.POST.getlist("_selected_action")
        context = {
            **self.admin_site.each_context(request),
            "title": "Warm the cache",
            "opts": self.opts,
            "form": form,
            "companies": companies,
            "chosen": chosen_ids,
        }
        return TemplateResponse(request, "admin/enrichment/cacheentry/warm.html", context)

    def _warm(self, request: HttpRequest, companies: list[Company], consumer: str, cap: Decimal) -> None:
        share = (cap / max(len(companies), 1)).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
        asked = 0
        for company in companies:
            ask = Ask(consumer=consumer, company=company.name, company_domain=company.reference, max_cost=share)
            try:
                request_research(ask, user=certain(request.user, User))
                asked += 1
            except (RequestError, AmbiguousCompany) as error:
                self.message_user(request, f"{company}: {error}", messages.WARNING)
        words = f"{asked} asked for, at most {share:.4f} USD each. What is fresh is not bought again."
        self.message_user(request, words, messages.SUCCESS)

    def has_expire_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enrichment.expire_cacheentry")

    def has_warm_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("enrichment.warm_cacheentry")

    @admin.display(description="use")
    def use(self, row: CacheEntry) -> str:
        if row.stale_since:
            return "stale: something it was made from changed"
        return "fresh" if row.expires_at > timezone.now() else "expired"


@admin.register(CacheDependency)
class CacheDependencyAdmin(ReadOnlyAdmin):
    list_display = ("entry", "on", "is_current")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CacheDependency]:
        rows: QuerySet[CacheDependency] = super().get_queryset(request)
        return rows.select_related("entry", "on").defer("entry__body", "on__body")

    @admin.display(description="still made from today's content", boolean=True)
    def is_current(self, row: Any) -> bool:
        return bool(row.digest == row.on.digest)


@admin.register(Fill)
class FillAdmin(ReadOnlyAdmin):
    list_display = ("key", "holder", "token", "lease_until", "data_epoch")
    search_fields = ("key",)
    ordering = ("-lease_until",)
