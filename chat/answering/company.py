"""Who the company is: overview, and whom it competes with. Pure."""

from collections.abc import Sequence

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.mentions import mentions
from chat.answering.model import Answer, Part, Said
from chat.answering.words import joined, text
from enrichment.door import FactItem

# Field of the body → its name, its dataset, and the words that ask for it alone.
BASICS = {
    "industry": ("Industry", "industry", "industry sector vertical market"),
    "size": ("Size", "employee_count", "size big large employees employee staff people headcount"),
    "headquarters": (
        "Location",
        "headquarters",
        "headquarters headquarter hq based located location office where city",
    ),
}
SELLING = frozenset("sell sells selling product products offer offers".split())
SERVING = frozenset("customers clients markets".split())
UNKEPT = ("revenue", "turnover", "founded", "subsidiaries", "owned", "owns")
WEBSITE = ("Website", "company_domain", "website site web domain url homepage")


def overview_of_business(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """What it is, its basics, what it sells and to whom; where one of these is asked for, that first."""
    basics = basics_of(held)
    spoken = about.spoken.union(about.words)
    asked = next((label for label, words in _asking() if spoken & set(words.split())), "")
    lead = next((each for label, each in basics if label == asked), None) if asked else None
    rest = part("Company basics", [each for _, each in basics if each is not lead])
    if lead is not None:
        return held.answer("", rest, lead=lead, datasets=datasets)
    if word := next((word for word in UNKEPT if word in spoken), ""):
        return _unkept(held, word, rest, datasets)
    told, pointer = held.field("customer", "description")
    described = held.said(told, pointer, dataset="company_overview")
    sells, serves = _sells(held), _serves(held)
    if (sells and spoken & SELLING) or (serves and spoken & SERVING):
        first = sells if sells and spoken & SELLING else serves
        return held.answer(
            f"What {held.name} says of itself:", first, serves if first is sells else None, datasets=datasets
        )
    parts = (rest, sells, serves, _doubts(held))
    return held.answer(f"{held.name} in short:", *parts, lead=described, datasets=datasets)


def _unkept(held: Held, word: str, rest: Part | None, datasets: Sequence[str]) -> Answer:
    """What no dataset keeps is looked for in the words of what was collected."""
    where = part("", mentions(held, About((word,))), 3)
    opening = "Where that stands:" if where else f"Nothing that we hold names “{word}”. What is known:"
    return held.answer(opening, where or rest, datasets=datasets)


def basics_of(held: Held) -> list[tuple[str, Said]]:
    """Industry, size, location and website as lines, each with its label; what is unknown is absent."""
    found: list[tuple[str, Said]] = []
    for name, (label, dataset, _) in BASICS.items():
        told, pointer = held.field("customer", name)
        if (told and (said := held.said(f"{label}: {told}", pointer, dataset=dataset))) or (
            said := _of_fact(held, label, dataset)
        ):
            found.append((label, said))
    if website := _of_fact(held, WEBSITE[0], WEBSITE[1]):
        found.append((WEBSITE[0], website))
    return found


def _of_fact(held: Held, label: str, dataset: str) -> Said | None:
    items = held.items(dataset)
    value = text(items[0].value) if items else ""
    return held.of_items(f"{label}: {value}", items[:1], dataset) if value else None


def _asking() -> list[tuple[str, str]]:
    return [(label, words) for label, _, words in (*BASICS.values(), WEBSITE)]


def _sells(held: Held) -> Part | None:
    products = held.records("products", "name")
    return part(
        "What they sell", [held.of_items(_described(item, name), [item], "products") for name, item in products], 5
    )


def _described(item: FactItem, name: str) -> str:
    told = text(item.value.get("description"), 160) if isinstance(item.value, dict) else ""
    return f"{name}: {told}" if told else name


def _serves(held: Held) -> Part | None:
    lines = [_listed(held, "target_markets", "They sell to"), _listed(held, "customers", "Customers that they name:")]
    return part("For whom", lines)


def _listed(held: Held, dataset: str, words: str, most: int = 6) -> Said | None:
    named = held.records(dataset, "name")[:most]
    return held.of_items(f"{words} {joined([name for name, _ in named])}", [item for _, item in named], dataset)


def _doubts(held: Held) -> Part | None:
    """What sources disagree about, of the company itself."""
    said: list[Said | None] = []
    for each in held.known.conflicts:
        others = [_value(other) for other in each.get("others", ())]
        if not each.get("about") and not each.get("pinned") and (shown := _value(each.get("shown"))) and any(others):
            dataset = str(each.get("dataset", ""))
            keys = [key for saying in (each["shown"], *each["others"]) for key in saying.get("evidence", ())]
            said.append(
                held.cited(
                    f"{held.label(dataset)}: {shown}, but others say {joined([o for o in others if o])}", keys, dataset
                )
            )
    return part("Sources disagree", said, 3)


def _value(saying: object) -> str:
    value = saying.get("value") if isinstance(saying, dict) else None
    if isinstance(value, dict):
        low, high = value.get("low"), value.get("high")
        return f"{low}" if low == high else f"{low} to {high}" if high is not None else f"{low} or more"
    return text(value)


# --- Competitors ------------------------------------------------------------------------------------------------------


def competitors(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """Whom it competes with; with `about`, whether that one is among them."""
    named = held.records("competitors", "name")
    asked = [(name, item) for name, item in named if about and about.is_in(name)]
    lead = held.of_items(f"Yes: {joined([name for name, _ in asked])} is named as a competitor of {held.name}.",
                         [item for _, item in asked], "competitors", support="derived")  # fmt: skip
    opening = "" if asked else f"Whom {held.name} competes with, by what sources name:"
    if about and not asked:
        opening = f"Nothing that we hold names {about.shown} as a competitor of {held.name}; that proves nothing."
    lines = [
        held.of_items(_with_age(held, name, item), [item], "competitors")
        for name, item in named
        if (name, item) not in asked
    ]
    return held.answer(opening, part("Competitors" if not asked else "Others", lines, 10), lead=lead, datasets=datasets)


def _with_age(held: Held, name: str, item: FactItem) -> str:
    return f"{name} (seen {age})" if (age := held.ago(item.observed_at)) else name
