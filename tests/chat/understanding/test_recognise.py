"""What questions ask for, by the intents as they are seeded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.understanding.model import Context, IntentRule, Understood
from chat.understanding.recognise import understand
from tests.chat.understanding.labelled import HALVES, answered, labelled, rules

RULES = rules()
ACME = Context(company="Acme Corp", vendor="Okta")


def asked(text: str, context: Context = ACME) -> Understood:
    return understand(text, RULES, context)


def after(intent: str, *about: str, people: tuple[str, ...] = ()) -> Context:
    return Context(company="Acme Corp", vendor="Okta", intent=intent, about=about, people=people)


@pytest.mark.parametrize("half", [half for half in HALVES if labelled(half)])
def test_nine_in_ten_labelled_questions_are_understood(half):
    wrong = [f"{row.text} → {found.intent}" for row, found in answered(half) if not row.is_met_by(found)]

    assert len(wrong) <= 0.1 * len(labelled(half)), "\n".join(wrong)


def test_of_the_answers_that_ask_nothing_back_few_are_wrong():
    wrong = [row.text for row, found in answered("seen") if found.is_sure and not row.is_met_by(found)]

    assert len(wrong) <= 0.03 * len(labelled("seen")), wrong


def test_an_intent_s_own_examples_ask_for_it():
    examples = [(text, rule.slug) for rule in RULES for text in rule.phrases[::8]]

    wrong = [(text, slug) for text, slug in examples if asked(text).intent != slug]

    assert wrong == []


@pytest.mark.parametrize(
    ("text", "context", "intent", "company", "about"),
    [
        ("How does Okta fit?", ACME, "vendor_fit", "", ("okta",)),
        ("Do they use AWS?", ACME, "technology_stack", "", ("aws",)),
        ("Do they use Entra?", ACME, "current_vendor_use", "", ("entra",)),
        ("same for Globex", after("technology_stack"), "technology_stack", "Globex", ()),
        ("what about initech?", after("funding_news"), "funding_news", "initech", ()),
        ("and who runs security?", after("technology_stack"), "decision_makers", "", ("security",)),
        ("and theirs?", after("competitors"), "competitors", "", ()),
        ("more", after("hiring_patterns"), "hiring_patterns", "", ()),
        ("why?", after("vendor_fit"), "why", "", ()),
        ("Why now?", after("vendor_fit"), "buying_signals", "", ()),
        ("and marketing?", after("hiring_patterns"), "hiring_patterns", "", ("marketing",)),
        ("and the CFO?", after("technology_stack"), "decision_makers", "", ("cfo",)),
        ("does Dana decide?", after("decision_makers", people=("Dana Reyes",)), "decision_makers", "", ("dana",)),
        ("prepare me for Acme Industries tomorrow", Context(), "prepare", "Acme Industries", ()),
        ("meeting globex tmrw", Context(), "prepare", "globex", ()),
    ],
)
def test_a_question_is_understood_by_what_was_spoken_of(text, context, intent, company, about):
    found = asked(text, context)

    assert (found.intent, found.slots.company, found.slots.about) == (intent, company, about)
    assert found.is_sure


def test_the_company_and_vendor_spoken_of_are_no_other_company():
    assert asked("How does Okta help Acme?").slots.company == ""


@pytest.mark.parametrize("text", ["", "   ", "🤷", "2 + 2", "彼らの技術は何ですか", "<script>alert(1)</script>"])
def test_what_asks_for_nothing_is_not_answered(text):
    assert not asked(text).is_sure


def test_without_rules_nothing_is_understood():
    assert understand("What do they do?", [], ACME) == Understood(intent="", score=0.0)


def test_a_rule_that_an_admin_adds_is_understood():
    parking = IntentRule(slug="parking", label="Parking", phrases=("Where do I park?", "Is there parking?"))

    assert understand("is there any parking there", [*RULES, parking], ACME).intent == "parking"


@given(text=st.text(max_size=300), intent=st.sampled_from(["", "gone", *(rule.slug for rule in RULES)]))
def test_any_text_has_a_score_between_0_and_1(text, intent):
    found = asked(text, after(intent, people=(text[:20],)))

    assert 0 <= found.score <= 1
    assert all(0 < score <= found.score for _, score in found.others)
    assert bool(found.intent) == bool(found.score)


@given(
    question=st.sampled_from(labelled("seen")),
    change=st.sampled_from(
        [str.upper, str.title, "  {}\n".format, "{}?!".format, lambda text: text.replace(" ", "   ")]
    ),
)
def test_case_spaces_and_final_marks_do_not_change_what_is_asked(question, change):
    plain, changed = (understand(text, RULES, Context()) for text in (question.text, change(question.text)))

    is_sure = plain.is_sure or changed.is_sure
    assert changed.score == plain.score or names_in(plain, changed) or not is_sure
    assert changed.intent == plain.intent or not is_sure


def names_in(*found: Understood) -> bool:
    """Whether one of them names a company or a person: by capital letters a name is known."""
    return any(each.slots.company or each.slots.person for each in found)


def test_a_text_of_any_length_takes_no_time():
    assert asked("what technology do they use " + "and Globex " * 20_000).intent
