"""What it runs, what of it competes with us, and what we would connect to. Pure."""

from collections.abc import Sequence

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.mentions import mentions, passages
from chat.answering.model import FAIR, Answer, Part, Said
from chat.answering.words import counted, joined, text
from enrichment.door import FactItem, technology_named

# The document's headings and lines; a technology that our list does not know stands under its source's group.
LINES = {
    "Core infrastructure": {"cloud": "Cloud", "cdn": "CDN", "infrastructure": "Operations", "analytics": "Analytics"},
    "Development": {
        "languages": "Languages",
        "frameworks": "Frameworks",
        "databases": "Databases",
        "frontend": "Front end",
        "backend": "Back end",
    },
    "Business applications": {
        "crm": "CRM",
        "marketing": "Marketing",
        "communication": "Communication",
        "collaboration": "Work",
    },
    "Security": {"security": "Sign-in and security"},
    "Besides": {"": "Also found"},
}
DATASETS = ("tech_stack", "competitive_usage")
LINE = 8  # technologies of one line
Found = tuple[str, FactItem, str]  # name, claim, dataset


def stack(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """The technologies by what they are for; with `about`, whether they use it."""
    found = _used(held)
    about = about or _spoken_of(found, about)
    if about:
        return _whether(held, about, found, datasets)
    sure = [each for each in found if each[1].reliability > FAIR]
    doubtful = [each for each in found if each[1].reliability <= FAIR]
    observed = [held.said(told, at, dataset="tech_stack") for at, told in held.leaves("tech_stack", "observations")[:1]]
    number = counted(len(found), "technology", "technologies")
    return held.answer(
        f"What {held.name} runs: {number} found, the newest sign {held.newest(item for _, item, _ in found)}.",
        *(_under(held, heading, sure) for heading in LINES),
        part("Less certain", [_line(held, "Named by one weak source", doubtful)]),
        part("Worth asking", observed),
        datasets=datasets,
    )


def _spoken_of(found: Sequence[Found], about: About) -> About:
    """A maker, a kind or a technology that the question names by the way: “a Microsoft shop”, “languages”."""
    known = [technology_named(name) for name, _, _ in found]
    names = [[each.name, each.vendor, each.chat_group] for each in known if each is not None]
    return about.telling(names, but="other tech technology technologies stack tools software systems platforms")


def _used(held: Held) -> list[Found]:
    """What is in use by any account, each once."""
    found: dict[str, Found] = {}
    for dataset, field in zip(DATASETS, ("name", "product"), strict=True):
        for name, item in held.records(dataset, field):
            known = technology_named(name)
            found.setdefault(known.name.casefold() if known else name.casefold(), (name, item, dataset))
    return list(found.values())


def _place(found: Found) -> str:
    name, item, _ = found
    known = technology_named(name)
    if known is not None:
        return known.chat_group if known.chat_group != "other" else known.group
    return text(item.value.get("group")) if isinstance(item.value, dict) else ""


def _under(held: Held, heading: str, found: Sequence[Found]) -> Part | None:
    lines = LINES[heading]
    everywhere = {place for each in LINES.values() for place in each if place}
    placed = [(place if (place := _place(each)) in everywhere else "", each) for each in found]
    of_line = {label: [each for at, each in placed if at == place] for place, label in lines.items()}
    said = [_line(held, label, each) for label, each in of_line.items()]
    further = [
        _line(held, label, each[at:]) for label, each in of_line.items() for at in range(LINE, len(each), LINE)
    ]  # fmt: skip
    return part(heading, said, further=further)


def _line(held: Held, label: str, found: Sequence[Found]) -> Said | None:
    shown = found[:LINE]
    names = joined([name for name, _, _ in shown]) + (f", and {len(found) - LINE} more" if len(found) > LINE else "")
    return held.of_items(f"{label}: {names}", [item for _, item, _ in shown], "tech_stack")


# --- One of them ------------------------------------------------------------------------------------------------------


def _whether(held: Held, about: About, found: Sequence[Found], datasets: Sequence[str]) -> Answer:
    named = [each for each in found if about.is_technology(each[0])]
    of_kind = [] if named else [each for each in found if _is_kind(each, about)]
    if named or of_kind:
        first = named or of_kind
        names = joined([_titled(name, item) for name, item, _ in first[:6]])
        items = [item for _, item, _ in first[:6]]
        words = (
            f"Yes: {names} was found at {held.name}." if named else f"Found at {held.name} for {about.shown}: {names}."
        )
        return held.answer(
            "",
            part("Where it shows", passages(held, items, [name for name, _, _ in first], dataset=first[0][2]), 4),
            lead=held.of_items(words, items, first[0][2], support="derived"),
            datasets=datasets,
        )  # fmt: skip
    near = _same_field(held, about, found)
    where = mentions(held, about)
    opening = f"Nothing that we hold shows {about.shown} in use at {held.name}. That is no proof of the contrary."
    return held.answer(opening, part("Where the word stands", where, 3), near, datasets=datasets, nothing=opening)


def _titled(name: str, item: FactItem) -> str:
    category = text(item.value.get("category"), 60) if isinstance(item.value, dict) else ""
    return f"{name} ({category})" if category and category.casefold() != name.casefold() else name


def _is_kind(found: Found, about: About) -> bool:
    name, item, _ = found
    known = technology_named(name)
    category = item.value.get("category", "") if isinstance(item.value, dict) else ""
    words = [category, *((known.category, known.chat_group, known.group, known.vendor) if known else ())]
    return about.is_in(words)


def _same_field(held: Held, about: About, found: Sequence[Found]) -> Part | None:
    """What is in use for the same purpose as the one that was asked for."""
    meant = technology_named(" ".join(about.words))
    if meant is None:
        return None
    near = [each for each in found if (k := technology_named(each[0])) is not None and k.category == meant.category]
    return part(
        "In use for the same purpose", [held.of_items(_titled(name, item), [item], of) for name, item, of in near]
    )


# --- Whose products ---------------------------------------------------------------------------------------------------


def vendors_in_use(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """What competes with us first; with `about`, whether they use that."""
    if about:
        return _whether(held, about, _used(held), datasets)
    rivals = rivals_in_use(held)
    items = {name.casefold(): item for name, item in held.records("competitive_usage", "product")}
    said = []
    for pointer, name in held.leaves("competitor_context", "known_usage"):
        item = items.get(name.casefold())
        age = held.ago(held.seen(item)) if item else ""
        shown = _titled(name, item) if item else name
        said.append(held.said(f"{shown}, seen {age}" if age else shown, pointer, dataset="competitive_usage"))
    lead = rivals[0] if rivals else None
    opening = f"Products of vendors that were found at {held.name}:"
    return held.answer(
        opening if rivals or not held.vendor else f"Nothing of {held.vendor}'s competitors was found. {opening}",
        part("In use", said, 8),
        part("What to find out", actions_on(held, "May use ", "Uses "), 2),
        lead=lead,
        datasets=datasets,
    )


def rivals_in_use(held: Held) -> list[Said]:
    """Why the evidence speaks of a competitor's product in use, in the analysis' own words."""
    kind, _ = held.field("intent", "kind")
    if kind not in ("competitive", "renewal"):
        return []
    said = [held.said(told, at, dataset="competitive_usage") for at, told in held.leaves("intent", "because")]
    return [each for each in said if each]


def actions_on(held: Held, *beginnings: str) -> list[Said | None]:
    """What the analysis advises on signals that begin in one of these ways, each with its signal."""
    return [
        held.said(f"{signal}: {action}", f"{at}/signal", f"{at}/action", dataset="buying_signals")
        for at, row in held.rows("opportunity_signals")
        if (signal := text(row.get("signal"))).startswith(beginnings) and (action := text(row.get("action"), 600))
    ]


# --- Integration ------------------------------------------------------------------------------------------------------


def integration(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """The systems that a new product would have to work with."""
    systems = held.records("integration_needs", "system")
    if about:
        systems = [each for each in systems if about.is_technology(each[0]) or about.is_in(each[1].value)] or systems
    names = [name for name, _ in systems]
    told = sorted(held.leaves("tech_stack", "observations"), key=lambda each: -sum(name in each[1] for name in names))
    lead = next(
        (held.said(said, at, dataset="integration_needs") for at, said in told if any(n in said for n in names)), None
    )
    lines = [held.of_items(_titled(name, item), [item], "integration_needs") for name, item in systems]
    return held.answer(
        f"What a new product would meet at {held.name}:",
        part("Systems to connect to", lines, 8),
        part("What to ask", actions_on(held, "May have to work with"), 3),
        lead=lead,
        datasets=datasets,
    )
