import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.naming.spelling import (
    KEY_LENGTH,
    NAME_LENGTH,
    clean_name,
    folded,
    legal_countries,
    name_key,
)

PIECES = [
    "a",
    "B",
    "S.",
    "株式会社",
    " co",
    "ltd",
    "the ",
    " & ",
    "é",
    "か\u3099",
    "\u0301",
    "ß",
    "İ",
    "ﷺ",
    " /de/",
    " (class a)",
]
NAMES = st.text(max_size=40) | st.lists(st.sampled_from([*PIECES, " gmbh", "'", " ", ".", "Ⅷ"]), max_size=9).map(
    "".join
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme Corp", "acme"),
        ("ACME, Corp.", "acme"),
        ("Acme Co., Ltd.", "acme"),
        ("The Coca-Cola Company", "coca cola"),
        ("Coca-Cola Company (The)", "coca cola"),
        ("COCA COLA CO", "coca cola"),
        ("Müller GmbH & Co. KG", "muller"),
        ("Grupo Bimbo, S.A.B. de C.V.", "grupo bimbo"),
        ("Novo Nordisk A/S", "novo nordisk"),
        ("Ørsted A/S", "orsted"),
        ("Allegro Sp. z o.o.", "allegro"),
        ("Škoda Auto a.s.", "skoda auto"),
        ("Koç Holding A.Ş.", "koc holding"),
        ("L'Oréal S.A.", "loreal"),
        ("Infosys Pvt. Ltd.", "infosys"),
        ("PT Telkom Indonesia Tbk", "telkom indonesia"),
        ("Công ty TNHH Vinamilk", "vinamilk"),
        ("ООО «Ромашка»", "ромашка"),
        ('טבע תעשיות בע"מ', "טבע תעשיות"),
        ("株式会社日立製作所", "日立製作所"),
        ("トヨタ自動車株式会社", "トヨタ自動車"),
        ("㈱リコー", "リコー"),
        ("腾讯控股有限公司", "腾讯控股"),
        ("삼성전자 주식회사", "삼성전자"),
        ("บริษัท ปตท. จำกัด (มหาชน)", "ปตท"),
    ],
)
def test_the_key_leaves_out_the_legal_form_and_the_spelling(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Johnson & Johnson", "Johnson and Johnson"),
        ("J.P. Morgan", "JP Morgan"),
        ("A. O. Smith", "AO Smith"),
        ("McDonald’s", "MCDONALDS CORP"),
        ("BANK OF AMERICA CORP /DE/", "Bank of America"),
        ("WELLS FARGO & COMPANY/MN", "Wells Fargo"),
        ("VERTEX PHARMACEUTICALS INC / MA", "Vertex Pharmaceuticals"),
        ("Alphabet Inc. (Class A)", "Alphabet"),
        ("ＡＣＭＥ　Ｉｎｃ", "Acme"),
        ("ガ", "カ\u3099"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_marks_that_are_letters_of_their_script_stay() -> None:
    assert name_key("ガス") != name_key("カス")


@pytest.mark.parametrize(
    ("name", "key"), [("The Limited", "limited"), ("Co", "co"), ("株式会社", "株式会社"), ("!!!", "!!!")]
)
def test_a_name_that_is_nothing_but_form_keeps_something(name: str, key: str) -> None:
    assert name_key(name) == key


@given(NAMES)
@example("株式会社\u0300")
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(NAMES)
def test_only_what_cannot_be_seen_has_no_key(name: str) -> None:
    assert bool(name_key(name)) == bool(clean_name(name))


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_case_does_not_matter(name: str) -> None:
    assert name_key(name.upper()) == name_key(name.lower())


@given(st.text())
def test_keys_and_names_fit_their_columns_and_every_database(name: str) -> None:
    assert len(name_key(name)) <= KEY_LENGTH
    assert len(clean_name(name)) <= NAME_LENGTH
    assert "\0" not in name_key(name) + clean_name(name)
    (name_key(name) + clean_name(name)).encode()  # no half characters


def test_a_shown_name_is_one_line_that_reads_in_one_direction() -> None:
    assert clean_name("  Acme\n\tCorp\u202e\x00 ") == "Acme Corp"


def test_folding_keeps_the_legal_form() -> None:
    assert folded("Acme, CORP.") == "acme corp"


def test_the_legal_form_tells_its_countries() -> None:
    assert "germany" in legal_countries("Acme GmbH")
    assert "united_states" not in legal_countries("Acme GmbH")
    assert legal_countries("Acme") == frozenset()
