"""Whether two names mean one company. A wrong merger is worse than a name that is missed."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.naming import Likeness, Named, likeness
from tests.enrichment.analysis.labelled import labelled

pytestmark = pytest.mark.once

ONE_NAME = [
    ("Acme Corp", "ACME, Inc."),
    ("Fontbrune", "Groupe Fontbrune SA"),
    ("Lumetra", "Lumetra Deutschland GmbH"),
    ("Siemens AG", "Siemens S.A. (España)"),
    ("Müllenbach Werkzeuge", "Muellenbach Werkzeuge"),
    ("Oak Street Health", "Oak St. Health"),
    ("Forty Two Labs", "42 Labs"),
    ("Газпром", "Gazprom"),
    ("株式会社ほしぞら電機", "Hoshizora Denki"),
    ("Brightling Energy", "Brightling Energie B.V."),
    ("Corvane Systems", "Corvane Systems Sucursal en España"),
    ("Zephyrine Hotels", "Zephyrine Hotels - Careers"),
    ("Hotel Vier Türme", "Hotel 4 Tuerme"),
    ("Yıldıray Tekstil", "YILDIRAY TEKSTIL SANAYI VE TICARET A.S."),
    ("Nemtrask ApS", "NEMTRASK Anpartsselskab"),
    ("Colwyn Heath Building Society", "Colwyn Heath Bldg Soc"),
    ("Szczytnik", "Grupa Szczytnik S.A."),
]
LIKELY = [
    ("Meta Platforms", "Facebook"),
    ("Hewlett-Packard Enterprise", "HPE"),
    ("Pengrove Analytics", "Pengrove"),
    ("Pengrove Analytics", "Pengrove Anaytics"),
    ("Kellerfeld Verlag", "Verlag Kellerfeld"),
    ("Ostrander Medical Devices", "Ostrander Med. Devices"),
    ("Harrowgate Systems", "HarSys"),
    ("Marchetto Costruzioni", "Marchetto Costr. Srl"),
    ("Azulejos Peñarrubia", "Penarrubia Azulejos S.L."),
    ("University of Marlowe", "Marlowe University"),
    ("Abdulrahman Al-Futayh Trading", "Abdul Rahman Al Futaih Trading"),
    ("Maison Belcassel Parfumeur", "Belcassel"),
]
OTHERS = [
    ("Acme Corp", "Acme Industries"),
    ("Acme Industries", "Acme Solutions"),
    ("Delta Air Lines", "Delta Dental"),
    ("Lumetra", "Lumetra Foundation"),
    ("Siemens AG", "Siemens Energy AG"),
    ("Alphabet", "Google"),
    ("Merck KGaA", "Merck & Co."),
    ("Air France", "Air Canada"),
    ("Hansen Marine", "Hanson Marine"),
    ("ABB Ltd", "ABC Ltd"),
    ("Summit Logistics", "Summit"),
    ("Rosenbaum Textil", "Rosenblum Textil"),
    ("Stone Bridge", "Bridge Stone"),
    ("Hochdorfer Glas AG", "Hochdorfer Glasmuseum"),
    ("", "Acme"),
]


@pytest.mark.parametrize(("company", "other"), ONE_NAME)
def test_a_name_in_another_spelling_is_certain(company: str, other: str) -> None:
    assert likeness(Named(name=company), Named(name=other)) is Likeness.CERTAIN


@pytest.mark.parametrize(("company", "other"), LIKELY)
def test_a_short_or_former_or_misspelt_name_is_likely_at_most(company: str, other: str) -> None:
    assert likeness(Named(name=company), Named(name=other)) is Likeness.LIKELY


@pytest.mark.parametrize(("company", "other"), OTHERS)
def test_a_longer_or_like_sounding_name_is_another_company(company: str, other: str) -> None:
    assert likeness(Named(name=company), Named(name=other)) is Likeness.OTHER


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Delta cancelled forty flights out of Atlanta", Likeness.LIKELY),
        ("Delta sells taps and bathrooms", Likeness.OTHER),
        ("the river's delta is shrinking", Likeness.OTHER),
    ],
)
def test_what_is_said_settles_a_name_that_many_bear(said: str, expected: Likeness) -> None:
    assert likeness(Named(name="Delta Air Lines"), Named(name="Delta", said=said)) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("formerly Highland Gauge Works", Likeness.LIKELY),
        ("known as Highland Gauge Works until 2018", Likeness.LIKELY),
        ("acquired by Highland Gauge Works in 2019", Likeness.OTHER),
        ("a Highland Gauge Works subsidiary", Likeness.OTHER),
    ],
)
def test_a_former_name_is_the_company_and_an_owner_is_not(said: str, expected: Likeness) -> None:
    company, other = Named(name="Kessock Instruments", said=said), Named(name="Highland Gauge Works")

    assert likeness(company, other) is expected


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("Clearmoor Medical", "Clearmoor Medical, which renamed itself Verdanta Health in March", Likeness.LIKELY),
        ("Klimatex d.o.o.", "Klimatex d.o.o. mijenja naziv u Verdanta Health", Likeness.LIKELY),
        ("VRDH", "OTC: VRDH, Verdanta announces phase 2 data", Likeness.LIKELY),
        ("Verdanta", "Verdanta (verdantahealth.com) has opened an office", Likeness.CERTAIN),
        ("Verdanta Health", "Verdanta Health of Oslo is not connected with Verdanta Health of Denver", Likeness.OTHER),
        ("Verdanto Health", "Verdanto Health filed suit against Verdanta Health over the similar name", Likeness.OTHER),
    ],
)
def test_what_is_said_ties_a_name_to_the_company_or_keeps_it_apart(name: str, said: str, expected: Likeness) -> None:
    company = Named(name="Verdanta Health", domain="verdantahealth.com")

    assert likeness(company, Named(name=name, said=said)) is expected


@pytest.mark.parametrize("said", ["Kumquat won the 3.40 at Wincanton by a neck", "a kumquat is a small fruit"])
def test_a_common_word_without_a_word_of_business_is_no_company(said: str) -> None:
    assert likeness(Named(name="Kumquat", domain="kumquat.example"), Named(name="Kumquat", said=said)) is Likeness.OTHER


@pytest.mark.parametrize(
    ("domains", "expected"),
    [
        (("orbisol.com", "orbisol.com"), Likeness.CERTAIN),
        (("orbisol.com", "orbisol.de"), Likeness.LIKELY),
        (("orbisol.com", "orbisolhotels.example"), Likeness.OTHER),
    ],
)
def test_domains_decide_where_both_are_known(domains: tuple[str, str], expected: Likeness) -> None:
    one, other = (Named(name="Orbisol", domain=domain) for domain in domains)

    assert likeness(one, other) is expected


def test_a_site_may_be_the_name() -> None:
    company = Named(name="Tallmadge Robotics", domain="tallmadge.ai")

    assert likeness(company, Named(name="Tallmadge.ai")) is Likeness.CERTAIN
    assert likeness(company, Named(name="Tallmadge.org")) is not Likeness.CERTAIN


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=120))
def test_any_texts_have_an_answer(name: str, other: str, said: str) -> None:
    assert likeness(Named(name=name), Named(name=other, said=said)) in Likeness


@given(st.sampled_from([row["a"]["name"] for row in labelled("own_names", "dev")]))
def test_every_company_is_certainly_itself(name: str) -> None:
    assert likeness(Named(name=name), Named(name=name.upper())) is Likeness.CERTAIN


@pytest.mark.parametrize("rows", ["names", "own_names"])
def test_what_is_called_certain_is_right(rows: str) -> None:
    """It decides which records are believed."""
    pairs = [(row, [Named(name=row[side]["name"]) for side in "ab"]) for row in labelled(rows, "dev")]
    certain = [row for row, (one, other) in pairs if likeness(one, other) is Likeness.CERTAIN]

    by_name_alone = [row for row in certain if not row["same"] and row["a"]["name"] != row["b"]["name"]]
    assert by_name_alone == []


def test_what_is_called_certain_with_all_that_is_said_is_right() -> None:
    sides = ("a", "b")
    pairs = [(row, [_named(row[side]) for side in sides]) for row in labelled("second_names", "dev")]

    assert [row for row, (one, other) in pairs if likeness(one, other) is Likeness.CERTAIN and not row["same"]] == []


def _named(side: Mapping[str, str]) -> Named:
    return Named(name=side["name"], domain=side.get("domain"), said=side.get("context", ""))
