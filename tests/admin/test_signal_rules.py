"""Signal rules in the admin: what may be looked for, and what a rule finds at a company."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from enrichment.models import SignalRule
from tests import factories
from tests.admin.people import clerk

FUNDED = "Acme Corp raises $50M Series C for European expansion"
HIRING = "IAM Architect"


@pytest.fixture
def rule(rules) -> SignalRule:
    return SignalRule.objects.get(name="Funded, hiring and integrating")


def told(of, dataset, value, title, source, *, days=3):
    """A fact that one item of a source bears."""
    held = factories.entry(of, source=source, key=source)
    at = timezone.now() - timedelta(days=days)
    item = factories.evidence(of, entry=held, title=title, text=title, published_at=at)
    claim = {
        "value": value,
        "reliability": 0.9,
        "observedAt": timezone.now().isoformat(),
        "sources": [source],
        "evidence": [item.pk],
    }
    factories.fact(of, dataset, [value], claims=[claim])


@pytest.fixture
def acme(rules):
    of = factories.company()
    told(of, "recent_news", {"headline": FUNDED}, FUNDED, "serp_news")
    told(of, "hiring_trends", {"title": HIRING}, HIRING, "company_website")
    told(of, "integration_needs", {"system": "Salesforce"}, "Acme's stack", "brightdata_company_db")
    return of


def tried(client, rule, company="acmecorp.com"):
    page = reverse("admin:enrichment_signalrule_preview", args=[rule.pk])
    return client.get(page, {"company": company}).content.decode()


def test_a_rule_that_holds_shows_what_each_signal_rests_on(admin_client, rule, acme):
    text = tried(admin_client, rule)

    assert "Acme Corp: it holds (high urgency)" in text
    assert FUNDED in text
    assert text.count("taken") == 3


def test_a_rule_that_does_not_hold_says_why(admin_client, rule, acme):
    acme.facts.filter(dataset="hiring_trends").delete()

    assert "Nothing bears hiring." in tried(admin_client, rule)


def test_what_is_too_old_is_told_as_such(admin_client, rule, acme):
    SignalRule.objects.filter(pk=rule.pk).update(within_days=2)

    assert "is older than 2 days, or nobody knows how old." in tried(admin_client, rule)


def test_a_company_that_nobody_knows_is_told(admin_client, rule):
    assert "We know no such company." in tried(admin_client, rule, "nobody.example")


def test_the_form_offers_the_signals_that_there_are_and_takes_no_others(admin_client, rule):
    page = reverse("admin:enrichment_signalrule_change", args=[rule.pk])
    given = {
        "name": rule.name, "signals": ["funding", "vibes"], "urgency": "high", "action": "Call.", "within_days": 30,
        "witnesses": 2, "origin": "ours",
    }  # fmt: skip

    shown = admin_client.get(page).content.decode()
    refused = admin_client.post(page, given).content.decode()
    admin_client.post(page, {**given, "signals": ["funding", "tech_stack"]})

    assert 'value="security_incident"' in shown
    assert reverse("admin:enrichment_signalrule_preview", args=[rule.pk]) in shown
    assert "vibes is not one of the available choices" in refused
    rule.refresh_from_db()
    assert (rule.signals, rule.within_days) == (["funding", "tech_stack"], 30)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"signals": ["funding", "vibes"]}, "signals", "There is no signal “vibes”"),
        ({"signals": ["funding"], "witnesses": 2}, "witnesses", "cannot be more origin groups than signals"),
        ({"signals": ["funding", "hiring", "layoffs", "product", "leadership", "intent"]}, "signals", "At most 5"),
    ],
)
def test_a_rule_that_could_never_hold_is_refused(rules, values, field, words):
    with pytest.raises(ValidationError) as refused:
        SignalRule(**{"name": "n", "action": "a", "witnesses": 1, **values}).full_clean()

    assert words in " ".join(refused.value.message_dict[field])


@pytest.mark.parametrize("model", ["signalrule", "publisherrule"])
def test_an_empty_form_says_once_what_each_field_lacks(admin_client, rules, model):
    answer = admin_client.post(reverse(f"admin:enrichment_{model}_add"), {})

    errors = answer.context["adminform"].form.errors
    assert errors
    assert {name: len(told) for name, told in errors.items()} == dict.fromkeys(errors, 1)


# --- How a headline is read -------------------------------------------------------------------------------------------

HEADLINE = reverse("admin:enrichment_signalrule_headline")


def test_a_headline_is_read_with_what_decided(admin_client, rules):
    text = admin_client.get(HEADLINE, {"text": FUNDED}).content.decode()

    assert ">funding</h2>" in text
    assert "It bears on recent_news, recent_activities" in text
    assert "raise" in text


def test_a_headline_without_a_signal_says_so(admin_client, rules):
    assert "No signal" in admin_client.get(HEADLINE, {"text": "Five tips for better gardens"}).content.decode()


def test_a_headlines_own_markup_is_shown_as_text(admin_client, rules):
    text = admin_client.get(HEADLINE, {"text": "Acme <script>alert(1)</script> raises $5M"}).content.decode()

    assert "<script>alert" not in text


def test_who_may_not_see_signal_rules_reads_no_headline(rules):
    assert clerk("view_company").get(HEADLINE, {"text": FUNDED}).status_code == 403
