"""Each intent is answered in words, narrowed by what is asked about, and silent on what nothing bears."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chat.answering import answer, overview, people_in, to_markdown
from chat.answering.plain import FAMILIES
from chat.understanding.spans import span_in
from enrichment.door import Known, value_key
from tests.chat.answering.helds import held
from tests.enrichment.analysis.worlds import RAISES, acme, evidence, item, with_evidence, with_fact


@pytest.fixture(scope="module")
def known() -> Known:
    return held()


def told(known: Known, intent: str, *about: str, when: str = "", **more: Any) -> str:
    span = span_in(when, known.as_of.astimezone(more.get("zone", UTC)).date())
    return to_markdown(answer(intent, known, about=about, span=span, **more)).replace("\\", "")


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("company_overview", ["API security and embedded finance platform.", "- Industry: FinTech", "~500 employees"]),
        (
            "technology_stack",
            ["- Cloud: AWS and Kubernetes", "- Frameworks: React", "- Sign-in and security: Azure AD"],
        ),
        ("funding_news", ["Acme Corp raises $50M Series C for European expansion (TechCrunch, 5 days ago)"]),
        ("hiring_patterns", ["has 1 open post that we know of", "IAM Architect · Berlin · 14 days ago"]),
        (
            "decision_makers",
            ["- Alicia Tran, VP, Infrastructure (Decision Maker)", "- Mark Yu, Director, Security Ops"],
        ),
        ("current_vendor_use", ["Sources name Azure AD", "- Azure AD (Identity)"]),
        ("business_challenges", ["- “MFA rollout has been a struggle” (Security at Acme)"]),
        (
            "buying_signals",
            [
                "**Urgent**",
                "- Rule “Funded, hiring and integrating” (funding, hiring and integration): Schedule an executive",
            ],
        ),
        ("vendor_fit", ["How Okta fits Acme Corp:", "- Lifecycle Management: "]),
        ("integration_points", ["- Salesforce (CRM)"]),
        ("competitive_comparison", ["Okta against what Acme Corp uses:", "Azure AD"]),
        ("objections", ["- If they already use Azure AD: "]),
        ("talking_points", ["What to ask Acme Corp, best first:", "With the $50M in the news"]),
        ("opener", ["Subject: Acme Corp raises $50M", "Hello Alicia Tran,", "I read in TechCrunch: “Acme Corp raises"]),
        ("what_changed", ["The newest:", "Acme Corp raises $50M"]),
    ],
)
def test_an_intent_is_answered_from_what_is_held(known, intent, words):
    text = told(known, intent)

    assert [each for each in words if each not in text] == []


@pytest.mark.parametrize("intent", [*FAMILIES, "unheard of"])
def test_where_nothing_is_held_that_is_said_and_no_more(intent):
    nothing = held(acme(facts={}, evidence=(), vendor=None))

    said = answer(intent, nothing, datasets=("tech_stack",))

    assert said.is_empty
    assert said.opening
    assert [each.label for each in said.missing] == ["Technology stack"]


def test_a_competitor_is_told_with_its_age(known):
    rivals = held(with_fact(acme(), "competitors", "list", item("Ledgerway", "e8")))

    assert "- Ledgerway (seen 2 days ago)" in told(rivals, "competitors")
    assert told(rivals, "competitors", "ledgerway").startswith("Yes: Ledgerway is named as a competitor")
    assert "Nothing that we hold names “stripe”" in told(rivals, "competitors", "stripe")


# --- Narrowed ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["azure ad", "entra id"])
def test_a_technology_that_is_used_is_found_under_any_name_with_where_it_shows(known, name):
    text = told(known, "technology_stack", name)

    assert text.startswith("Yes: Azure AD (Identity) was found at Acme Corp.")
    assert "“React, Node.js, AWS, Kubernetes, Slack, Azure AD” (Brightdata company db, today)" in text


def test_a_technology_that_nothing_names_is_no_proof_of_the_contrary(known):
    text = told(known, "current_vendor_use", "okta")

    assert text.startswith("Nothing that we hold shows “okta” in use at Acme Corp. That is no proof of the contrary.")


def test_a_kind_of_technology_is_looked_for_too(known):
    assert told(known, "technology_stack", "cloud").startswith("Found at Acme Corp for “cloud”: AWS")


@pytest.mark.parametrize("asked", [("security",), ("mark", "yu"), ("runs", "security")], ids=" ".join)
def test_a_person_is_found_by_post_or_name(known, asked):
    assert "Mark Yu is Director, Security Ops at Acme Corp." in told(known, "decision_makers", *asked)


@pytest.mark.parametrize("asked", ["ciso", "chief information security officer", "security"])
def test_an_office_in_letters_is_the_one_in_words(asked):
    title = "CISO" if asked != "ciso" else "Chief Information Security Officer"
    task = with_evidence(acme(), evidence("e20", "Renata Oliveira", f"{title} at Acme Corp", kind="profile"))
    known = held(
        with_fact(task, "decision_makers", "records", item({"name": "Renata Oliveira", "title": title}, "e20"))
    )

    assert told(known, "decision_makers", asked).startswith(f"Renata Oliveira is {title} at Acme Corp.")


def test_where_nobody_has_the_post_that_is_said_with_who_is_known(known):
    text = told(known, "decision_makers", "legal")

    assert text.startswith("Nobody whom we hold at Acme Corp has a post that says “legal”; that proves nothing.")
    assert "Alicia Tran" in text


def test_news_of_a_time_leaves_out_what_is_older(known):
    text = told(known, "funding_news", when="the past 6 days")

    assert text.startswith("What sources tell of Acme Corp since 9 March 2026:")
    assert "raises $50M" in text
    assert "CISO" not in text


def test_where_nothing_is_of_the_time_that_is_said_with_the_nearest_before(known):
    later = replace(known, as_of=known.as_of + timedelta(days=90))

    text = told(later, "funding_news", when="the past month")

    assert text.startswith("Nothing that we hold of Acme Corp is news in that time (since ")
    assert "The nearest before is of " in text
    assert "raises $50M" in text


def test_of_a_time_before_all_that_is_held_no_nearest_is_told(known):
    assert "Nothing that is older is held either." in told(known, "funding_news", when="in 2019")


def test_posts_of_a_time_leave_out_older_ones_and_tell_the_nearest(known):
    fitting, none = (told(known, "hiring_patterns", when=f"the past {days} days") for days in (20, 3))

    assert fitting.startswith("Posts of Acme Corp since ")
    assert "IAM Architect · Berlin" in fitting
    assert none.startswith("No open post that we hold of Acme Corp is a new one in that time (since ")
    assert "The nearest before is of " in none


def test_a_day_is_the_asker_s(known):
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    [news] = known.body["news_signals"][:1]
    then = replace(known, as_of=late + timedelta(hours=2), body={"news_signals": [news | {"date": late.isoformat()}]})

    of_london = told(then, "funding_news", when="yesterday", zone=ZoneInfo("Europe/London"))
    of_berlin = told(then, "funding_news", when="yesterday", zone=ZoneInfo("Europe/Berlin"))

    assert of_london.startswith("What sources tell of Acme Corp on 21 November 2026:")
    assert of_berlin.startswith("Nothing that we hold of Acme Corp is news in that time (on 21 November 2026)")


def heard(known: Known, intent: str, question: str) -> str:
    return to_markdown(answer(intent, known, question=question)).replace("\\", "")


@pytest.mark.parametrize(
    ("intent", "question", "beginning"),
    [
        ("company_overview", "How many employees do they have?", "Size: ~500 employees"),
        ("company_overview", "What is their revenue?", "Nothing that we hold names “revenue”."),
        ("funding_news", "Have they raised money?", "What sources tell of Acme Corp:\n\nAcme Corp raises $50M"),
        ("funding_news", "Any layoffs?", "Nothing that we hold of Acme Corp tells of layoffs; that proves nothing."),
        ("funding_news", "Anything about Palo Alto?", "What sources tell of Acme Corp:\n\nAcme hires new CISO"),
        ("technology_stack", "Are they a Microsoft shop?", "Found at Acme Corp for “microsoft”: Azure AD (Identity)."),
        ("technology_stack", "What software do they use?", "What Acme Corp runs: 7 technologies found"),
        ("business_challenges", "What problems with onboarding?",
         "What hurts at Acme Corp, in their own words:\n\n- “Our manual onboarding process takes days”"),
    ],
    ids=["size", "not kept", "money", "layoffs", "a name", "a maker", "nothing singled out", "a pain"],
)  # fmt: skip
def test_the_words_of_the_question_are_heard(known, intent, question, beginning):
    assert heard(known, intent, question).startswith(beginning)


def test_a_word_in_letters_is_found_spelt_out():
    task = with_evidence(acme(), evidence("e20", text="Multi-factor prompts annoy everybody."))
    pain = item({"challenge": "Multi-factor prompts annoy everybody."}, "e20")
    known = held(with_fact(task, "business_challenges", "records", pain))

    assert told(known, "business_challenges", "mfa").startswith("What hurts at Acme Corp")


def test_an_unknown_intent_is_told_what_names_the_words(known):
    assert "MFA rollout has been a struggle" in told(known, "", "mfa", "rollout")
    assert told(known, "", "zebra") == "Nothing that we hold on Acme Corp names “zebra”; that proves nothing."


def test_an_e_mail_without_people_or_news_greets_nobody_by_name():
    task = acme()
    facts = {slug: view for slug, view in task.facts.items() if slug in ("business_challenges", "company_name")}

    text = told(held(replace(task, facts=facts)), "opener")

    assert "Hello," in text
    assert "Subject: A question to Acme Corp" in text


def test_without_a_vendor_fit_says_what_is_missing():
    assert "Say in your profile whom you sell for" in told(held(acme(vendor=None, vendor_name=None)), "vendor_fit")


# --- What changed, and the overview -----------------------------------------------------------------------------------


def test_what_came_to_be_known_lately_is_told_by_dataset(known):
    long_ago, lately = known.as_of - timedelta(days=200), known.as_of - timedelta(days=2)
    since = {(slug, value_key(slug, one.value)): long_ago for slug, each in known.facts.items() for one in each.items}
    since["recent_activities", value_key("recent_activities", {"headline": RAISES})] = lately

    text = to_markdown(
        answer("what_changed", replace(known, first_seen=since), datasets=("recent_activities", "tech_stack"))
    )

    assert text.startswith("New to us on Acme Corp since 13 February 2026:")
    assert "raises $50M" in text
    assert "CISO" not in text
    assert "React" not in text


def test_where_nothing_became_known_in_the_time_the_latest_before_is_told(known):
    long_ago = known.as_of - timedelta(days=200)
    since = {(slug, value_key(slug, one.value)): long_ago for slug, each in known.facts.items() for one in each.items}

    text = told(replace(known, first_seen=since), "what_changed", when="yesterday")

    assert text.startswith("Nothing new on ")
    assert "The nearest before is of " in text
    assert "raises $50M" in text


def test_the_overview_tells_basics_ages_and_what_is_gathered(known):
    text = to_markdown(overview(known, is_going_on=True)).replace("\\", "")

    assert "- Location: San Francisco, CA\n- Website: acmecorp.com" in text
    assert "- Hiring: 1 open post, the newest 14 days ago" in text
    assert "**Gathering deeper intelligence**" in text


def test_the_overview_of_an_unknown_company_says_what_is_not_known():
    text = to_markdown(overview(held(acme(facts={}, evidence=(), company="Nobody Ltd"))))

    assert text.startswith("Nothing is known yet of Nobody Ltd.")
    assert "Decision makers" in text


def test_whom_an_answer_named_is_remembered_in_order(known):
    assert people_in(answer("decision_makers", known), known) == ("Alicia Tran", "Mark Yu")
