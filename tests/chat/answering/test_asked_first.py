"""What is asked for comes first, and of what does not fit it is said how much there is."""

from chat.answering import answer
from tests.chat.answering.helds import held
from tests.enrichment.analysis.worlds import acme, evidence, item, with_evidence, with_fact


def staff(*posts: str):
    """Acme Corp with one person in each post."""
    people = [{"name": f"{letter}ia Mayer", "title": post} for letter, post in zip("BCDFGJKLMN", posts, strict=False)]
    words = ". ".join(f"{each['name']}, {each['title']}" for each in people)
    task = with_evidence(acme(), evidence("e20", title="Team", text=words))
    return held(with_fact(task, "decision_makers", "records", *(item(each, "e20") for each in people)))


def test_of_two_who_decide_whose_subject_the_vendor_sells_is_called_first():
    known = staff("VP of Infrastructure", "Chief Technology Officer", "Chief Information Security Officer")

    titles = [each["title"] for each in known.body["target_contacts"] if each["name"]]

    assert titles[0] == "Chief Information Security Officer"


def test_how_many_more_people_are_known_is_said():
    posts = [f"Security Engineer {letter}" for letter in "ABCDEFGH"]

    eight, seven = (answer("decision_makers", staff(*each)).opening for each in (posts, posts[:7]))

    assert eight.endswith("8 people known, whom to call first on top. 1 more: ask “Who else?”")
    assert seven.endswith("7 people known, whom to call first on top.")


def test_money_that_is_asked_for_comes_before_other_news():
    grant = {"indicator": "Received a grant of $2M", "date": "2026-10-02"}
    task = with_evidence(acme(), evidence("e20", title="Grant", text="Acme Corp received a grant of $2M."))
    known = held(with_fact(task, "budget_indicators", "records", item(grant, "e20")))

    asked = answer("funding_news", known, question="Have they raised money recently?")

    headings = [each.heading for each in asked.parts]
    assert asked.lead is not None
    assert "raises $50M" in asked.lead.text
    assert headings[-2:] == ["Money", "Also in the news"]
    assert "More news" not in headings
