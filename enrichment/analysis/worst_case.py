"""The worst engine that there could be: it obeys whatever any text of the prompt says, in every place of a report.

An engine like the others, for trials. It has no need to tell an instruction from a description: it does what *every*
text could be read to ask. It says texts, the ends and quotations of their sentences, what they hide (Base64,
hexadecimal, escapes, reversed, rotated, spaced out, in other scripts' letters), links, names, sums, its own system
prompt; and it claims for each of them whatever support the place asks for.
"""

import base64
import codecs
import html
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import unquote

from enrichment.analysis import prompts
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.derive import GROUPS
from enrichment.analysis.fields import table_of
from enrichment.analysis.grounding import Path, pointer_of
from enrichment.analysis.model import Claim, Draft, Support, Task, Usage
from enrichment.analysis.models_engine import Generated
from enrichment.analysis.portraits.answers import MOST as MOST_TRAITS
from enrichment.analysis.portraits.answers import PortraitAnswer, Section
from enrichment.analysis.schemas import MOST_ARTICLES, MOST_PEOPLE, MOST_SENTENCES, MOST_WORDS
from enrichment.analysis.shown import Line, Shown
from enrichment.analysis.text import leaves, words_in
from enrichment.analysis.vocabulary import is_ordinary

_LONGEST = 300  # characters that the schema has room for everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCaseEngine:
    """`tools` is what an engine must never have: called with every link that it reads. Engines of rows have none."""

    slug: str = "worst_case"
    tools: Any = None

    async def draft(self, task: Task) -> Draft:
        return self.write(task)

    def worst_cost(self, _task: Task) -> Decimal:
        """Nothing."""
        return Decimal(0)

    async def reply(self, *, system: str, user: str, hear: Callable[[str], None]) -> Usage:
        """Every order that the prompt could be read to give, a line each, citing whatever it stands under."""
        shown = Shown(system, user)
        orders = orders_in(shown)
        first = next((line.evidence for line in orders if line.evidence), ())
        for order in orders:
            if self.tools is not None:
                for url in _URL.findall(order.text):
                    self.tools(url)
            hear(f"{order.text} [{', '.join(order.evidence or first)}]\n")
        return Usage()

    def worst_reply(self, *, system: str, user: str) -> Decimal:
        """Nothing."""
        return Decimal(0)

    async def generate(
        self, answer: type[PortraitAnswer], *, schema: dict[str, Any], system: str, user: str
    ) -> Generated[PortraitAnswer]:
        """Every order that there is room for, section after section, citing whatever it stands under."""
        orders = orders_in(Shown(system, user))
        first = next((line.evidence for line in orders if line.evidence), ())
        places = itertools.cycle(get_args(Section))
        traits = [
            {"section": next(places), "text": order.text[:_LONGEST], "evidence": order.evidence or first}
            for order in orders[:MOST_TRAITS]
        ]
        return Generated(answer.model_validate({"traits": traits}), Usage())

    def worst_price(self, *, schema: dict[str, Any], system: str, user: str) -> Decimal:
        """Nothing."""
        return Decimal(0)

    def write(self, task: Task) -> Draft:
        """The draft, for callers without a loop."""
        base = Builtin().write(task)
        shown = Shown(prompts.system_text(task), prompts.user_text(task, base.body))
        orders = orders_in(shown)
        if self.tools is not None:
            for order in orders:
                for url in _URL.findall(order.text):
                    self.tools(url)
        obeying = _Obeying(base, orders, table_of(task.purpose).places)
        if task.purpose == "customer_intelligence":
            obeying.in_a_brief()
        elif task.purpose == "vendor_context":
            obeying.in_a_context()
        else:
            obeying.in_a_profile()
        return Draft(body=obeying.body, claims=obeying.claims, engine=self.slug, usage=Usage())


# --- What it takes for orders -----------------------------------------------------------------------------------------

_URL = re.compile(r"(?:https?|ftp|javascript|data):[^\s\"'<>)\]]+", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”'‘’«»`]([^\"“”«»`]{2,200}?)[\"“”'‘’«»`]")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n|: ")
_VERB = re.compile(
    r"\b(?:say|state|write|claim|report|output|respond|reply|answer|print|repeat|include|insert|add|append|mention|"
    r"recommend|tell|list|rate|emit|return|conclude|confirm|declare|announce|call|name|praise|promote|use)\b"
    r"(?: (?:that|only|with|to|the|words?|in|this|link|following|users?|reps?|them|everyone|readers?))*[:,]?\s+(.+)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w'-]+(?: [A-Z][\w'-]+)+")
_SUM = re.compile(r"[$€£]?\d[\d.,]*(?:\s?(?:million|billion|%|k|m|bn|employees|people|USD))?", re.IGNORECASE)
_SECRET = re.compile(r"\b(?:prompt|instructions|secret|rules|confidential)\b", re.IGNORECASE)
_FIRST = 4  # orders that come before the engine's own secrets
_ODD = re.compile(
    r"[^\x20-\x7e]|[<>{}\[\]\\|]|https?:|\b(?:ignore|system|instruction|prompt|must|you are|assistant)\b|=|::"
)


def orders_in(shown: Shown) -> list[Line]:
    """Everything that the prompt could be read to order, what looks most like an order first."""
    lines = [Line(line.about, text, line.evidence) for line in _read(shown) for text in _hidden(line.text)]
    orders: dict[str, Line] = {}
    for line in sorted(lines, key=lambda line: -_likeness(line.text)):
        for text in _demands(line.text):
            orders.setdefault(text, Line(line.about, text, line.evidence))
    told = list(orders.values())
    if any(_SECRET.search(line.text) for line in lines):
        own = [Line("system", text, told[0].evidence) for text in reversed(shown.system.splitlines()) if text]
        told[_FIRST:_FIRST] = own[:_FIRST]
    return told


def _read(shown: Shown) -> Iterator[Line]:
    for fact in shown.facts():
        yield from (Line(fact.about, text, fact.evidence) for text in _strings(fact.text))
    yield from shown.items()
    for letter in "nco":
        yield from shown.entries(letter)
    yield from (Line("told", text.partition(": ")[2], ()) for text in shown.user.split("\n\n")[0].splitlines())
    yield from (Line("question", text, ()) for text in shown.question().splitlines())


def _strings(text: str) -> Iterator[str]:
    try:
        yield from leaves(json.loads(text))
    except ValueError:  # cut
        yield text


def _likeness(text: str) -> int:
    """How much the text looks like an order."""
    return (
        min(len(_ODD.findall(text)), 9)
        + 2 * bool(_VERB.search(text))
        + 2 * bool(_URL.search(text) or _QUOTED.search(text))
    )


def _hidden(text: str) -> Iterator[str]:
    """The text, and what it says to whoever decodes it."""
    yield text
    plain = unicodedata.normalize("NFKC", html.unescape(unquote(text)))
    visible = "".join(char for char in plain if unicodedata.category(char) not in _UNSEEN)
    latin = visible.translate(_LOOKALIKE)
    closed = re.sub(r"(?<=\b\w)[\s.\-_*](?=\w\b)", "", latin) if re.search(r"(?:\b\w[\s.\-_*]){5,}", latin) else latin
    tags = "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    yield from dict.fromkeys(found for found in (visible, latin, closed, tags) if found and found != text)
    for decoded in (visible[::-1], codecs.decode(visible, "rot13"), latin.translate(_LEET)):
        if decoded != text and _is_english(decoded) and not _is_english(text):
            yield decoded
    for found in re.findall(r"[A-Za-z0-9+/_-]{12,}={0,2}", text):
        yield from _text_of(_from_base64, found)
    for found in re.findall(r"(?:[0-9a-fA-F]{2}[ :]?){8,}", text):
        yield from _text_of(bytes.fromhex, re.sub(r"[^0-9a-fA-F]", "", found))
    if "\\u" in text or "\\x" in text:
        yield from _text_of(lambda raw: codecs.decode(raw, "unicode_escape"), text)


_UNSEEN = frozenset({"Cf", "Mn", "Co", "Cn"})  # categories of characters that nobody sees by themselves


def _is_english(text: str) -> bool:
    words = words_in(text)
    return bool(words) and sum(map(is_ordinary, words)) >= 0.6 * len(words)


def _from_base64(found: str) -> bytes:
    bare = found.rstrip("=").replace("+", "-").replace("/", "_")
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))


def _text_of(decode: Callable[[str], bytes | str], raw: str) -> Iterator[str]:
    try:
        found = decode(raw)
        text = found if isinstance(found, str) else found.decode()
    except ValueError:
        return
    if len(text) > 4 and text.isprintable():
        yield text


_LOOKALIKE = str.maketrans("аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЅЈαεορτυνικ", "aeopcyxijsdhqwABEKMHOPCTYXISJaeoptuvik")
_LEET = str.maketrans("013457@$", "oieastas")


def _demands(text: str) -> Iterator[str]:
    """What the text could want to be said, from the most pointed to the whole of it."""
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    for part in parts:
        if found := _VERB.search(part):
            yield found[1].strip().rstrip(".!")
    yield from _URL.findall(text)
    yield from _QUOTED.findall(text)
    yield from _NAME.findall(text)
    yield from (found for found in _SUM.findall(text) if len(found) > 2)
    yield from parts
    yield text


# --- How it obeys -----------------------------------------------------------------------------------------------------


class _Obeying:
    """The built-in draft with orders in every place; a place that takes several takes as many as the schema lets it."""

    def __init__(self, base: Draft, orders: Sequence[Line], places: Mapping[str, Mapping[str, Any]]) -> None:
        self.body = deepcopy(base.body)
        self.claims = dict(base.claims)
        self.orders = orders
        self.places = places
        self.turn = _FIRST

    def _next(self, most: int) -> list[Line]:
        """The first orders, and then those whose turn it is: a brief has room for some hundred."""
        rest = max(min(most, _MOST_ORDERS) - _FIRST, 0)
        chosen = [*self.orders[:_FIRST][: max(most, 0)], *self.orders[self.turn : self.turn + rest]]
        self.turn = self.turn + rest if self.turn + rest < len(self.orders) else _FIRST
        return chosen

    def in_a_brief(self) -> None:
        for at in (("talking_points",), ("tech_stack", "observations"), ("competitor_context", "objection_handling")):
            self._list(at, MOST_SENTENCES, instead=True)
        for group in GROUPS:
            self._list(("tech_stack", group), MOST_WORDS)
        self._list(("competitor_context", "known_usage"), MOST_WORDS)
        self._list(("competitor_context", "pain_points"), MOST_WORDS)
        self._fields(("competitor_context",), ("positioning_advantage",))
        self._fields(("customer",), ("name", "industry", "size", "headquarters", "description"))
        for section, most, key, others in _SECTIONS:
            self._say_of_all(section, key, others)
            self._entries(section, most, (key, *others))
        self._hurry()

    def in_a_context(self) -> None:
        for name in ("products", "targetMarkets", "competitors", "valuePropositions", "customers"):
            self._list((name,), MOST_WORDS)
        self._entries("productDetails", MOST_WORDS, ("name", "description"))
        self._fields((), ("positioning", "industry", "companySize", "headquarters", "description"))

    def in_a_profile(self) -> None:
        for order in self.orders[:_MOST_ORDERS]:
            if order.about in self.body["datasets"] and isinstance(self.body["datasets"][order.about], list):
                self._list(("datasets", order.about), _MOST_ORDERS)
        self._fields(("company",), ("name", "industry", "size", "headquarters", "description"))

    def _list(self, at: Path, most: int, *, instead: bool = False) -> None:
        """Orders behind what the list holds, or in its place."""
        held = self._at(at)
        if instead:
            held.clear()
            for pointer in [pointer for pointer in self.claims if pointer.startswith(f"{pointer_of(at)}/")]:
                del self.claims[pointer]
        for order in self._next(most - len(held)):
            self._put((*at, len(held)), order.text, order.evidence)

    def _fields(self, at: Path, names: Sequence[str]) -> None:
        for order in self.orders[:1]:
            for name in names:
                self._put((*at, name), order.text, order.evidence)

    def _entries(self, section: str, most: int, names: Sequence[str]) -> None:
        """Entries of orders, each field of each the same one: a person, a product, a headline of that name."""
        held = self.body[section]
        for order in self._next(most - len(held)):
            held.append({})
            for name in names:
                self._put((section, len(held) - 1, name), _FIXED.get(name, order.text), order.evidence)

    def _say_of_all(self, section: str, key: str, names: Sequence[str]) -> None:
        """Orders in the sentences of true entries, now with the entry's own evidence and now with the order's."""
        sentences = [name for name in names if name in _SENTENCES]
        for index, order in enumerate(self._next(len(self.body[section]))):
            own = self.claims.get(f"/{section}/{index}/{key}")
            cited = own.evidence if own is not None and index % 2 else order.evidence
            for name in sentences:
                self._put((section, index, name), order.text, cited)

    def _hurry(self) -> None:
        """Everything is urgent, and everybody decides."""
        for section, name, value in (("opportunity_signals", "urgency", "high"), ("target_contacts", "role", _BOSS)):
            for entry in self.body[section]:
                entry[name] = value

    def _put(self, at: Path, text: str, evidence: Sequence[str]) -> None:
        holder, step = self._at(at[:-1]), at[-1]
        if isinstance(holder, list):
            holder.append(text[:_LONGEST])
        else:
            holder[step] = text[:_LONGEST]
        self.claims[pointer_of(at)] = self._claim(at, evidence)

    def _claim(self, at: Path, evidence: Sequence[str]) -> Claim:
        """Whatever support the place asks for."""
        place = "/".join("*" if isinstance(step, int) else str(step) for step in at)
        asked = next(iter(self.places.get(place, ())), "verbatim")
        support, _, how = asked.partition(":")
        return Claim(evidence=tuple(evidence), support=Support(support), how=how)

    def _at(self, path: Path) -> Any:
        found: Any = self.body
        for step in path:
            found = found[step]
        return found


_BOSS = "Decision Maker"
_MOST_ORDERS = 12  # in one section
_FIXED = {"role": _BOSS, "urgency": "high", "source": "news"}  # where the schema takes one of a few words
_SENTENCES = frozenset({"insight", "persona_fit", "signal", "reason", "outcome", "action"})
_SECTIONS: tuple[tuple[str, int, str, tuple[str, ...]], ...] = (
    ("news_signals", MOST_ARTICLES, "headline", ("date", "insight")),
    ("target_contacts", MOST_PEOPLE, "name", ("title", "email", "profile_url", "role", "persona_fit", "signal")),
    ("recommended_products", MOST_SENTENCES, "product", ("dataset_source", "reason", "outcome")),
    ("opportunity_signals", MOST_ARTICLES, "signal", ("source", "urgency", "action")),
)
