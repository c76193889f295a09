"""Which intent a question asks for: how near it is to the examples of each."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from chat.understanding.model import Context, IntentRule, Slots, Understood

_WORD = re.compile(r"[^\W_]+")
_NAMED = re.compile(r"\b(?:with|for|about|meeting|research)\s+(?P<name>[A-Z][\w&.'-]*(?:\s+[A-Z][\w&.'-]*)*)")


def understand(text: str, rules: Sequence[IntentRule], context: Context) -> Understood:
    """The intent whose examples are nearest, by words weighed by how few intents use them."""
    asked = Counter(_words(text))
    if not asked or not rules:
        return Understood(intent="", score=0.0)
    spoken = {rule.slug: Counter(_words(" ".join((*rule.phrases, *rule.words)))) for rule in rules}
    weight = {word: math.log(1 + len(rules) / sum(word in words for words in spoken.values())) for word in _all(spoken)}
    scores = sorted(((slug, _near(asked, words, weight)) for slug, words in spoken.items()), key=lambda each: -each[1])
    (best, score), *others = scores
    slots = Slots(company=_company(text, context))
    return Understood(intent=best if score else "", score=score, slots=slots, others=tuple(others[:3]))


def _company(text: str, context: Context) -> str:
    """Another company than the one that is talked of, as it was written."""
    found = _NAMED.search(text)
    name = found["name"].rstrip(".?!") if found else ""
    spoken_of = {context.company.casefold(), context.vendor.casefold()}
    return "" if name.casefold() in spoken_of else name


def _near(asked: Counter[str], words: Counter[str], weight: dict[str, float]) -> float:
    """The share of the question's weight that the intent's examples have, 0 to 1."""
    whole = sum(weight.get(word, math.log(2)) for word in asked)
    return sum(weight[word] for word in asked if word in words) / whole


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _all(spoken: dict[str, Counter[str]]) -> set[str]:
    return {word for words in spoken.values() for word in words}
