"""How well the built-in engine reads texts that people labelled: signals, buying roles, technologies, companies' names.

Rules may be written from the dev half; the test half's figures are what counts, and each look at them tells a little
of it: look seldom.
"""

import time
from collections.abc import Iterator, Mapping

from enrichment import technologies
from enrichment.analysis.titles import part_of_title
from enrichment.signals import classify
from tests.enrichment.analysis.labelled import Split, labelled
from tests.enrichment.analysis.labelled.answers import ANSWERS
from tests.enrichment.analysis.labelled.scoring import Answered, Score, by_class, macro_f1, mean_f1, one, together

Figure = tuple[str, str, str]  # what, measured, target

SPLITS: tuple[Split, ...] = ("dev", "test")
KNOWN_BY_THE_WORLD = ("well-known", "former name", "other script", "separate companies")  # not by the strings alone


def run() -> list[Figure]:
    return [row for figures in (headlines(), titles(), jobs(), names(), sentiment()) for row in figures]


def headlines() -> Iterator[Figure]:
    yield from classes("headlines", "Headline → signal", "≥ 0.85")
    yield "Headline → signal: time of one, read for the first time", f"{milliseconds_a_headline():.2f} ms", "≤ 0.3 ms"


def milliseconds_a_headline() -> float:
    """The mean over new headlines; the lexicon and the weights are read once before."""
    texts = [row["headline"] for row in labelled("own_headlines", "held")]
    classify.cache_clear()
    classify("")
    begun = time.perf_counter()
    for text in texts:
        classify(text)
    return (time.perf_counter() - begun) * 1000 / len(texts)


def titles() -> Iterator[Figure]:
    yield from classes("titles", "Title → buying role", "≥ 0.85")
    for split in SPLITS:
        rows = [one(row["seniority"], part_of_title(row["title"])[1]) for row in labelled("titles", split)]
        yield f"Title → seniority, {split}: macro-F1", f"{macro_f1(by_class(rows)):.3f}", "reported"


def jobs() -> Iterator[Figure]:
    """Macro-F1 over the technologies, some hundreds, most of which stand once or twice; and over the texts."""
    for split in SPLITS:
        answered = answers("jobs", split)
        scores = by_class(answered)
        yield (
            f"Text → technologies, {split}: macro-F1 of {len(scores)}",
            f"{macro_f1(scores):.3f}",
            target("≥ 0.90", split),
        )
        yield (
            f"Text → technologies, {split}: macro-F1 of {len(answered)} texts",
            f"{mean_f1(answered):.3f}",
            target("≥ 0.90", split),
        )
        yield f"Text → technologies, {split}: all alike", told(together(scores)), "reported"
        for group, score in by_group(scores).items():
            yield f"  {split}: {group}", told(score), "reported"


def names() -> Iterator[Figure]:
    yield from classes("names", "Name → company", "≥ 0.95")
    for split in SPLITS:
        rows = [row for row in labelled("names", split) if not row["why"].startswith(KNOWN_BY_THE_WORLD)]
        scores = by_class(map(ANSWERS["names"], rows))
        what = f"Name → company, {split}: macro-F1 of {len(rows)} that their strings tell"
        yield what, f"{macro_f1(scores):.3f}", "reported"


def sentiment() -> Iterator[Figure]:
    yield from classes("sentiment", "Text → sentiment", "reported")


def classes(name: str, what: str, wanted: str) -> Iterator[Figure]:
    """Macro-F1 of both halves, then each class."""
    for split in SPLITS:
        scores = by_class(answers(name, split))
        yield f"{what}, {split}: macro-F1", f"{macro_f1(scores):.3f}", target(wanted, split)
        for label, score in scores.items():
            yield f"  {split}: {label} ({score.meant})", told(score), "reported"


def answers(name: str, split: Split) -> list[Answered]:
    return [ANSWERS[name](row) for row in labelled(name, split)]


def target(wanted: str, split: Split) -> str:
    return wanted if split == "test" else "reported"


def told(score: Score) -> str:
    return f"P {score.precision:.2f} R {score.recall:.2f} F1 {score.f1:.2f}"


def by_group(scores: Mapping[str, Score]) -> dict[str, Score]:
    """The scores of technologies added up by the group of the brief that each belongs to."""
    members: dict[str, dict[str, Score]] = {}
    for name, score in scores.items():
        known = technologies.by_name(name)
        members.setdefault(known.group if known else "unknown", {})[name] = score
    return {group: together(of_group) for group, of_group in sorted(members.items())}
