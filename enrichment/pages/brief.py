"""From an answer's envelope to a brief that a person reads: every statement beside the evidence that bears it.

Pure: reads neither database nor clock. Text is whatever was collected or written; templates escape it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from enrichment.analysis.intent import LABELS
from enrichment.models.catalog import SECTIONS
from enrichment.pages.citing import Citations, Source
from enrichment.pages.words import age, label_of, moment, percent, value_text

SUPPORTS = {
    "verbatim": "in the source's own words",
    "derived": "computed from the source",
    "inferred": "concluded from the source",
}
SURE = (("high", 0.7), ("fair", 0.5), ("low", 0.0))  # from which share on
TECH_GROUPS = ("security", "infrastructure", "backend", "frontend", "analytics", "collaboration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What others say instead of a statement, who they are, and how long ago."""

    text: str
    said_by: str
    age: str
    sources: tuple[Source, ...]

    @property
    def ids(self) -> str:
        return " ".join(source.id for source in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One assertion of the brief; `support` is "" where nothing is recorded about it."""

    text: str
    support: str = ""
    meaning: str = ""
    sources: tuple[Source, ...] = ()
    others: tuple[Other, ...] = ()  # what is said instead
    is_pinned: bool = False  # a person says so, whatever sources say

    @property
    def ids(self) -> str:
        """The ids of its sources as the page's script reads them."""
        return " ".join(source.id for source in self.sources)

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Record:
    """Statements of one record of the body, by its fields' names."""

    fields: Mapping[str, Statement]

    def __getitem__(self, name: str) -> Statement:
        return self.fields.get(name, NOTHING)


@dataclass(frozen=True, slots=True)
class Group:
    """Statements under one heading."""

    label: str
    statements: tuple[Statement, ...]


NOTHING = Statement(text="")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A conflict about something that the brief does not show elsewhere."""

    label: str
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Which conversation it is, how sure that is, why, and how to go about it."""

    kind: Statement
    confidence: str  # "low, 33 %"
    because: tuple[Statement, ...]
    approach: Statement


class Reader:
    """Reads the statements of a body, and numbers the sources that they cite as it goes."""

    def __init__(self, body: Mapping[str, Any], grounding: Mapping[str, Any], *, now: datetime) -> None:
        self.body = body
        self._statements = grounding.get("statements") or {}
        self._citations = Citations(grounding.get("evidence") or {}, now=now)
        self._conflicts = list(grounding.get("conflicts") or ())
        self._now = now

    @property
    def sources(self) -> list[Source]:
        """What was cited so far, by number."""
        return self._citations.cited

    def statement(self, value: Any, pointer: str) -> Statement:
        """The statement at `pointer`, whose text is `value`."""
        text = value_text(value)
        claim = self._statements.get(pointer)
        if not text or not claim:
            return Statement(text=text)
        support = str(claim.get("support", ""))
        sources = self._citations.cite(claim.get("evidence", ()))
        return Statement(text=text, support=support, meaning=SUPPORTS.get(support, ""), sources=sources)

    def conflicting(self, statement: Statement, dataset: str, about: str = "") -> Statement:
        """The statement with what is said instead, where somebody does; a conflict is shown once."""
        for conflict in self._conflicts:
            if (conflict.get("dataset") in dataset.split() and (conflict.get("about") or "") == about) and statement:
                self._conflicts.remove(conflict)
                return self._with_others(statement, conflict)
        return statement

    def left(self) -> list[Disagreement]:
        """The conflicts that no statement bore so far."""
        return [
            Disagreement(
                label=", ".join(filter(None, (label_of(str(each.get("dataset"))), each.get("about")))),
                statement=self._with_others(Statement(text=value_text(each["shown"]["value"])), each),
            )
            for each in self._conflicts
        ]

    def _with_others(self, statement: Statement, conflict: Mapping[str, Any]) -> Statement:
        others = tuple(
            Other(
                text=value_text(each["value"]),
                said_by=", ".join(label_of(source) for source in each["sources"]),
                age=age(moment(each["observedAt"]), self._now),
                sources=self._citations.cite(each["evidence"]),
            )
            for each in conflict["others"]
        )
        return replace(statement, others=others, is_pinned=bool(conflict.get("pinned")))

    def record(self, value: Any, pointer: str) -> Record:
        given = value if isinstance(value, Mapping) else {}
        return Record({name: self.statement(inner, f"{pointer}/{escaped(name)}") for name, inner in given.items()})

    def records(self, name: str) -> list[Record]:
        return [self.record(value, f"/{name}/{place}") for place, value in enumerate(_list(self.body.get(name)))]

    def statements(self, *path: str) -> list[Statement]:
        """The statements of the list at `path`."""
        value: Any = self.body
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        pointer = "".join(f"/{escaped(step)}" for step in path)
        return [self.statement(inner, f"{pointer}/{place}") for place, inner in enumerate(_list(value))]

    def leaves(self, value: Any, pointer: str) -> list[Statement]:
        """Every statement at or below `pointer`; a record that bears one statement as a whole stays whole."""
        if pointer in self._statements or not isinstance(value, Mapping | list):
            found = self.statement(value, pointer)
            return [found] if found else []
        inner = enumerate(value) if isinstance(value, list) else value.items()
        return [leaf for key, each in inner for leaf in self.leaves(each, f"{pointer}/{escaped(str(key))}")]


def escaped(step: str) -> str:
    """One step of a JSON Pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# --- The brief --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The brief's parts. For a body of another shape only `other` is filled.

    `sections` are its parts in the order of the role's call; none for another shape.
    """

    customer: Record
    intent: Conversation | None
    sections: list[str]
    news: list[Record]
    opportunities: list[Record]
    contacts: list[Record]
    products: list[Record]
    talking_points: list[Statement]
    objections: list[Statement]
    advantage: Statement
    pain_points: list[Statement]
    in_use: list[Statement]
    technologies: list[Group]
    unseen: list[str]  # labels of the groups of technology of which nothing was visible
    observations: list[Statement]
    other: list[Group]
    disagreements: list[Disagreement]
    sources: list[Source]


def read_body(
    analysis: Mapping[str, Any], grounding: Mapping[str, Any], *, now: datetime, order: Sequence[str] = SECTIONS
) -> Body:
    """The body of `analysis` with its grounding. Sources are numbered in the order in which the brief shows them."""
    reader = Reader(analysis, grounding, now=now)
    is_customer = isinstance(analysis.get("customer"), Mapping)
    intent, customer = _conversation(reader), _customer(reader)
    parts: dict[str, Any] = {}
    for section in order:  # the order of reading is the order of numbers
        parts |= _READ[section](reader)
    return Body(
        intent=intent,
        customer=customer,
        **parts,
        sections=list(order) if is_customer else [],
        unseen=[label_of(name) for name in TECH_GROUPS if not reader.statements("tech_stack", name)],
        other=[] if is_customer else list(_other(reader)),
        disagreements=reader.left(),
        sources=reader.sources,
    )


def _now(reader: Reader) -> dict[str, Any]:
    return {"opportunities": reader.records("opportunity_signals"), "news": reader.records("news_signals")}


def _against(reader: Reader) -> dict[str, Any]:
    return {
        "advantage": _advantage(reader),
        "pain_points": reader.statements("competitor_context", "pain_points"),
        "in_use": reader.statements("competitor_context", "known_usage"),
    }


def _tech(reader: Reader) -> dict[str, Any]:
    return {
        "technologies": list(_groups(reader)),
        "observations": reader.statements("tech_stack", "observations"),
    }


# Section → what reads its fields of a body.
_READ: dict[str, Callable[[Reader], dict[str, Any]]] = {
    "now": _now,
    "whom": lambda reader: {"contacts": [_contact(reader, each) for each in reader.records("target_contacts")]},
    "fit": lambda reader: {"products": reader.records("recommended_products")},
    "say": lambda reader: {"talking_points": reader.statements("talking_points")},
    "object": lambda reader: {"objections": reader.statements("competitor_context", "objection_handling")},
    "against": _against,
    "tech": _tech,
}

DATASET_OF = {
    "name": "company_name",
    "industry": "industry",
    "size": "employee_count",
    "headquarters": "headquarters",
}


def _customer(reader: Reader) -> Record:
    told = reader.record(_in_order(reader.body.get("customer")), "/customer")
    fields = {name: reader.conflicting(said, DATASET_OF.get(name, "")) for name, said in told.fields.items()}
    return Record(fields)


def _contact(reader: Reader, told: Record) -> Record:
    title = reader.conflicting(told["title"], "decision_makers key_contacts", told["name"].text)
    return Record({**told.fields, "title": title}) if told["name"] else told


def _conversation(reader: Reader) -> Conversation | None:
    """None where the body has none: bodies of another shape, and reports of before."""
    told = reader.record(reader.body.get("intent"), "/intent")
    kind = told["kind"]
    if not kind:
        return None
    share = reader.body["intent"].get("confidence")
    sure = share if isinstance(share, int | float) else None
    word = next((word for word, least in SURE if sure is not None and sure >= least), "")
    return Conversation(
        kind=replace(kind, text=LABELS.get(kind.text, label_of(kind.text))),
        confidence=f"{word} confidence, {percent(sure)}" if word else "",
        because=tuple(reader.statements("intent", "because")),
        approach=told["approach"],
    )


def _in_order(customer: Any) -> Any:
    """The customer's fields as the page shows them: what they do, then the facts, then the name."""
    shown = ("description", "industry", "size", "headquarters")
    return {name: customer[name] for name in (*shown, *customer) if name in customer} if customer else customer


def _advantage(reader: Reader) -> Statement:
    context = reader.body.get("competitor_context")
    return reader.record(context, "/competitor_context")["positioning_advantage"] if context else NOTHING


def _groups(reader: Reader) -> Iterable[Group]:
    for name in TECH_GROUPS:
        found = reader.statements("tech_stack", name)
        if found:
            yield Group(label_of(name), tuple(found))


NOT_THE_BODY = frozenset({"data_quality", "persona", "vendor_context_used", "last_updated"})


def _other(reader: Reader) -> Iterable[Group]:
    """Any other body, heading by heading; the datasets of a consumer that an admin made are headings of their own."""
    body = {name: value for name, value in reader.body.items() if name not in NOT_THE_BODY}
    datasets = body.pop("datasets", {})
    parts = [(name, f"/{escaped(name)}", value) for name, value in body.items()]
    if isinstance(datasets, Mapping):
        parts += [(name, f"/datasets/{escaped(name)}", value) for name, value in datasets.items()]
    for name, pointer, value in parts:
        found = reader.leaves(value, pointer)
        if found:
            yield Group(label_of(name), tuple(found))
