"""Personas of many: quoted, made once each within the budget, whatever stops; nobody else's contacts."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from enrichment.models import EngineCall
from personas.batches import steering, tasks
from personas.batches.choosing import BatchRefused, Choice, quoted
from personas.batches.keeping import BatchKeeper
from personas.batches.working import BROKEN, _taken, work
from personas.generating.making import make
from personas.models import Contact, ContactPersona, PersonaBatch
from salesintel.accounts.models import ApiKey, User
from tests.enrichment.analysis.model_servers import preload
from tests.personas.generating.speaking import engine, says

pytestmark = pytest.mark.django_db

SAYS = says(("recommendedApproach", "Ask what troubles their post.", ["c1"]))


@pytest.fixture
def many(rep: User) -> list[Contact]:
    names = ("Ada Byron", "Bela Kiss", "Carla Nunes")
    return Contact.objects.bulk_create(Contact(owner=rep, name=name, title="CISO") for name in names)


def started(owner: User, **choice: object) -> PersonaBatch:
    return steering.start(quoted(Choice(**choice), owner=owner))  # type: ignore[arg-type]


def states(batch: PersonaBatch) -> list[str]:
    return list(batch.lines.order_by("place").values_list("state", flat=True))


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The bells that were rung."""
    bells: list[object] = []
    monkeypatch.setattr(tasks, "ring", bells.append)
    return bells


def test_each_contact_gets_one_persona_and_the_batch_is_done(rep: User, many: list[Contact]) -> None:
    batch = started(rep, method="basic")

    assert work(batch.pk, seconds=60) is False

    batch.refresh_from_db()
    assert (batch.status, states(batch), batch.spent) == ("done", ["done"] * 3, 0)
    assert set(ContactPersona.objects.values_list("contact", "why")) == {(each.pk, "bulk") for each in many}


def test_a_quote_makes_nothing(rep: User, many: list[Contact]) -> None:
    batch = quoted(Choice(), owner=rep)

    assert work(batch.pk, seconds=60) is False
    assert (batch.status, states(batch), ContactPersona.objects.count()) == ("quoted", ["ready"] * 3, 0)


def test_a_search_and_who_has_one_already_narrow_it(rep: User, many: list[Contact]) -> None:
    make(many[0], method="basic")
    Contact.objects.filter(pk__in=[many[0].pk, many[1].pk]).update(company_name="Acme")

    batch = quoted(Choice(search="acme", only_without=True), owner=rep)

    assert list(batch.lines.values_list("contact", flat=True)) == [many[1].pk]


def test_anothers_contacts_are_none_of_ones_own(rep: User, stranger: User, many: list[Contact]) -> None:
    with pytest.raises(BatchRefused, match=f"no contact {many[0].pk}"):
        quoted(Choice(ids=[many[0].pk]), owner=stranger)
    with pytest.raises(BatchRefused, match="No contact of yours"):
        quoted(Choice(), owner=stranger)


def test_an_engine_writes_within_the_budget_and_whom_it_does_not_reach_is_left_out(
    rep: User, many: list[Contact], rules: None
) -> None:
    preload()
    with engine(SAYS) as server:
        each = quoted(Choice(writer="engine"), owner=rep).each
        batch = started(rep, writer="engine", max_cost=each * 2)
        work(batch.pk, seconds=60)
        batch.refresh_from_db()

    assert batch.status == "done"
    assert states(batch)[0] == "done"
    assert batch.spent == sum(EngineCall.objects.values_list("cost", flat=True))
    assert batch.spent <= batch.cap
    assert len(server.requests) == states(batch).count("done")


def test_a_quote_is_no_less_than_what_one_holds(rep: User, many: list[Contact], rules: None) -> None:
    preload()
    with engine(SAYS):
        batch = started(rep, writer="engine")
        work(batch.pk, seconds=60)

    assert 0 < max(EngineCall.objects.values_list("reserved", flat=True)) <= batch.each
    assert batch.cap == batch.each * 3


def test_a_budget_that_reaches_for_none_leaves_all_out_and_says_why(
    rep: User, many: list[Contact], rules: None
) -> None:
    with engine(SAYS) as server:
        batch = started(rep, writer="engine", max_cost=Decimal("0.000001"))
        work(batch.pk, seconds=60)

    assert (states(batch), server.requests) == (["skipped"] * 3, [])
    assert batch.lines.first().reason == "0.000001 USD of the budget are left."


def test_paused_it_begins_nothing_and_goes_on_where_it_was(rep: User, many: list[Contact]) -> None:
    batch = started(rep, method="basic")
    line = _taken(batch.pk)
    assert line is not None
    steering.pause(batch)

    assert work(batch.pk, seconds=60) is False
    before = ContactPersona.objects.count()
    steering.resume(batch)
    batch.lines.filter(pk=line.pk).update(begun=timezone.now() - timedelta(minutes=9))
    work(batch.pk, seconds=60)

    assert (before, ContactPersona.objects.count()) == (0, 3)


def test_cancelled_it_keeps_what_was_made(rep: User, many: list[Contact]) -> None:
    batch = started(rep, method="basic")
    work(batch.pk, seconds=0)
    steering.cancel(batch)

    assert sorted(states(batch)) == ["cancelled", "cancelled", "done"]
    with pytest.raises(steering.NotNow, match="This batch is cancelled"):
        steering.resume(batch)


def test_a_line_whose_worker_died_after_it_was_made_is_not_made_again(rep: User, many: list[Contact]) -> None:
    batch = started(rep, method="basic")
    line = _taken(batch.pk)
    assert line is not None
    make(line.contact, method="basic", work=line.pk)  # and then its worker dies
    batch.lines.filter(pk=line.pk).update(begun=timezone.now() - timedelta(minutes=9))

    work(batch.pk, seconds=60)

    assert states(batch) == ["done"] * 3
    assert ContactPersona.objects.filter(contact=line.contact_id).count() == 1


def test_a_line_whose_workers_die_three_times_fails_and_says_so(rep: User, many: list[Contact]) -> None:
    batch = started(rep, method="basic", ids=[many[0].pk])
    batch.lines.update(state="working", attempts=3, begun=timezone.now() - timedelta(minutes=9))

    work(batch.pk, seconds=60)

    line = batch.lines.get()
    batch.refresh_from_db()
    assert (line.state, line.reason, batch.status) == ("failed", BROKEN, "done")


def test_an_erased_contact_leaves_the_batch(rep: User, many: list[Contact]) -> None:
    batch = started(rep, method="basic")
    Contact.objects.filter(pk=many[0].pk).delete()

    work(batch.pk, seconds=60)

    batch.refresh_from_db()
    assert (batch.status, states(batch)) == ("done", ["done", "done"])


def test_one_that_stands_still_is_rung_for(rep: User, many: list[Contact], rung: list[object]) -> None:
    batch = started(rep, method="basic")
    PersonaBatch.objects.update(moved=timezone.now() - timedelta(minutes=9))
    keeper = BatchKeeper(due=0)

    keeper.tick()

    assert rung == [batch.pk]


# --- Over the API and on its page -------------------------------------------------------------------------------------


@pytest.fixture
def api(rep: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {ApiKey.issue(user=rep, name='t', scopes=['personas'])[1]}"}


def test_the_same_key_quotes_once_and_the_lines_tell_each(
    client: Client, rep: User, api: dict[str, str], many: list[Contact], django_assert_max_num_queries: object
) -> None:
    headers = {**api, "Idempotency-Key": "k1"}
    send = {"path": "/api/v1/persona-batches", "data": {"method": "basic"}, "content_type": "application/json"}
    first, again = (client.post(**send, headers=headers) for _ in range(2))  # type: ignore[arg-type]
    pk = first.json()["id"]
    begun = client.post(f"/api/v1/persona-batches/{pk}/start", headers=api)
    work(pk, seconds=60)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        lines = client.get(f"/api/v1/persona-batches/{pk}/lines?state=done", headers=api).json()["results"]

    assert (first.status_code, again.json()["id"], PersonaBatch.objects.count()) == (201, pk, 1)
    assert (first.json()["contacts"], begun.json()["status"]) == (3, "running")
    assert [(each["name"], each["state"]) for each in lines] == [(each.name, "done") for each in many]


def test_what_does_not_fit_is_refused_in_words(client: Client, api: dict[str, str], many: list[Contact]) -> None:
    def sent(data: object) -> object:
        return client.post("/api/v1/persona-batches", data, content_type="application/json", headers=api)

    unknown, made = sent({"contactIds": [str(uuid4())]}), sent({})
    paused = client.post(f"/api/v1/persona-batches/{made.json()['id']}/pause", headers=api)  # type: ignore[attr-defined]

    assert (unknown.status_code, "You have no contact" in unknown.content.decode()) == (400, True)  # type: ignore[attr-defined]
    assert (paused.status_code, paused.json()["detail"]) == (409, "This batch is waiting for your go.")


def test_the_page_leads_from_a_choice_to_what_became_of_each(client: Client, rep: User, many: list[Contact]) -> None:
    client.force_login(rep)
    sent = client.post("/contacts/personas/", {"search": "", "method": "basic", "only_without": "on"}, follow=True)
    batch = PersonaBatch.objects.get()
    client.post(f"/contacts/personas/{batch.pk}/steer/", {"step": "start"})
    work(batch.pk, seconds=60)
    page = client.get(f"/contacts/personas/{batch.pk}/").content.decode()

    assert "It costs nothing." in sent.content.decode()
    assert "Make them" in sent.content.decode()
    assert "100 %" in page
    assert all(each.name in page for each in many)


def test_a_strangers_page_and_a_bad_amount_are_refused(
    client: Client, rep: User, stranger: User, many: list[Contact]
) -> None:
    batch = quoted(Choice(), owner=rep)
    client.force_login(stranger)
    hidden = client.get(f"/contacts/personas/{batch.pk}/")
    client.force_login(rep)
    bad = client.post("/contacts/personas/", {"max_cost": "lots"})

    assert (hidden.status_code, bad.status_code) == (404, 400)
    assert "“lots” is no amount" in bad.content.decode()
