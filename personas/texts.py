"""What a text says by itself: whose words it has, how many, in what mood, and whether a machine wrote it.

Pure functions over plain text, for whoever stores a row: texts are sealed afterwards, and no metric reads them again.
The words and phrases are in `data/texts.toml`. Nothing here is asked of any model.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST = 100_000  # characters of a body that are read
FEWEST = 4  # words below which there is no mood to tell
STRONG, MILD = 2.0, 1.0
CALM = 2.0  # what the words of a mood are weighed against: one mild word is a third of the way
_SHARE_KNOWN = 0.08  # words of every day among all, in a language that we read; running text has 0.25 and more
_TURNED_WITHIN = 3  # words after "not" and the like
_FIRST = 600  # characters in which a machine says that it is one
_SHORT = 8  # words in a line of a signature
_SIGNATURE = 8  # lines
_DATA = Path(__file__).parent / "data" / "texts.toml"
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_RULED = re.compile(r"^[-_=*\s>]+|[-_=*:\s]+$")


def word_count(text: str) -> int:
    """How many words: runs of letters and digits, with the hyphens and apostrophes inside them."""
    return sum(1 for _ in _WORD.finditer(text[:LONGEST]))


def is_common(word: str) -> bool:
    """Whether a word in lower case is one of every day, in a language that we read."""
    return word in _words().common


# --- Whose words ------------------------------------------------------------------------------------------------------


def own_words(body: str) -> str:
    """What the sender of a mail wrote themselves, as plain text: without quotations and without the signature.

    Quoted lines (`>`) go, with the line that announces them; answers between them stay. Below an announcement without
    `>` ("On … wrote:", "-----Original Message-----", a block of From/Sent/To) all goes, and so it does below `-- ` and
    from a closing line ("Best regards,") with only a few short lines after it. What a phone adds goes too.
    """
    kept: list[str] = []
    lines = body[:LONGEST].replace("\r\n", "\n").split("\n")
    for at, line in enumerate(lines):
        if _ends_here(lines, at):
            break
        if not line.startswith(">") and not _announced_over(lines, at) and not _is_device(line):
            kept.append(line.rstrip())
    return "\n".join(kept[: _signature_at(kept)]).strip()


def _ends_here(lines: Sequence[str], at: int) -> bool:
    """Whether all from this line on is not the sender's."""
    line = lines[at]
    if line in ("-- ", "--") or _plain(line) in _words().forwards:
        return True
    if _is_header(line) and at + 1 < len(lines) and _is_header(lines[at + 1]):
        return True
    last = _announcement(lines, at)
    return last is not None and not _is_quoted(lines, last + 1)


def _announced_over(lines: Sequence[str], at: int) -> bool:
    """Whether the line belongs to an announcement of quoted lines; those may be broken in two."""
    return _announcement(lines, at) is not None or (at > 0 and _announcement(lines, at - 1) == at)


def _announcement(lines: Sequence[str], at: int) -> int | None:
    """The last line of an announcement that begins at `at`: this or the next; None where none begins."""
    begin = lines[at].strip().lower()
    for last in (at, at + 1):
        if last < len(lines) and lines[last].rstrip().endswith(":") and len(lines[at]) + len(lines[last]) < 400:
            whole = begin if last == at else f"{begin} {lines[last].strip().lower()}"
            if any(whole.startswith(first) and verb in whole for first, verb in _words().attributions):
                return last
    return None


def _is_quoted(lines: Sequence[str], start: int) -> bool:
    """Whether the next line with anything on it is a quoted one."""
    return next((line.startswith(">") for line in lines[start : start + 5] if line.strip()), False)


def _is_header(line: str) -> bool:
    name, colon, rest = line.strip(" *>\t").partition(":")
    return bool(colon and rest.strip() and name.strip(" *").lower() in _words().headers)


def _is_device(line: str) -> bool:
    plain = line.strip().lower()
    return len(plain) < 80 and plain.startswith(_words().devices)


def _signature_at(lines: Sequence[str]) -> int:
    """The line where the signature begins: the number of lines where there is none."""
    below = 0
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at].strip()
        if not line:
            continue
        if line.rstrip(",.!– ").lower() in _words().closings:
            return at
        below += 1
        if below > _SIGNATURE or (word_count(line) > _SHORT and not {"@", "|", "/"} & set(line)):
            break
    return len(lines)


def _plain(line: str) -> str:
    return _RULED.sub("", line[:200]).lower()


# --- In what mood -----------------------------------------------------------------------------------------------------


def mood(text: str) -> float | None:
    """How well disposed a text sounds, from −1 to 1; 0 where it praises as much as it blames, or does neither.

    (good − bad) ÷ (good + bad + 2), where strong words count 2 and mild ones 1, and a good word after "not" is a mild
    bad one and the other way round: "thanks, this looks good" is 0.5. Give it `own_words`. None for fewer than four
    words, and for text in a language that we do not read (English, German, French and Spanish we do).
    """
    read = [each.lower().replace("’", "'") for each in _WORD.findall(text[:LONGEST])]
    weights, words = _weights(), _words()
    found = list(_phrases(read, weights))
    known = sum(word in words.common for word in read) + len(found)
    if len(read) < FEWEST or known < _SHARE_KNOWN * len(read):
        return None
    good = bad = 0.0
    for at, phrase in found:
        weight = weights[phrase]
        if any(word in words.turning for word in read[max(0, at - _TURNED_WITHIN) : at]):
            weight = -MILD if weight > 0 else MILD
        good, bad = good + max(weight, 0.0), bad + max(-weight, 0.0)
    return round((good - bad) / (good + bad + CALM), 3)


def _phrases(read: Sequence[str], weights: Mapping[tuple[str, ...], float]) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Where the words of a mood begin, and which: the longest that fits, none over another."""
    longest, at = max(map(len, weights)), 0
    while at < len(read):
        tries = (tuple(read[at : at + size]) for size in range(longest, 0, -1))
        phrase = next((each for each in tries if each in weights), None)
        if phrase:
            yield at, phrase
        at += len(phrase or (0,))


# --- Whether a machine wrote it ---------------------------------------------------------------------------------------

_BY_MACHINE = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-failed-recipients")
_PRECEDENCES = {"auto_reply", "auto-reply", "bulk", "junk"}
_SENDERS = ("mailer-daemon@", "postmaster@")


def is_auto_reply(headers: Mapping[str, str], subject: str, body: str) -> bool:
    """Whether a mail is a machine's: an out-of-office answer, a report that it could not be delivered.

    By its headers (RFC 3834's `Auto-Submitted` other than "no", `Precedence`, an empty `Return-Path`, the
    `X-Autoreply` family), by how the subject begins, or by what its first lines say; names of headers in any case,
    none where they are not known. `X-Auto-Response-Suppress` says nothing: it asks others not to answer.
    A subject that begins with "Re:" is a person's, though what they answer was a machine's.
    """
    given = {name.lower(): value.strip().lower() for name, value in headers.items()}
    return _is_so_by_headers(given) or _is_so_by_subject(subject) or _is_so_by_words(body)


def _is_so_by_headers(given: Mapping[str, str]) -> bool:
    submitted = given.get("auto-submitted", "no").partition(";")[0].strip()
    return (
        submitted not in ("", "no")
        or given.get("precedence", "") in _PRECEDENCES
        or given.get("return-path") == "<>"
        or given.get("content-type", "").startswith("multipart/report")
        or any(sender in given.get("from", "") for sender in _SENDERS)
        or any(given.get(name, "no") not in ("no", "false") for name in _BY_MACHINE)
    )


def _is_so_by_subject(subject: str) -> bool:
    plain = subject[:300].strip(" []*\t").lower()
    if plain.startswith(_words().subjects):
        return True
    begun = next((each for each in _words().absences if plain.startswith(each)), None)
    if begun is None:
        return False
    rest = plain[len(begun) :].lstrip()
    return not rest or rest.startswith((":", "[", "(", "]", "re:", "aw:", "- re:", "| re:"))


def _is_so_by_words(body: str) -> bool:
    first = " ".join(own_words(body)[:_FIRST].lower().replace("’", "'").split())
    words = _words()
    if any(phrase in first for phrase in words.sure):
        return True
    return any(phrase in first for phrase in words.away) and any(phrase in first for phrase in words.until)


# --- The words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    common: frozenset[str]
    turning: frozenset[str]
    subjects: tuple[str, ...]
    absences: tuple[str, ...]
    sure: tuple[str, ...]
    away: tuple[str, ...]
    until: tuple[str, ...]
    attributions: tuple[tuple[str, str], ...]
    forwards: frozenset[str]
    headers: frozenset[str]
    devices: tuple[str, ...]
    closings: frozenset[str]


@cache
def _words() -> _Words:
    raw = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    machine, quoting, moods = raw["automatic"], raw["quoting"], raw["mood"]
    return _Words(
        common=frozenset(moods["common"]),
        turning=frozenset(moods["turning"]),
        subjects=tuple(machine["subjects"]),
        absences=tuple(machine["absences"]),
        sure=tuple(machine["sure"]),
        away=tuple(machine["away"]),
        until=tuple(machine["until"]),
        attributions=tuple((first, verb) for first, verb in quoting["attributions"]),
        forwards=frozenset(quoting["forwards"]),
        headers=frozenset(quoting["headers"]),
        devices=tuple(quoting["devices"]),
        closings=frozenset(quoting["closings"]),
    )


@cache
def _weights() -> Mapping[tuple[str, ...], float]:
    """The words of a phrase → its weight."""
    moods = tomllib.loads(_DATA.read_text(encoding="utf-8"))["mood"]
    kinds = {"strong_good": STRONG, "mild_good": MILD, "strong_bad": -STRONG, "mild_bad": -MILD}
    return {tuple(_WORD.findall(phrase)): weight for kind, weight in kinds.items() for phrase in moods[kind]}
