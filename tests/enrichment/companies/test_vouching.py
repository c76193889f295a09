"""Who may say which domain a company has: nobody alone, and for nobody else."""

import pytest
from django.contrib.auth.models import Permission

from enrichment import companies
from enrichment.companies import Ambiguous, Candidate, Found, find, learn_domain, register, resolve, search
from enrichment.models import Company, ResearchRequest
from salesintel.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def mallory() -> User:
    return User.objects.create_user("mallory")


@pytest.fixture
def victim() -> User:
    return User.objects.create_user("victim")


@pytest.fixture
def said(mallory: User) -> Company:
    """What Mallory says of a company that nobody knew."""
    return resolve("Contoso Gears", domain="evil.example", by=mallory)


def test_who_gives_a_name_and_a_domain_may_use_both_at_once(said: Company, mallory: User) -> None:
    assert said.domain == "evil.example"
    assert find("Contoso Gears", by=mallory) == Found(said, "name")


def test_to_others_it_is_a_suggestion_that_vouches_for_nothing_when_taken(said: Company, victim: User) -> None:
    found = find("Contoso Gears", by=victim)

    assert found == Ambiguous((Candidate(said, 1.0, "given", "Contoso Gears"),))
    assert said.reference == f"#{said.pk}"
    assert resolve("Contoso Gears", domain=said.reference, by=victim) == said
    assert Company.objects.get(pk=said.pk).unconfirmed


def test_who_insists_has_a_company_without_that_domain(said: Company, victim: User) -> None:
    other = resolve("Contoso Gears", domain=companies.NEW, by=victim)

    assert other != said
    assert other.domain is None
    assert find("Contoso Gears", by=victim) == Found(other, "name")


def test_a_second_user_who_says_the_same_confirms_it_for_everybody(said: Company, victim: User) -> None:
    again = resolve("Contoso Gears Inc.", domain="https://evil.example/", by=victim)

    assert again == said
    assert find("Contoso Gears", by=User.objects.create_user("third")) == Found(said, "name")
    assert again.reference == "evil.example"


def test_the_same_user_confirms_nothing_however_often_they_say_it(said: Company, mallory: User) -> None:
    resolve("Contoso Gears", domain="evil.example", by=mallory)

    assert Company.objects.get(pk=said.pk).unconfirmed


def test_an_editors_word_is_enough(victim: User) -> None:
    editor = User.objects.create_user("editor")
    editor.user_permissions.add(Permission.objects.get(codename="merge_companies"))
    made = resolve("Contoso Gears", domain="contoso.example", by=editor)

    assert find("Contoso Gears", by=victim) == Found(made, "name")


def test_a_company_that_another_user_asked_for_takes_no_strangers_domain(mallory: User, victim: User) -> None:
    theirs = resolve("Contoso Gears", by=victim)
    ResearchRequest.objects.create(user=victim, consumer="profile", company=theirs)

    said = resolve("Contoso Gears", domain="evil.example", by=mallory)

    assert said != theirs
    assert Company.objects.get(pk=theirs.pk).domain is None
    assert find("Contoso Gears", by=victim) == Found(theirs, "name")


def test_a_company_that_nobody_else_asked_for_takes_its_users_domain(mallory: User, victim: User) -> None:
    theirs = resolve("Contoso Gears", by=mallory)
    ResearchRequest.objects.create(user=mallory, consumer="profile", company=theirs)

    assert resolve("Contoso Gears", domain="evil.example", by=mallory) == theirs
    assert isinstance(find("Contoso Gears", by=victim), Ambiguous)


def test_a_strangers_word_makes_no_known_name_ambiguous(mallory: User, victim: User) -> None:
    known = register("Contoso Gears", "contoso.example")
    resolve("Contoso Gears", domain="evil.example", by=mallory)
    resolve("Contoso Gears Group", domain="evil2.example", by=mallory)

    assert find("Contoso Gears", by=victim) == Found(known, "name")


def test_whoever_is_first_names_no_domain_for_everybody(mallory: User, victim: User) -> None:
    resolve("Stupid Inc", domain="fabrikam.example", by=mallory)

    theirs = resolve("Fabrikam", domain="fabrikam.example", by=victim)

    assert theirs.name == "Fabrikam"
    assert find("Stupid Inc", by=victim) != Found(theirs, "name")


def test_a_source_that_answers_a_name_with_the_domain_settles_whose_it_is(said: Company, victim: User) -> None:
    asked = resolve("Fabrikam Ovens", by=victim)

    left = learn_domain(asked, "evil.example", learned_from="serp_knowledge_graph")
    companies.hear(left, asked.name, learned_from="serp_knowledge_graph", settles=True)

    assert left == said
    assert find("Fabrikam Ovens", by=victim) == Found(left, "name")
    assert Company.objects.get(pk=left.pk).name == "Fabrikam Ovens"


def test_what_a_user_said_who_is_gone_is_still_nobodys_word_but_theirs(said: Company, mallory: User) -> None:
    mallory.delete()

    assert isinstance(find("Contoso Gears", by=None), Ambiguous)
    assert Company.objects.get(pk=said.pk).unconfirmed


def test_what_was_only_typed_is_not_offered(said: Company, mallory: User) -> None:
    resolve("Contoso Bakery", by=mallory)

    assert search("Contoso") == []
    assert {each.company.name for each in search("Contoso", typed=True)} == {"Contoso Gears", "Contoso Bakery"}
