"""Whose words a mail has, in what mood, and whether a machine wrote it."""

import pytest

from personas.texts import LONGEST, is_auto_reply, mood, own_words, word_count

ANSWER = "Thanks, that works for us."
QUOTED = "> Could you do Tuesday?\n> Best\n"


@pytest.mark.parametrize(
    "below",
    [
        f"\n\nOn Mon, 2 Mar 2026 at 10:00, Ada Byron <ada@example.com> wrote:\n{QUOTED}",
        f"\n\nOn Mon, 2 Mar 2026 at 10:00, Ada Byron\n<ada@example.com> wrote:\n{QUOTED}",
        f"\r\n\r\nAm 02.03.2026 um 10:00 schrieb Ada Byron:\r\n{QUOTED}",
        "\n\nLe lun. 2 mars 2026 à 10:00, Ada a écrit :\n\nPouvez-vous mardi ?",
        "\n\n-----Original Message-----\nFrom: Ada\nSubject: Terms\n\nCould you do Tuesday?",
        "\n\nFrom: Ada Byron\nSent: Monday\nTo: Dana\n\nCould you do Tuesday?",
        "\n\n---------- Forwarded message ---------\nIt is too expensive.",
        "\n-- \nDana Whitfield\nCISO",
        "\n\nBest regards,\nDana Whitfield\nCISO, Acme Corp\n+1 555 0100",
        "\n\nSent from my iPhone",
    ],
)
def test_quotations_and_signatures_are_not_the_senders_words(below: str) -> None:
    assert own_words(ANSWER + below) == ANSWER


def test_answers_between_quoted_lines_are_kept() -> None:
    body = "Hi Ada,\n\nOn Monday Ada wrote:\n> Is the price fine?\nYes.\n> And the date?\nNo.\n"

    assert own_words(body) == "Hi Ada,\n\nYes.\nNo."


@pytest.mark.parametrize(
    "body", ["Thanks,\nwe will look at it next week and then come back to you.", "On Monday we talked: it is fine."]
)
def test_what_only_looks_like_an_end_stays(body: str) -> None:
    assert own_words(body) == body


def test_words_are_counted_with_their_hyphens_and_apostrophes() -> None:
    assert word_count("We don't re-sign – until 2027!") == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks, this looks good", 0.5),
        ("We are not happy with the offer", -0.333),
        ("It is too expensive and we are disappointed", -0.5),
        ("There is no problem with it", 0.333),
        ("Leider ist es uns zu teuer", -0.5),
        ("Nous sommes ravis, c'est parfait pour nous", 0.5),
        ("Our budget is frozen, and the price looks too high", -0.5),
        ("Thanks, but the price is too high and the budget is frozen", -0.2),
        ("Das Budget ist eingefroren und der Preis ist zu hoch", -0.5),
        ("The meeting is on Tuesday at ten", 0.0),
        ("Thanks!", None),
        ("Завтра пришлём вам подписанный договор", None),
        ("", None),
    ],
)
def test_the_mood_of_words(text: str, expected: float | None) -> None:
    assert mood(text) == expected


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        ({"Auto-Submitted": "auto-replied"}, "Re: Terms", ""),
        ({"auto-submitted": "auto-generated; x=y"}, "", ""),
        ({"Precedence": "auto_reply"}, "", ""),
        ({"Return-Path": "<>"}, "", ""),
        ({"X-Autoreply": "yes"}, "", ""),
        ({"From": "MAILER-DAEMON@mx.example.com"}, "", ""),
        ({}, "Automatic reply: Terms", ""),
        ({}, "Out of Office: Terms", ""),
        ({}, "Abwesenheitsnotiz", ""),
        ({}, "Réponse automatique : Offre", ""),
        ({}, "自動返信: お問い合わせ", ""),
        ({}, "Re: Terms", "Thank you for your email. I am currently out of the office until 9 March."),
        ({}, "Terms", "Vielen Dank für Ihre Nachricht. Ich bin bis zum 9. März nicht im Büro."),
        ({}, "Terms", "This is an automated response."),
    ],
)
def test_a_machines_answer_is_known(headers: dict[str, str], subject: str, body: str) -> None:
    assert is_auto_reply(headers, subject, body)


@pytest.mark.parametrize(
    ("headers", "subject", "body"),
    [
        ({"Auto-Submitted": "no"}, "Re: Terms", ANSWER),
        ({"X-Auto-Response-Suppress": "OOF"}, "Re: Terms", ANSWER),
        ({"Precedence": "list"}, "Terms", ANSWER),
        ({}, "Re: Automatic reply: Terms", "I am back, let us talk."),
        ({}, "Out of office Friday, can we meet on Monday?", ""),
        ({}, "Re: Terms", "I am out of the office on Friday, Monday works."),
        ({}, "Re: Terms", "Sure.\n\nOn Monday Dana wrote:\n> I am on vacation. For urgent matters call Ola.\n"),
    ],
)
def test_a_persons_answer_is_not_taken_for_a_machines(headers: dict[str, str], subject: str, body: str) -> None:
    assert not is_auto_reply(headers, subject, body)


def test_a_long_hostile_text_is_read_no_further_than_its_bound() -> None:
    for part in ("On a wrote\n", ">", "From: x\n", "_", "not good ", "Best,\n"):
        hostile = part * (200_000 // len(part))

        assert word_count(hostile) <= LONGEST
        assert len(own_words(hostile)) <= LONGEST
        assert mood(hostile) == mood(hostile[:LONGEST])
