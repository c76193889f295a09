"""Why a text is no company's domain, in words; and which domains pass for another one. Pure."""

import re
import unicodedata
from itertools import pairwise

import idna

from enrichment.naming import domains
from enrichment.naming.known import other_names_of
from enrichment.naming.scripts import is_latin
from enrichment.naming.spelling import PLAIN_LETTERS, clean_name

MOST_SHOWN = 80  # characters of what somebody wrote
# Letters of other scripts that look like Latin ones; a label of nothing else passes for a Latin word. Cyrillic, Greek,
# Armenian, after Unicode's confusables.txt; the packages that hold all of it have not followed Unicode for years.
LOOK_LATIN = frozenset("асеорхуѕіјԁһӏԛԝвкмнтαοινρυաօոռսհցգզյքւ")
# Latin letters of phonetic and old alphabets, in which no company writes its name: each passes for a plain one.
LATIN_OF_NO_ALPHABET = frozenset("ɑɡɩɪʟʀɢʜɴʙʏᴀʙᴄᴅᴇᴊᴋʟᴍɴᴏᴘᴛᴜᴠᴡᴢſƖꞁƽᶃẛꭇꮃꮪ")
SHORTEST_IMITATED = 5  # letters of a well-known name; shorter ones are words of many languages
# Scripts that are written together: Japanese, Korean, Chinese with its phonetic signs, each beside Latin letters.
TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
_SHARED = frozenset({"DIGIT", "HYPHEN-MINUS", "COMBINING", "KATAKANA-HIRAGANA", "MIDDLE", "IDEOGRAPHIC"})


def trouble_with(text: str) -> str:
    """Why `text` names no company's domain, and what to give instead; "" where it does."""
    text = text.strip().strip("<>\"'")
    known = domains.registrable_domain(text)
    if known is None:
        return _no_domain(text)
    if disguise := disguised(known):
        return f"{_shown(text)} {disguise}; give the domain as the company itself writes it."
    if known in domains.free_mail():
        return f"{known} is where anybody has a mailbox; give the company's own domain."
    return ""


def _no_domain(text: str) -> str:
    host = domains.host_of(text)
    if not clean_name(text):
        return "There is nothing to read; give a name or a domain."
    if mail := domains.EMAIL.fullmatch(text):
        return (
            f"{_shown(mail[1])} is no domain of a company, but one where anybody has a mailbox; give the company's own."
        )
    if text.startswith(("#", "＃")):
        return f"{_shown(text)} leads to no company; a number does where there is that one, #new beside a name."
    if len(text) > domains.LONGEST_ADDRESS:
        return f"This is too long for an address; {domains.LONGEST_ADDRESS} characters are the most."
    if host is None:
        return f"{_shown(text)} is no address; give a domain such as acmecorp.com."
    if domains.is_ip(host):
        return f"{_shown(host)} is an IP address; give the company's domain."
    if domains.is_public_suffix(host):
        return f"{_shown(host)} is an ending under which many register; give the whole domain, as in acme.{host}."
    if "." not in host.strip("."):
        return f"{_shown(host)} has no ending; give the whole domain, as in {host[:60]}.com."
    return (
        f"{_shown(host)} cannot stand in an address, or has an ending that there is not; look whether it is misspelt."
    )


def disguised(domain: str) -> str:
    """How a registrable domain, in ASCII, passes for another one; "" for one that shows what it is."""
    if "xn--" not in domain:
        return ""
    for label in domain.split("."):
        try:
            shown = idna.decode(label)
        except idna.IDNAError:
            return "holds letters that no domain may have"
        scripts = {script for letter in shown if (script := _script(letter))}
        if len(scripts) > 1 and not any(scripts <= group for group in TOGETHER):
            mixed = " and ".join(sorted(script.title() for script in scripts))
            return f"mixes {mixed} letters, by which it passes for another"
        letters = [letter for letter in shown if letter.isalpha()]
        is_latin_ending = not domain.rpartition(".")[2].startswith("xn--")
        if is_latin_ending and not shown.isascii() and letters and LOOK_LATIN.issuperset(letters):
            return f"is written in {next(iter(scripts), 'other').title()} letters that look like Latin ones"
        if LATIN_OF_NO_ALPHABET.intersection(letters):
            return "holds letters of no alphabet, which look like Latin ones"
        if imitated := _marked(shown):
            return f"passes for {imitated} by the marks on its letters"
        if any(one == other and unicodedata.combining(one) for one, other in pairwise(shown)):
            return "piles accents on one letter"
    return ""


def _marked(label: str) -> str:
    """The well-known name that a label is but for accents which that company does not write; "" for none."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", label.translate(PLAIN_LETTERS)) if c.isascii())
    if label.isascii() or not is_latin(label) or len(plain) < SHORTEST_IMITATED or not plain.isalpha():
        return ""
    names = [name.casefold() for name in other_names_of(plain)]
    is_so_written = any(unicodedata.normalize("NFC", label) in name for name in names)
    return plain if plain in names and not is_so_written else ""


def _script(letter: str) -> str:
    """The script of a letter by its Unicode name; "" for signs that all scripts share."""
    name = unicodedata.name(letter, "").split(" ")[0]
    return "" if name in _SHARED or not letter.isalpha() else re.sub(r"^FULLWIDTH$", "LATIN", name)


def _shown(text: str) -> str:
    return repr(text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…")
