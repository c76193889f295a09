"""What people say of how they want to be reached is heard in their own words; an appointment is no habit."""

from uuid import UUID

import pytest

from personas.hearing.preferring import preferences

FIRST, SECOND = UUID(int=1), UUID(int=2)
SAID = {
    "I prefer short mails in the morning.": {"length.short", "channel.email", "time.morning"},
    "I'd prefer a quick call over chats.": {"channel.call"},
    "The best way to reach me is by phone.": {"channel.call"},
    "The best time to reach me is after lunch.": {"time.afternoon"},
    "Mornings work best for me.": {"time.morning"},
    "Please keep your mails short.": {"length.short"},
    "I prefer Teams to mail.": {"channel.chat"},
    "I prefer detailed mails that I can forward.": {"length.long", "channel.email"},
    "My preference is a meeting on Thursdays.": {"channel.meeting", "time.thursday"},
}
NOT_SAID = (
    "I prefer Tuesday morning for our call.",
    "I'd prefer a meeting next week.",
    "I prefer Okta.",
    "I don't prefer calls.",
    "We had a short call in the morning.",
    "Please call me tomorrow.",
    "Our users prefer mails.",
)


def heard(text: str) -> set[str]:
    return {each.name for each in preferences([(FIRST, text)])}


@pytest.mark.parametrize(("text", "names"), SAID.items())
def test_what_they_prefer_is_heard(text: str, names: set[str]) -> None:
    assert heard(text) == names


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_they_do_not_prefer_is_not_heard(text: str) -> None:
    assert heard(text) == set()


def test_of_what_was_said_twice_the_latest_is_quoted_and_both_are_counted() -> None:
    (found,) = preferences([(SECOND, "Please keep it short."), (FIRST, "Hi. I prefer short notes.")])

    assert (found.quote, found.sources) == ("Please keep it short.", (SECOND, FIRST))


def test_who_changed_their_mind_is_taken_at_the_latest_word() -> None:
    (found,) = preferences([(SECOND, "I prefer calls."), (FIRST, "I prefer mails.")])

    assert (found.name, found.sources) == ("channel.call", (SECOND,))
