"""What a persona consists of. Plain values."""

from dataclasses import dataclass, field
from typing import Any, Literal

Support = Literal["derived", "verbatim", "inferred"]

# In the order in which they are read, by the names that the API has.
SECTIONS = (
    "communicationStyle",
    "bestTime",
    "bestChannel",
    "painPoints",
    "buyingMotivations",
    "likelyObjections",
    "recommendedApproach",
    "nextStep",
    "do",
    "doNot",
)
LISTS = frozenset({"painPoints", "buyingMotivations", "likelyObjections", "do", "doNot"})
ADVICE = frozenset({"recommendedApproach", "nextStep", "do", "doNot"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One thing that is said of a contact.

    `support`: derived (computed from what happened), verbatim (their own words are quoted) or inferred (what is usual,
    or concluded). `n` is how many observations bear it, `low` and `high` the 95 % interval of the figure in it, where
    it has one. `evidence`: ids of interactions, at most a dozen, the latest first.
    """

    section: str
    name: str
    value: str
    support: Support
    n: int = 0
    low: float | None = None
    high: float | None = None
    enough: bool = True
    unit: str = ""
    evidence: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "name": self.name,
            "value": self.value,
            "support": self.support,
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "enough": self.enough,
            "unit": self.unit,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A persona before it is stored."""

    persona_name: str
    role: str
    company: str
    traits: tuple[Trait, ...] = field(default=())

    @property
    def borne(self) -> float:
        """The share of traits with enough evidence, 0 to 1; advice follows from the others, and does not count."""
        told = [trait for trait in self.traits if trait.section not in ADVICE]
        return sum(trait.enough for trait in told) / len(told) if told else 0.0

    def as_json(self) -> dict[str, Any]:
        """The body of the persona, as the API has it."""
        body: dict[str, Any] = {"personaName": self.persona_name, "role": self.role, "company": self.company}
        for section in SECTIONS:
            said = [trait.value for trait in self.traits if trait.section == section]
            body[section] = said if section in LISTS else " ".join(said)
        return body | {"traits": [trait.as_json() for trait in self.traits]}
