"""What was said, as a reader sees it: lines with their evidence, badges, buttons and one's own judgement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chat.answering.model import FAIR, HIGH
from chat.choosing import SELECT
from chat.models import ChatEvent, ChatMessage
from chat.pages import markdown
from chat.pages.quoting import Quoted
from chat.saying import MEANWHILE
from enrichment.pages.words import age, age_of_seconds, moment
from salesintel.narrowed import certain

OPEN = "open"  # the action of a button that leads to a page of ours


@dataclass(frozen=True, slots=True)
class Band:
    """How far something is believed, in words and with the colour that goes with them."""

    label: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A collected item; `id` is its element's on the page."""

    id: str
    number: int
    title: str
    url: str
    name: str
    age: str
    quote: str
    band: Band | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    name: str
    age: str
    band: Band
    ids: str  # of the elements that it opens, "" for none

    @property
    def first(self) -> str:
        return self.ids.partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cite:
    """The mark behind a statement that opens its evidence."""

    support: str
    numbers: str
    first: str
    ids: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """`place` among the message's actions; `href` where it only leads somewhere."""

    place: int
    label: str
    note: str
    href: str
    is_choice: bool
    is_next: bool  # a question that may be asked next: under the last answer alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A message on the page."""

    message: ChatMessage
    seq: int
    is_ours: bool
    is_failed: bool
    is_meanwhile: bool
    blocks: list[tuple[str, list[tuple[markdown.Line, list[Cite]]]]]
    evidence: Sequence[Evidence]
    badges: Sequence[Badge]
    buttons: Sequence[Button]
    client_id: str
    quoted: Quoted | None  # the question, where it does not stand directly above

    @property
    def ends_turn(self) -> bool:
        """Whether it is the whole answer to a question: what was shown of it while it was written goes."""
        return self.is_ours and not self.is_meanwhile and self.message.turn_id is not None

    @property
    def may_be_judged(self) -> bool:
        """Answers: a question back is none, nor what is said while one waits."""
        return self.is_ours and not self.is_meanwhile and bool(self.message.metadata.get("intent"))


def spoken(event: ChatEvent, *, now: datetime, quoted: Quoted | None = None) -> Spoken:
    """The message that the event tells of; message, turn and feedback are selected with it."""
    message = certain(event.message, ChatMessage)  # only events with one are asked for
    is_ours = message.type == ChatMessage.Type.ASSISTANT
    evidence = _evidence(message, now=now) if is_ours else {}
    buttons = [button for button in map(_button, range(len(message.actions)), message.actions) if button is not None]
    return Spoken(
        message=message,
        seq=event.seq,
        is_ours=is_ours,
        is_failed=event.data.get("status") == "failed",
        is_meanwhile=event.data.get("step") == MEANWHILE,
        blocks=_blocks(message, evidence, {each["label"] for each in message.actions}) if is_ours else [],
        evidence=list(evidence.values()),
        badges=[_badge(each, message, evidence, now=now) for each in message.metadata.get("sources", ())],
        buttons=buttons,
        client_id=(message.turn.client_id or "") if message.turn and not is_ours else "",
        quoted=quoted,
    )


def band_of(confidence: float) -> Band:
    """The document's three dots, in words and colour."""
    share = f"{round(confidence * 100)} %"
    if confidence > HIGH:
        return Band(_("high, %(share)s") % {"share": share}, "good")
    if confidence > FAIR:
        return Band(_("fair, %(share)s") % {"share": share}, "warn")
    return Band(_("low, %(share)s") % {"share": share}, "bad")


# --- Evidence ---------------------------------------------------------------------------------------------------------


def _evidence(message: ChatMessage, *, now: datetime) -> dict[str, Evidence]:
    """Item's id → the item, numbered in the order in which the statements cite them."""
    bands = {str(each["name"]): band_of(float(each["confidence"])) for each in message.metadata.get("sources", ())}
    found: dict[str, Evidence] = {}
    for statement in message.metadata.get("statements", ()):
        for item in statement["evidence"]:
            if item["id"] in found:
                continue
            number, name = len(found) + 1, str(item.get("publisher") or item.get("source") or "")
            found[item["id"]] = Evidence(
                id=f"e-{message.pk}-{number}",
                number=number,
                title=str(item.get("title") or name or _("An item without a title")),
                url=_web(item.get("url")),
                name=name,
                age=age(moment(item.get("publishedAt")), now),
                quote=str(item.get("quote") or ""),
                band=bands.get(name),
            )
    return found


def _web(url: object) -> str:
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else ""


def _badge(told: Mapping[str, Any], message: ChatMessage, found: Mapping[str, Evidence], *, now: datetime) -> Badge:
    name = str(told["name"])
    return Badge(
        name=name,
        age=age(moment(told.get("lastUpdated")), now),
        band=band_of(float(told["confidence"])),
        ids=" ".join(each.id for each in found.values() if each.name == name),
    )


def _blocks(
    message: ChatMessage, found: Mapping[str, Evidence], offered: set[str]
) -> list[tuple[str, list[tuple[markdown.Line, list[Cite]]]]]:
    """The content with a mark behind each statement; what stands on a button is not said once more."""
    said = [(_even(each["text"]), each) for each in message.metadata.get("statements", ()) if each["evidence"]]
    shown = []
    for block in markdown.blocks(message.content):
        lines = [line for line in block.lines if block.kind != "ul" or line.text not in offered]
        if lines:
            shown.append((block.kind, [(line, _cites(line, said, found)) for line in lines]))
    return shown


def _cites(line: markdown.Line, said: Sequence[tuple[str, Any]], found: Mapping[str, Evidence]) -> list[Cite]:
    text = _even(line.text)
    return [_cite(each, found) for words, each in said if words and words in text]


def _cite(statement: Mapping[str, Any], found: Mapping[str, Evidence]) -> Cite:
    items = [found[item["id"]] for item in statement["evidence"]]
    return Cite(
        support=str(statement.get("support") or "evidence"),
        numbers=",".join(str(item.number) for item in items),
        first=items[0].id,
        ids=" ".join(item.id for item in items),
    )


def _even(text: str) -> str:
    return " ".join(str(text).split())


# --- Buttons ----------------------------------------------------------------------------------------------------------


def _button(place: int, action: Mapping[str, Any]) -> Button | None:
    payload = action.get("payload") or {}
    href = str(payload.get("url", "")) if action["action"] == OPEN else ""
    if action["action"] == OPEN and not (href.startswith("/") and not href.startswith("//")):
        return None
    is_choice = action["action"] == SELECT
    label = str(action["label"])
    name = str(payload.get("name") or label) if is_choice else label
    note = _note(label, payload) if is_choice else ""
    return Button(
        place=place, label=name, note=note, href=href, is_choice=is_choice, is_next=set(payload) == {"intent"}
    )


def _note(label: str, payload: Mapping[str, Any]) -> str:
    """What tells one company from another: domain, industry, how old what is known of it is."""
    _head, _sep, industry = label.partition(") - ") if payload.get("domain") else label.partition(" - ")
    seconds = payload.get("ageSeconds")
    known = _("known %(age)s") % {"age": age_of_seconds(float(seconds))} if isinstance(seconds, int | float) else ""
    parts = (str(payload.get("domain") or ""), industry, known or _("nothing known yet"))
    return " · ".join(part for part in parts if part)
