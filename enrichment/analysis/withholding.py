"""Why statements were left out of a report, counted, in words for whoever reads the report."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from enrichment.analysis.hostile import talks_to_machines

# How a complaint begins → what it comes to. In the order in which several are told where they are equally many.
_KINDS = (
    ("is not what the cited evidence says", "not what the cited item says"),
    ("asserts what is not cited", "asserts something that the cited items do not say"),
    ("names a number", "a number that is not in the cited items"),
    ("names a time", "a time that is not in the cited items"),
    ("names what", "a name or word that is not in the cited items"),
    ("joins names", "names put together that do not stand together"),
    ("quotes what", "a quotation that is in none of the cited items"),
    ("says as certain", "says as certain what one source alone says"),
    ("says that it is done", "says that something is done which is only planned"),
    ("types a person", "says what type of personality somebody has"),
    ("touches private life", "speaks of somebody's private life, health or belief"),
    ("offers terms", "promises or asks what no persona may"),
    ("second reading", "an engine that read it again found no support for it"),
    ("puts together", "puts together what the cited items keep apart"),
    ("puts in place", "puts one thing in place of another that is cited"),
    ("turns round", "turns round who does what"),
    ("takes for granted", "takes for granted what the cited items do not say"),
    ("promises what", "promises what the product is not about"),
    ("claims more", "claims more than the cited items do"),
    ("bounds a number", "a number that the cited items bound otherwise"),
    ("says the opposite", "says the opposite of the cited items"),
    ("says as settled", "says as settled what the cited items leave open"),
    ("says of today", "says of today what the cited items tell of the past"),
    ("says of the whole", "says of the whole what the cited items say of a part"),
    ("says of many", "says of many what the cited items say of one"),
    ("says that they said", "has them say what others wrote"),
    ("says ", "says of a product what its description does not"),
    ("speaks of", "speaks of another kind of news than it cites"),
    ("supposes", "supposes what the cited items give no reason for"),
    ("gives a cause", "gives a cause that the cited items do not give"),
    ("gives a ground", "gives a reason for what is yet to come"),
    ("has nothing in common", "has nothing to do with what it cites"),
    ("cites evidence that", "cites an item that does not exist"),
    ("cites nothing", "cites nothing"),
    ("talks to machines", "gives orders to a machine"),
    ("holds a link", "holds a link, an address or markup"),
    ("is no", "is no sentence in plain words"),
)
OTHERWISE = "may not stand where it was put"


def reason(why: str) -> str:
    """What a complaint comes to: "names a number that is not cited: 60" is "a number that is not in …"."""
    return next((words for start, words in _KINDS if why.startswith(start)), OTHERWISE)


def reasons(withheld: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each reason with how many statements were left out for it, most first: [{"why": …, "count": 3}]."""
    order = [*(words for _, words in _KINDS), OTHERWISE]
    counted = Counter(reason(str(one.get("why", ""))) for one in withheld)
    ranked = sorted(counted.items(), key=lambda each: (-each[1], order.index(each[0])))
    return [{"why": why, "count": count} for why, count in ranked]


def set_aside(evidence: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The ids of items in which a text gives orders to machines: that text was shown to no engine and bears nothing."""
    return [
        key
        for key, item in evidence.items()
        if any(talks_to_machines(str(item.get(name) or "")) for name in ("title", "publisher", "text"))
    ]
