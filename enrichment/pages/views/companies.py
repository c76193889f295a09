"""A company: what is known of it, who says so, and what was asked about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from enrichment import rules
from enrichment.companies import canonical
from enrichment.models import Company
from enrichment.pages import recent
from enrichment.pages.facts import known_of
from enrichment.pages.page import Page, user_of


class CompanyPage(Page):
    def get(self, request: HttpRequest, company_id: int) -> HttpResponse:
        company = get_object_or_404(Company.objects.select_related("merged_into"), pk=company_id)
        if company.merged_into_id:
            return redirect("company", company_id=canonical(company).pk)
        now = timezone.now()
        known = known_of(company, rules=rules.current().rules, now=now)
        context = {
            "company": company,
            "known": known,
            "aliases": company.aliases.order_by("kind", "value")[:20],
            "recent": recent.lines(user_of(request), company=company, now=now),
            "sandbox": known.sandbox,
        }
        return self.shown("enrichment/company.html", context)
