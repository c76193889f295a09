"""The intents of an installation follow the product's file, as far as nobody made them their own."""

import pytest

from chat.models import ChatIntent
from chat.seed import SEED_FILE, SEEDED, seed
from salesintel.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NEW = '[parking]\nlabel = "Parking"\nbutton = "Where do I park?"\nphrases = ["Is there parking?"]\norigin = "ours"\n'


@pytest.fixture
def later(tmp_path):
    """The file of a later version: one more example of competitors, and one more intent."""
    path = tmp_path / "intents.toml"
    text = SEED_FILE.read_text(encoding="utf-8")
    head, middle, tail = text.partition("[competitors]\n")
    told = tail.replace("phrases = [", 'phrases = [\n    "Whom do they fear?",', 1)
    path.write_text(f"{head}{middle}{told}\n{NEW}", encoding="utf-8")
    return path


def phrases_of(slug):
    return ChatIntent.objects.get(slug=slug).phrases


def test_a_row_that_nobody_touched_learns_new_examples(later):
    seed()

    made = seed(later)

    assert "Whom do they fear?" in phrases_of("competitors")
    assert (made["intents"], made["renewed intents"]) == (1, 1)
    assert ChatIntent.history.filter(slug="competitors").latest().history_change_reason == SEEDED


def test_a_row_of_before_the_seed_gave_its_reason_learns_them_too(later):
    seed()
    ChatIntent.history.update(history_change_reason=None)

    seed(later)

    assert "Whom do they fear?" in phrases_of("competitors")


def test_loading_the_same_file_twice_changes_nothing(later):
    seed()
    seed(later)
    records = ChatIntent.history.count()

    assert not seed(later)
    assert ChatIntent.history.count() == records


def test_what_an_admin_edited_is_never_overwritten(later):
    seed()
    row = ChatIntent.objects.get(slug="competitors")
    row._history_user = User.objects.create_user("admin", "admin@example.com", "correct horse")
    row.phrases = ["Our own example"]
    row.save()

    seed(later)

    assert phrases_of("competitors") == ["Our own example"]


def test_what_was_edited_and_put_back_stays_its_admin_s(later):
    seed()
    row = ChatIntent.objects.get(slug="competitors")
    for label in ("Rivals", row.label):
        row.label = label
        row.save()

    seed(later)

    assert "Whom do they fear?" not in phrases_of("competitors")


def test_what_was_changed_past_the_history_is_left_alone(later):
    seed()
    ChatIntent.objects.filter(slug="competitors").update(enabled=False)

    seed(later)

    assert "Whom do they fear?" not in phrases_of("competitors")


def test_what_an_admin_deleted_does_not_come_back(later):
    seed()
    ChatIntent.objects.get(slug="competitors").delete()

    seed(later)

    assert not ChatIntent.objects.filter(slug="competitors").exists()
