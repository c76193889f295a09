"""What an answer has left to say, once some of it was said. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from chat.answering.model import Answer, Part, Said

MOST = 8  # statements of one part
NAMED = frozenset({"decision_makers", "competitors"})  # whose statements begin with whom they are about


def continued(answer: Answer, before: Collection[Mapping[str, Any]], name: str) -> Answer:
    """The answer without what was said `before` (as `statements_json` has it) on the company of that name.

    Whoever was named is not named once more in other words. Where nothing is left, it says so.
    """
    if answer.is_empty:
        return answer
    told = {_without_age(str(each.get("text", ""))) for each in before}
    lead = answer.lead if answer.lead is not None and not _is_told(answer.lead, told) else None
    parts = tuple(left for each in answer.parts if (left := _left(each, told)) is not None)
    if lead is None and not parts:
        return Answer(opening=f"There is no more that I hold of {name} on this.", missing=answer.missing)
    return Answer(opening="What I have not told yet:", lead=lead, parts=parts)


def _left(part: Part, told: Collection[str]) -> Part | None:
    left = tuple(each for each in (*part.said, *part.rest) if not each.is_ours and not _is_told(each, told))
    if not left:
        return None
    return Part(heading=part.heading, said=left[:MOST], is_list=part.is_list, rest=left[MOST:])


def _is_told(said: Said, told: Collection[str]) -> bool:
    words = _without_age(said.text)
    if words in told:
        return True
    subject = words.partition(", ")[0].partition(" (")[0]
    return said.dataset in NAMED and ": " not in subject and any(subject in each for each in told)


def _without_age(text: str) -> str:
    """“Acme raises $50M (TechCrunch, 5 days ago)” → “Acme raises $50M”: tomorrow it is six days."""
    return text.rpartition(" (")[0] or text
