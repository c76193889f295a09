"""Names of other scripts in Latin letters, as they are commonly written. Pure; lower case is expected throughout."""

import re
import tomllib
import unicodedata
from pathlib import Path


def _pairs(letters: str, latin: str) -> dict[str, str]:
    """Letter → Latin; "_" for none."""
    return {letter: each.strip("_") for letter, each in zip(letters, latin.split(), strict=True)}


_CYRILLIC = _pairs(
    "абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґўђјљњћџѓќѕ",
    "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya e i i g u dj j lj nj c dz gj kj dz",
)
_GREEK = _pairs("αβγδεζηθικλμνξοπρστυφχψως", "a v g d e z i th i k l m n x o p r s t y f ch ps o s")
_GREEK_PAIRS = {"ου": "ou", "μπ": "b", "γκ": "gk", "γγ": "ng", "ευ": "ev", "αυ": "av"}
_JAPANESE = Path(__file__).resolve().parents[1] / "data" / "japanese.toml"


def _japanese(kind: str) -> dict[str, str]:
    """A table of `data/japanese.toml`, written → Latin."""
    pairs = tomllib.loads(_JAPANESE.read_text(encoding="utf-8"))[kind].split()
    return {written: latin.strip("_") for written, _, latin in (pair.partition("=") for pair in pairs)}


_KANA, _KANJI = _japanese("kana"), _japanese("kanji")
_SMALL_KANA = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo"}
_PALATAL = re.compile(r"(\w)([ゃゅょ])")
_DOUBLED = re.compile(r"っ(.)")
_HANGUL_FIRST = "g kk n d tt r m b pp s ss _ j jj ch k t p h".split()
_HANGUL_MIDDLE = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_HANGUL_LAST = "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3

# What the letters of scripts without vowels stand for; enough to compare the consonants of two spellings.
_CONSONANTS = {
    **_pairs("بتثجحخدذرزسشصضطظعغفقكلمنهويةپچگ", "b t th j h kh d dh r z s sh s d t z _ gh f q k l m n h w y _ p ch g"),
    **_pairs("בגדהוזחטיכךלמםנןסעפףצץקרשת", "b g d h w z h t y k k l m m n n s _ p p ts ts k r sh t"),
}

_SILENT_HE = re.compile(r"ה(?=\s|$)")

# Ways of writing one sound in Latin letters, most of them for Cyrillic names: "Volzhskiy" and "Volzhsky".
_ALIKE = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        *(("shch|sch|sh", "s"), ("zh", "z"), ("kh|ch", "h"), ("ts|tz", "c"), ("ph", "f"), ("th", "t"), ("ck|q", "k")),
        *(("ou|oo|uu|w(?=[^aeiou]|$)", "u"), ("y[eo]|i[eo]|j[eo]|yo", "e"), ("[yij]u", "u"), ("[yij]a", "a")),
        *(("[yij]+", "i"), ("w", "v"), ("ks", "x"), ("(.)\\1+", "\\1")),
    )
]


def in_latin(text: str) -> str:
    """`text` with Cyrillic, Greek, Japanese syllables and Korean in Latin letters: "газпром" → "gazprom"."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFC", text)
    for written, latin in (_GREEK_PAIRS | _KANJI).items():
        plain = plain.replace(written, f" {latin} " if written in _KANJI else latin)
    return " ".join(_from_kana("".join(map(_letter, plain))).split())


def _letter(letter: str) -> str:
    code = ord(letter)
    if _FIRST_SYLLABLE <= code <= _LAST_SYLLABLE:
        first, rest = divmod(code - _FIRST_SYLLABLE, 588)
        middle, last = divmod(rest, 28)
        return "".join((_HANGUL_FIRST[first], _HANGUL_MIDDLE[middle], _HANGUL_LAST[last])).replace("_", "")
    return _CYRILLIC.get(letter) or _GREEK.get(letter) or ("" if letter in "ъь" else letter)


def _from_kana(text: str) -> str:
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)
    read = _PALATAL.sub(_one_sound, hiragana)
    read = _DOUBLED.sub(lambda pair: _KANA.get(pair[1], pair[1])[:1] + pair[1], read)
    return "".join(_KANA.get(c, c) for c in read)


def _one_sound(pair: re.Match[str]) -> str:
    """One sound of two signs: "き", "ゃ" → "kya"; "し", "ゃ" → "sha"."""
    start, end = _KANA.get(pair[1], pair[1]).removesuffix("i"), _SMALL_KANA[pair[2]]
    return start + (end[1:] if start in {"sh", "ch", "j"} else end)


def as_it_sounds(latin: str) -> str:
    """A Latin spelling as it sounds, roughly, so that two ways of writing a foreign name are one."""
    for pattern, plain in _ALIKE:
        latin = pattern.sub(plain, latin)
    return latin


def skeleton(text: str) -> str:
    """The consonants of a name: "المراعي" and "almarai" → "lmr"."""
    latin = "".join(_CONSONANTS.get(c, c) for c in _SILENT_HE.sub("", text))
    return "".join(c for c in latin if c.isascii() and c.isalpha() and c not in "aeiouwy")


def has_no_vowels(text: str) -> bool:
    """Whether it is written in a script that leaves vowels out."""
    return any("\u0590" <= c <= "\u06ff" for c in text)


def is_latin(text: str) -> bool:
    """Whether it has no letter of another script than the Latin one."""
    return all(c < "\u0250" or not c.isalpha() or "\u1e00" <= c <= "\u1eff" for c in text)
