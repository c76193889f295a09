"""Does a report say only what is borne, and what is true? By labels that a person gave, and by the sandbox's world.

Labelled: statements of engines, labelled before the checker was asked (`labelled/STATEMENTS.md`); rounds A, D, E and H
are what the checker was mended by, B was fresh when it was first measured, and so are C and I. By the world: briefs and
vendors' contexts of real runs, drafted by five engines, of which two lie; what a report shows is right if the world's
files say so. What is false then, a source said: somebody who has left, a tool that is gone.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from enrichment.analysis import articles, findings, values
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.derive import GROUPS
from enrichment.analysis.fake_engine import FakeEngine
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import Engine, Task
from enrichment.analysis.text import normal
from enrichment.analysis.withholding import reason
from enrichment.analysis.worst_case import WorstCaseEngine
from enrichment.sandbox import world
from enrichment.technologies import by_name
from tests.benchmarks.analysed import Analysed, tasks
from tests.benchmarks.quality_truth import Judge, judges
from tests.benchmarks.stage import staged
from tests.enrichment.analysis.labelled.exchanging import exchanged
from tests.enrichment.analysis.labelled.statements import Round, Statement, complaints, verdict
from tests.enrichment.analysis.plausible import Plausible
from tests.reliability.injections import DRESSES, FRESH, LAST, injections, outcome

Figure = tuple[str, str, str]  # what, measured, target

PROSPECTS = 40
VENDORS = ("okta.com", "quillmark.com", "relayforge.dev", "savannamobile.co.ke", "sentrelis.com")
INJECTIONS = 480
ENGINES: dict[str, Engine] = {
    "built-in": Builtin(),
    "fake": FakeEngine(),
    "liar of a third": Plausible(),
    "liar of nine tenths": Plausible(seed=1, share=0.9),
    "worst case": WorstCaseEngine(),
}


def run() -> list[Figure]:
    rounds: tuple[Round, ...] = ("A", "D", "E", "H", "B", "C", "I")
    return [*(row for which in rounds for row in labelled(which)), *of_words(), *of_the_world(), *injected()]


# --- By labels --------------------------------------------------------------------------------------------------------


def labelled(which: Round) -> Iterator[Figure]:
    """What the checker lets pass and withholds, against the labels: in all, by support, by engine, by reason."""
    found = list(complaints(which))
    if not found:
        return
    yield (f"labelled {which}: unsupported of what is shown", _wrong(found), "≤ 1 %")
    yield (f"labelled {which}: supported that is shown (recall)", _recall(found), "≥ 0.80")
    for support in sorted({each.claim.support for each, _ in found}):
        some = [(each, why) for each, why in found if each.claim.support is support]
        yield (f"labelled {which}: {support}: unsupported shown; recall", f"{_wrong(some)}; {_recall(some)}", "")
    for engine in sorted({each.engine for each, _ in found}):
        some = [(each, why) for each, why in found if each.engine == engine]
        yield (f"labelled {which}: by {engine}: unsupported shown; recall", f"{_wrong(some)}; {_recall(some)}", "")
    wrongly = Counter(reason(why) for each, why in found if why and each.supported)
    rightly = Counter(reason(why) for each, why in found if why and not each.supported)
    for why in sorted({*wrongly, *rightly}, key=lambda why: -rightly[why]):
        yield (f"labelled {which}: withheld: {why}"[:64], f"{rightly[why]} rightly, {wrongly[why]} not", "")


def of_words() -> Iterator[Figure]:
    """Of fair statements whose words are exchanged by machine: how many are withheld."""
    caught: Counter[str] = Counter()
    made: Counter[str] = Counter()
    rounds: tuple[Round, ...] = ("A", "D")
    for how, each in (one for which in rounds for one in exchanged(which)):
        made[how] += 1
        caught[how] += verdict(each) is not None
    for how in made:
        yield f"words {how} in fair statements: withheld", f"{caught[how]} of {made[how]}", ""


def _wrong(found: list[tuple[Statement, str | None]]) -> str:
    shown = [each for each, why in found if why is None]
    wrong = sum(not each.supported for each in shown)
    return f"{wrong} of {len(shown)} ({100 * wrong / max(len(shown), 1):.1f} %)"


def _recall(found: list[tuple[Statement, str | None]]) -> str:
    supported = [why for each, why in found if each.supported]
    return f"{sum(why is None for why in supported) / max(len(supported), 1):.2f}"


# --- By the world -----------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What the reports of one engine show, as the world judges it."""

    shown: int = 0
    false: Counter[str] = field(default_factory=Counter)
    true_found: int = 0
    true_shown: int = 0
    withheld: int = 0

    def figures(self, engine: str) -> Iterator[Figure]:
        wrong = self.false.total()
        told = ", ".join(f"{count} {what}" for what, count in self.false.most_common(3))
        yield (
            f"{engine}: false in the world, of {self.shown} that are shown" + (f" ({told})" if told else ""),
            f"{wrong} ({100 * wrong / max(self.shown, 1):.2f} %)",
            "≤ 1 %",
        )
        yield (f"{engine}: true findings that are shown", f"{self.true_shown / max(self.true_found, 1):.3f}", "≥ 0.80")
        yield (f"{engine}: statements withheld", str(self.withheld), "")


def of_the_world() -> list[Figure]:
    """Reports over many companies, vendors and roles, each engine's by itself."""
    known = {company.domain: company for company in world.companies() if company.domain}
    vendors = [known[domain] for domain in VENDORS]
    prospects = [company for company in known.values() if company.domain not in VENDORS][:PROSPECTS]
    with staged(latency=0) as stage:
        found = list(tasks(stage, prospects, vendors))
    judging = judges(world.load())
    engines: tuple[Engine, ...] = (
        Builtin(),
        FakeEngine(),
        Plausible(),
        Plausible(seed=1, share=0.9),
        WorstCaseEngine(),
    )
    names = ("built-in", "fake", "liar of a third", "liar of nine tenths", "worst case")
    rows: list[Figure] = [(f"reports of {len(found)} tasks, engines", str(len(engines)), "")]
    for name, engine in zip(names, engines, strict=True):
        tally = Tally()
        for one in found:
            _judge(one, engine, judging, tally)
        rows += tally.figures(name)
    return rows


def _judge(one: Analysed, engine: Engine, judging: Mapping[str, Judge], tally: Tally) -> None:
    grounded = ground(asyncio.run(engine.draft(one.task)), one.task)
    judge = judging[one.domain]
    said = list(_said(grounded.body))
    tally.withheld += len(grounded.withheld)
    tally.shown += len(said)
    tally.false.update(what for what, value in said if not _is_true(judge, what, value, grounded.body))
    shown = {(what, normal(str(value))) for what, value in said}
    true = {(what, normal(value)) for what, value in _found(one.task) if _is_true(judge, what, value, grounded.body)}
    tally.true_found += len(true)
    tally.true_shown += len(true & shown)


def _said(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a report says that the world knows better: (dataset, value)."""
    for entry in body.get("news_signals", ()):
        yield "headline", entry["headline"]
    for entry in body.get("target_contacts", ()):
        yield from _said_of(entry)
    stack = body.get("tech_stack", {})
    yield from (("technology", name) for group in GROUPS for name in stack.get(group, ()))
    about = body.get("customer") or body
    yield from ((what, about[what]) for what in ("industry", "headquarters") if about.get(what))
    for what in ("products", "competitors", "targetMarkets", "valuePropositions"):
        yield from ((what, value) for value in body.get(what, ()))


def _said_of(contact: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    name, title = contact.get("name"), contact.get("title")
    if name:
        yield "person", name
    if title:
        yield ("title", (name, title)) if name else ("post", title)


def _found(task: Task) -> Iterator[tuple[str, str]]:
    """What was collected that a report could show."""
    if task.purpose == "vendor_context":
        yield from (("products", record.text("name")) for record in values.records(task, "products"))
        for dataset, what in (("competitors", "competitors"), ("target_markets", "targetMarkets"),
                              ("value_propositions", "valuePropositions")):  # fmt: skip
            yield from ((what, word) for word, _ in values.words_of(task, dataset))
        return
    yield from (("headline", article.headline) for article in articles.found(task))
    yield from (("person", person.name) for person in findings.people(task))
    yield from (("technology", each.name) for each in findings.technologies(task) if each.dataset == "tech_stack")


_DATASETS = {
    "headline": "recent_news",
    "person": "decision_makers",
    "post": "hiring_trends",
    "technology": "tech_stack",
    "products": "products",
    "competitors": "competitors",
    "targetMarkets": "target_markets",
    "valuePropositions": "value_propositions",
}
_FIELD = {"decision_makers": "name", "hiring_trends": "title", "tech_stack": "name", "products": "name"}


def _is_true(judge: Judge, what: str, value: Any, body: Mapping[str, Any]) -> bool:
    if what == "title":
        name, title = value
        return any(person.name == name and person.title == title for person in judge.company.people)
    if what == "technology":
        return _is_technology_of(judge, value)
    dataset = _DATASETS.get(what, what)
    if dataset == "recent_news":
        publisher = next((e.get("source") for e in body.get("news_signals", ()) if e["headline"] == value), "")
        return judge.is_right(dataset, {"headline": value, "publisher": publisher or ""})
    return judge.is_right(dataset, {_FIELD[dataset]: value} if dataset in _FIELD else value)


# What the sandbox's own web servers and pages say of themselves; the world's files hold nothing of it.
_BESIDE_THE_WORLD = frozenset({"Debian", "Linux", "TypeScript"})


def _is_technology_of(judge: Judge, name: str) -> bool:
    """Under this name, another one of the same thing ("Azure AD"), or that of its maker ("Veeva" for "Veeva Vault")."""
    known = by_name(name)
    used = [each.name for each in judge.company.technologies if not each.dropped]
    return (
        name in _BESIDE_THE_WORLD
        or judge.is_right("tech_stack", {"name": name})
        or any(other.startswith(f"{name} ") or (known and by_name(other) is known) for other in used)
    )


# --- By orders --------------------------------------------------------------------------------------------------------


def injected() -> Iterator[Figure]:
    """Orders obeyed: in dresses that the checker was mended by, and in some that it was not."""
    for name, dressed, target in (
        (f"in {len(DRESSES | FRESH)} known dresses", DRESSES | FRESH, "0"),
        (f"in {len(LAST)} dresses that nothing was mended by", LAST, ""),
    ):
        found = [outcome(injection) for injection in injections(INJECTIONS, dressed)]
        harmed = sum(bool(each.harm) for each in found)
        seen = sum(not each.shown for each in found)
        yield (f"orders {name}: done, of {INJECTIONS} ({seen} recognised)", str(harmed), target)
