"""A sentence of nothing but cited words can still say something else: each way has its own check."""

import pytest

from enrichment.analysis.distortions import complaint, other_cause, other_share

BROKERS = "After the merger two directories run side by side. Brokers wait three days for access to the portal."
HIRES = "Acme hires new CISO from Palo Alto Networks"
NOBODY = frozenset[str]()


def why(clause: str, *cited: str) -> str | None:
    return complaint(clause, cited, (), NOBODY)


@pytest.mark.parametrize(
    ("clause", "cited", "reason"),
    [
        ("Three directories run side by side", BROKERS, "names a number that is not cited: three"),
        ("Brokers wait two weeks for access to the portal", BROKERS, "puts in place of what is cited: weeks"),
        (
            "Contractors wait three days for access to the portal",
            BROKERS,
            "puts in place of what is cited: contractors",
        ),
        ("Palo Alto Networks hired the CISO of Acme", HIRES, "turns round who does it: hired"),
        ("Acme merged its IT", "Acme to merge its IT", "says that it is done, which is only planned: merged"),
        (
            "Acme now takes deposits",
            "Deposits may follow in a year.",
            "says that it is done, which is only planned: now",
        ),
        (
            "The new Data Engineer joined the team",
            "Open position: Data Engineer · London",
            "says that it is done, which is only planned: joined",
        ),
        (
            "Their cloud migration is under way",
            "Intent topic: Cloud Migration, score 56, surging for 7 weeks",
            "puts in place of what is cited: cloud as a deed",
        ),
        ("Rules are met by the end of next year", "Rules are met by the end of the year", "next year"),
        ("Active Directory runs on Java", "Uses Java (Programming language)", "Active Directory runs on Java"),
    ],
)
def test_what_is_turned_is_told(clause: str, cited: str, reason: str) -> None:
    assert reason in (why(clause, cited) or "")


@pytest.mark.parametrize(
    ("clause", "cited"),
    [
        ("Two directories run side by side", BROKERS),
        ("Brokers wait 3 days for access to the portal", BROKERS),
        ("Acme hired its CISO from Palo Alto Networks", HIRES),
        ("Acme will have merged its IT", "Acme to merge its IT"),
        ("Acme merged its IT", "Acme has merged its IT"),
        ("Interest in cloud migration is surging", "Intent topic: Cloud Migration, score 56, surging for 7 weeks"),
        ("WooCommerce runs on PHP", "Uses WooCommerce (E-commerce)"),
    ],
)
def test_what_is_said_again_is_left_alone(clause: str, cited: str) -> None:
    assert why(clause, cited) is None


def test_a_cause_needs_an_item_that_gives_one() -> None:
    sentence = "Designers send drawings by mail because the portal logs them out."

    assert not other_cause(sentence, ["Designers send drawings by mail because the portal logs them out."])
    assert other_cause(sentence, ["Designers send drawings by mail. The portal logs them out."])


def test_a_share_is_cited_or_left_out() -> None:
    assert other_share("Onboarding takes half the time.", ["Onboarding takes a day."])
    assert other_share("The team doubles within a year.", ["Acme will double its team within a year."]) is None
