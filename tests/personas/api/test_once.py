"""The same POST under the same Idempotency-Key is done once."""

from personas.models import Contact, Deal, Interaction
from tests.personas.api.conftest import Call

CALL = {"type": "call", "occurredAt": "2026-03-02T12:00:00Z"}


def test_a_request_that_is_sent_twice_is_done_once_and_answered_the_same(mine: Call) -> None:
    contact = mine("POST", "contacts", {"name": "Dana"}, headers={"Idempotency-Key": "a"}).json()["id"]
    for path, sent, model in (
        ("contacts", {"name": "Dana"}, Contact),
        (f"contacts/{contact}/interactions", CALL, Interaction),
        ("deals", {"name": "Renewal"}, Deal),
    ):
        key = {"Idempotency-Key": "a" if model is Contact else path}
        first, again = (mine("POST", path, sent, headers=key) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json()["id"] == again.json()["id"]
        assert model.objects.count() == 1


def test_a_key_with_another_body_is_a_conflict_and_a_refused_one_is_unused(mine: Call, theirs: Call) -> None:
    key = {"Idempotency-Key": "a"}
    assert mine("POST", "contacts", {"name": "Dana", "email": "none"}, headers=key).status_code == 400
    assert mine("POST", "contacts", {"name": "Dana"}, headers=key).status_code == 201

    other = mine("POST", "contacts", {"name": "Ola"}, headers=key)

    assert (other.status_code, other.json()["type"]) == (409, "idempotency-mismatch")
    assert theirs("POST", "contacts", {"name": "Ola"}, headers=key).status_code == 201


def test_a_persona_s_key_with_another_method_is_a_conflict(mine: Call) -> None:
    contact, key = mine("POST", "contacts", {"name": "Dana"}).json()["id"], {"Idempotency-Key": "p"}
    path = f"contacts/{contact}/personas"
    made = mine("POST", path, {"method": "basic"}, headers=key)

    other = mine("POST", path, {"method": "rag"}, headers=key)

    assert mine("POST", path, {"method": "basic"}, headers=key).json()["id"] == made.json()["id"]
    assert (other.status_code, other.json()["type"]) == (409, "idempotency-mismatch")
