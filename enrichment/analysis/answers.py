"""What a model answers, and how it becomes a draft.

A model writes sentences and nothing else: headlines, names, technologies, dates, urgencies are copied from evidence by
the built-in engine, whose draft the answer is laid over. Where one of the model's sentences is withheld, the built-in
one stands in its place (`Spare`).
"""

from copy import deepcopy
from functools import cache
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from enrichment.analysis.model import Claim, Draft, Spare, Support, Task, Usage
from enrichment.analysis.schemas import MOST_SENTENCES, MOST_WORDS
from enrichment.analysis.text import legible, normal

LONGEST = 800  # characters


def _legible(text: str) -> str:
    return legible(text, LONGEST)


Text = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(_legible)]
Reference = Annotated[str, StringConstraints(max_length=40)]
Cited = Annotated[list[Reference], Field(max_length=20)]


class StrictAnswer(BaseModel):
    """An answer of a model's, which holds what was asked for and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Sentence(StrictAnswer):
    text: Text
    evidence: Cited


class About(StrictAnswer):
    """A sentence about one of the numbered entries: n0, c2, o1."""

    about: Reference
    text: Text


class ProductAnswer(StrictAnswer):
    product: Text
    reason: Text
    outcome: Text
    evidence: Cited


class CustomerAnswer(StrictAnswer):
    insights: Annotated[list[About], Field(max_length=MOST_WORDS)]
    persona_fits: Annotated[list[About], Field(max_length=MOST_WORDS)]
    actions: Annotated[list[About], Field(max_length=MOST_WORDS)]
    observations: Annotated[list[Sentence], Field(max_length=MOST_SENTENCES)]
    products: Annotated[list[ProductAnswer], Field(max_length=MOST_SENTENCES)]
    positioning_advantage: Sentence
    objection_handling: Annotated[list[Sentence], Field(max_length=MOST_SENTENCES)]
    talking_points: Annotated[list[Sentence], Field(max_length=MOST_SENTENCES)]


class VendorAnswer(StrictAnswer):
    positioning: Sentence


ANSWERS: dict[str, type[CustomerAnswer] | type[VendorAnswer]] = {
    "customer_intelligence": CustomerAnswer,
    "vendor_context": VendorAnswer,
}

# Words of JSON Schema that structured output does not take; our own validation checks them.
_UNSUPPORTED = frozenset({"maxLength", "minLength", "maxItems", "minItems", "title", "default", "description"})


@cache
def wire_schema(purpose: str) -> dict[str, Any]:
    """The answer's JSON Schema within the limits of structured output: no lengths, no additional properties."""
    return strict_schema(ANSWERS[purpose])


def strict_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of any answer, within the same limits."""
    return _stripped(answer.model_json_schema())


def _stripped(schema: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in {"properties", "$defs"}:  # names of ours, not of the schema language
            kept[key] = {name: _stripped(part) for name, part in value.items()}
        elif key not in _UNSUPPORTED:
            kept[key] = _stripped(value) if isinstance(value, dict) else value
    return kept


def draft_from(answer: CustomerAnswer | VendorAnswer, base: Draft, task: Task, *, engine: str, usage: Usage) -> Draft:
    """The built-in draft with the model's sentences laid over it: those that say something, each once.

    A sentence that was said before, or is no more than the title of an item, leaves the built-in one where it is.
    """
    laid = _Laid(base, _Worth(task))
    if isinstance(answer, VendorAnswer):
        laid.sentence("/positioning", answer.positioning)
    else:
        _lay(answer, laid, task)
    return Draft(body=laid.body, claims=laid.claims, spares=laid.spares, engine=engine, usage=usage)


def _lay(answer: CustomerAnswer, laid: "_Laid", task: Task) -> None:
    for section, key, field, entries in (
        ("news_signals", "headline", "insight", answer.insights),
        ("target_contacts", "title", "persona_fit", answer.persona_fits),
        ("opportunity_signals", "signal", "action", answer.actions),
    ):
        for entry in entries:
            laid.about(section, key, field, entry)
    laid.sentences("/tech_stack/observations", answer.observations)
    laid.sentences("/competitor_context/objection_handling", answer.objection_handling)
    laid.sentences("/talking_points", answer.talking_points)
    laid.sentence("/competitor_context/positioning_advantage", answer.positioning_advantage)
    laid.products(answer.products, task)


class _Worth:
    """Which of an answer's sentences are worth a place."""

    def __init__(self, task: Task) -> None:
        self._said = {_plain(item.title) for item in task.evidence} | {""}

    def takes(self, text: str) -> bool:
        """Whether the sentence says something that was not said before; it is said from now on."""
        plain = _plain(text)
        if plain in self._said:
            return False
        self._said.add(plain)
        return True


def _plain(text: str) -> str:
    return normal(text).strip(" .!?")


class _Laid:
    """The base draft, being written over; what it said before becomes the spare."""

    def __init__(self, base: Draft, worth: _Worth) -> None:
        self._worth = worth
        self.body = deepcopy(base.body)
        self.claims = dict(base.claims)
        self.spares: dict[str, Spare] = {}

    def about(self, section: str, key: str, field: str, entry: About) -> None:
        """A sentence about an entry, resting on the evidence of the entry's own key."""
        entries = self.body.get(section, [])
        index = int(entry.about[1:]) if entry.about[1:].isdecimal() and len(entry.about) < 6 else len(entries)
        if index >= len(entries) or entry.about[0] != {"headline": "n", "title": "c", "signal": "o"}[key]:
            return
        own = self.claims.get(f"/{section}/{index}/{key}")
        if own is not None and not self._is_rule(section, index) and self._worth.takes(entry.text):
            self._put(f"/{section}/{index}/{field}", entry.text, _inferred(own.evidence))

    def _is_rule(self, section: str, index: int) -> bool:
        """Whether the admin's own rule says what to do: a model does not talk over it."""
        claim = self.claims.get(f"/{section}/{index}/action")
        return claim is not None and claim.how == "signal_rule"

    def sentence(self, pointer: str, sentence: Sentence) -> None:
        if self._worth.takes(sentence.text):
            self._put(pointer, sentence.text, _inferred(sentence.evidence))

    def sentences(self, pointer: str, sentences: list[Sentence]) -> None:
        """The model's list in place of the built-in one, unless it is empty."""
        told = [sentence for sentence in sentences if self._worth.takes(sentence.text)]
        if not told:
            return
        replaced = self._clear(pointer)
        self._list_at(pointer).extend(sentence.text for sentence in told)
        for index, sentence in enumerate(told):
            self.claims[f"{pointer}/{index}"] = _inferred(sentence.evidence)
            if index in replaced:
                self.spares[f"{pointer}/{index}"] = replaced[index]

    def products(self, answers: list[ProductAnswer], task: Task) -> None:
        """The model's products; where the built-in engine offers the same one, its words are the spares."""
        answers = [answer for answer in answers if self._worth.takes(answer.reason)]
        if not answers:
            return
        before = self.body["recommended_products"]
        spares = {
            (entry["product"], field): Spare(
                value=entry[field], claim=self.claims[f"/recommended_products/{index}/{field}"]
            )
            for index, entry in enumerate(before)
            for field in ("reason", "outcome")
            if entry[field]
        }
        self.claims = {at: claim for at, claim in self.claims.items() if not at.startswith("/recommended_products/")}
        self.body["recommended_products"] = []
        for index, answer in enumerate(answers):
            dataset = _dataset_of(task, answer.evidence)
            entry = {"product": answer.product, "reason": answer.reason, "outcome": answer.outcome or None}
            self.body["recommended_products"].append(entry | {"dataset_source": dataset})
            at = f"/recommended_products/{index}"
            self.claims[f"{at}/product"] = _derived("vendor_product", answer.evidence)
            self.claims[f"{at}/dataset_source"] = _derived("dataset_of", answer.evidence[:1])
            for field in ("reason", "outcome"):
                self.claims[f"{at}/{field}"] = _inferred(answer.evidence)
                if spare := spares.get((answer.product, field)):
                    self.spares[f"{at}/{field}"] = spare

    def _put(self, pointer: str, text: str, claim: Claim) -> None:
        holder, field = self._holder(pointer)
        if pointer in self.claims and holder.get(field):
            self.spares[pointer] = Spare(value=holder[field], claim=self.claims[pointer])
        holder[field] = text
        self.claims[pointer] = claim

    def _clear(self, pointer: str) -> dict[int, Spare]:
        told = self._list_at(pointer)
        replaced = {
            index: Spare(value=text, claim=self.claims.pop(f"{pointer}/{index}")) for index, text in enumerate(told)
        }
        told.clear()
        return replaced

    def _list_at(self, pointer: str) -> list[Any]:
        holder, field = self._holder(pointer)
        return cast("list[Any]", holder[field])

    def _holder(self, pointer: str) -> tuple[Any, str]:
        holder: Any = self.body
        *steps, field = pointer.split("/")[1:]
        for step in steps:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        return holder, field


def _dataset_of(task: Task, evidence: list[str]) -> str | None:
    """The first dataset that has an item from the first evidence that is cited."""
    for slug in sorted(task.facts):
        if any(evidence[:1] == [key] for item in task.facts[slug].items for key in item.evidence):
            return slug
    return None


def _inferred(evidence: Any) -> Claim:
    return Claim(evidence=tuple(evidence), support=Support.INFERRED)


def _derived(how: str, evidence: list[str]) -> Claim:
    return Claim(evidence=tuple(evidence), support=Support.DERIVED, how=how)
