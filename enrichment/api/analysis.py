"""Analysing what the caller has: search results of any engine, read by the same machinery; nothing is bought."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.analysis.given import Given
from enrichment.api.asking import as_problems, told
from enrichment.api.asks import UserPersonaIn, company_field, domain_field
from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.prefer import idempotency_key
from enrichment.api.research import CUSTOMER, KEY, PREFER, STARTS
from enrichment.api.shapes import AnalysisAcceptedOut, EnvelopeOut
from enrichment.models import OWN_ANALYSIS
from enrichment.sources.dates import moment
from enrichment.sources.reading import plain, web_url
from enrichment.workflow import answers
from enrichment.workflow.asks import Ask, Seller
from enrichment.workflow.given import LIKE
from enrichment.workflow.own_requests import OwnAsk, request_analysis
from salesintel.declared import Declared

MOST_RESULTS = 100
LONGEST_CONTEXT = 2_000  # characters
LONGEST_SENT = 20_000  # characters of one result's text, of which the first 2,000 are read
WIRE = CUSTOMER | {"company": "domain", "company_domain": "domain"}
# What search engines call the fields of a result.
ALSO = {
    "url": ("link",),
    "snippet": ("text", "description", "content"),
    "publisher": ("source",),
    "publishedAt": ("date",),
}


class SearchResultIn(serializers.Serializer[Any]):
    """One result. Further fields are not read, so that results can be sent as an engine gave them."""

    title = serializers.CharField(max_length=500)
    url = serializers.CharField(max_length=1_000, help_text="http or https. Also `link`. It is not fetched.")
    snippet = serializers.CharField(
        max_length=LONGEST_SENT,
        required=False,
        allow_blank=True,
        help_text="What it says; the first 2,000 characters are read. Also `text`, `description`, `content`.",
    )
    publisher = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Also `source`, as a text or `{name}`."
    )
    publishedAt = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="ISO 8601, or as engines say it. Also `date`."
    )

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(_in_our_words(data) if isinstance(data, Mapping) else data)

    def validate_title(self, value: str) -> str:
        title = plain(value, 500)
        if not title:
            raise serializers.ValidationError("It holds nothing that can be read.")
        return title

    def validate_url(self, value: str) -> str:
        url = web_url(value)
        if not url:
            raise serializers.ValidationError("Give an address that begins with https:// or http://.")
        return url


def _in_our_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by our names for them; null is the same as absent."""
    found = {name: value for name, value in data.items() if value is not None}
    for name, others in ALSO.items():
        known = next((found[other] for other in (name, *others) if other in found), None)
        if isinstance(known, Mapping):
            known = known.get("name")
        found.pop(name, None)
        if known is not None:
            found[name] = known
    return found


class AnalysisIn(Input):
    """A company, what the conversation is about, and what was found."""

    domain = company_field()
    context: Declared = serializers.CharField(
        max_length=LONGEST_CONTEXT,
        required=False,
        allow_blank=True,
        help_text="What it is about: discovery, competitive, renewal, expansion, technical evaluation, or your words.",
    )
    searchResults = serializers.ListField(child=SearchResultIn(), min_length=1, max_length=MOST_RESULTS)
    vendorCompany = company_field(required=False, allow_blank=True)
    vendorDomain = domain_field("vendor")
    userPersona = UserPersonaIn(required=False)

    def own(self) -> OwnAsk:
        given = self.validated_data
        now = timezone.now()
        results = dict.fromkeys(_given(each, now) for each in given["searchResults"])
        by_place = {(each.url, each.title): each for each in reversed(list(results))}
        return OwnAsk(
            ask=Ask(
                consumer=LIKE,
                company=given["domain"],
                vendor=given.get("vendorCompany") or None,
                vendor_domain=given.get("vendorDomain"),
                seller=Seller(**given.get("userPersona", {})),
            ),
            context=plain(given.get("context", ""), LONGEST_CONTEXT),
            results=tuple(reversed(by_place.values())),
            body=json.dumps(given, sort_keys=True),
        )


def _given(found: Mapping[str, Any], now: datetime) -> Given:
    return Given(
        title=found["title"],
        url=found["url"],
        text=plain(found.get("snippet", "")),
        publisher=plain(found.get("publisher", ""), 200),
        at=moment(found.get("publishedAt", ""), fetched_at=now),
    )


EXAMPLE = OpenApiExample(
    "Two results",
    request_only=True,
    value={
        "domain": "acmecorp.com",
        "context": "discovery",
        "vendorCompany": "Okta",
        "userPersona": {"role": "AE"},
        "searchResults": [
            {
                "title": "Acme Corp raises $50M Series C for European expansion",
                "url": "https://techcrunch.com/2026/03/10/acme",
                "snippet": "The fintech will open an office in Berlin.",
                "publisher": "TechCrunch",
                "publishedAt": "2026-03-10",
            },
            {
                "title": "Acme Corp | API security for fintechs",
                "url": "https://acmecorp.com/",
                "snippet": "Acme Corp runs on Kubernetes and uses Azure AD for its employees.",
            },
        ],
    },
)


class AnalysisView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="analyse_own_results",
        tags=["research"],
        request=AnalysisIn,
        parameters=[PREFER, KEY],
        responses={200: EnvelopeOut, 202: AnalysisAcceptedOut, **STARTS},
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """A grounded brief from your own search results. Buys nothing; what you send is seen by nobody else."""
        own = AnalysisIn.parse(request.data).own()
        with as_problems(own.ask, WIRE):
            asked = request_analysis(own, user=caller_of(request), idempotency_key=idempotency_key(request))
        return told(request, asked, render=answers.envelope_json, more={"workflow": OWN_ANALYSIS})
