"""`python -m tests.enrichment.analysis.labelled.learning`: learn the weights of headlines' features and write them.

A linear machine for each signal and for none, over a fixed shuffle: the same rows and lexicon give the same file. It
learns from the dev half of the labelled headlines, from `own_headlines` and from `second_headlines`, whose two
authors saw the guide alone; never from the test half.
`--held` keeps the held part of `own_headlines` apart, prints how it is answered, and writes nothing.
"""

import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from enrichment.signals.features import LEXICON, features, lexicon, read
from enrichment.signals.headlines import BIAS, NONE, SIGNALS, WEIGHTS
from enrichment.signals.phrases import stem
from tests.enrichment.analysis.labelled import labelled
from tests.enrichment.analysis.labelled.scoring import Answered, by_class, macro_f1

CLASSES = (*SIGNALS, NONE)

ROUNDS = 12
COST = 0.1  # of a row on the wrong side, against the squares of the weights
# "none" must lead by this: what nobody labelled speaks for it. Dev, learnt from own_headlines alone: 0.930 → 0.937.
NONE_LESS = 0.15
LEAST_ROWS = 3  # a feature of fewer is left out
LEAST_WEIGHT = 0.04  # smaller ones are left out

Row = list[tuple[int, float]]  # places of features with their strengths
Table = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Headline:
    text: str
    signal: str


def material(*, held: bool = True) -> list[Headline]:
    """What may be learnt from."""
    rows = [*labelled("headlines", "dev"), *labelled("own_headlines", "dev")]
    rows += labelled("own_headlines", "held") if held else []
    rows += labelled("second_headlines", "dev")
    return [Headline(row["headline"], row["signal"]) for row in rows]


def digest(given: Iterable[Headline]) -> str:
    """Of all that the weights come from: a file that has another is out of date."""
    told = json.dumps([[each.text, each.signal] for each in given], ensure_ascii=False)
    return hashlib.sha256(told.encode() + LEXICON.read_bytes()).hexdigest()[:16]


def words_known(given: Sequence[Headline]) -> frozenset[str]:
    """Stems of words that stand in lower case in two headlines at least: not names."""
    seen = Counter(
        by_stem
        for each in given
        for by_stem in {stem(word) for word in read(each.text) if word == word.lower() and word[0].isalpha()}
    )
    return frozenset(word for word, times in seen.items() if times >= 2)


def learnt(given: Sequence[Headline], known: frozenset[str]) -> Table:
    """A weight for each class by feature."""
    weighed = [features(each.text, known) | {BIAS: 1.0} for each in given]
    rows_of = Counter(name for row in weighed for name in row)
    names = sorted(name for name, rows in rows_of.items() if rows >= LEAST_ROWS)
    place = {name: number for number, name in enumerate(names)}
    rows = [[(place[name], strength) for name, strength in row.items() if name in place] for row in weighed]
    columns = [machine(rows, [1 if each.signal == label else -1 for each in given], len(names)) for label in CLASSES]
    table = {name: [column[number] for column in columns] for number, name in enumerate(names)}
    table[BIAS][CLASSES.index(NONE)] -= NONE_LESS
    return table


def machine(rows: Sequence[Row], sides: Sequence[int], width: int) -> list[float]:
    """Weights that tell rows of side 1 from those of side -1: a linear support vector machine with squared loss.

    Dual coordinate descent as in Hsieh and others, "A dual coordinate descent method for large-scale linear SVM".
    """
    weights, pulls = [0.0] * width, [0.0] * len(rows)
    slack = 0.5 / COST
    curves = [slack + sum(strength * strength for _, strength in row) for row in rows]
    order = list(range(len(rows)))
    shuffle = random.Random(6)
    for _ in range(ROUNDS):
        shuffle.shuffle(order)
        for number in order:
            row, side = rows[number], sides[number]
            slope = side * sum(weights[place] * strength for place, strength in row) - 1 + slack * pulls[number]
            pull = max(pulls[number] - slope / curves[number], 0.0)
            if moved := (pull - pulls[number]) * side:
                pulls[number] = pull
                for place, strength in row:
                    weights[place] += moved * strength
    return weights


def written(table: Table, known: frozenset[str], from_: str) -> str:
    """The file: a feature a line, with the classes that it speaks for or against, most first."""
    lines = [
        "# How much each feature of a headline says for (or against) each signal; enrichment/signals/features.py says",
        "# what features are. Learnt by tests/enrichment/analysis/labelled/learning.py; never edited by hand.",
        f"# From lexicon and headlines {from_}",
    ]
    for name in sorted(table):
        told = sorted(((weight, CLASSES[place]) for place, weight in enumerate(table[name])), reverse=True)
        pairs = [f"{label}:{weight:.2f}" for weight, label in told if abs(weight) >= LEAST_WEIGHT]
        if pairs or name.removeprefix("word:") in known:
            lines.append(f"{name}\t{' '.join(pairs)}")
    return "\n".join(lines) + "\n"


def answer(table: Table, known: frozenset[str], text: str) -> str:
    totals = [0.0] * len(CLASSES)
    for name, strength in (features(text, known) | {BIAS: 1.0}).items():
        for place, weight in enumerate(table.get(name, ())):
            totals[place] += strength * weight
    return CLASSES[totals.index(max(totals))]


def main(options: list[str]) -> int:
    lexicon()  # a broken one fails before the wait
    given = material(held="--held" not in options)
    known = words_known(given)
    table = learnt(given, known)
    if "--held" in options:
        asked = [Headline(row["headline"], row["signal"]) for row in labelled("own_headlines", "held")]
        scores = by_class(
            Answered(frozenset({each.signal}), frozenset({answer(table, known, each.text)})) for each in asked
        )
        for label, score in scores.items():
            print(f"{label:20} P {score.precision:.2f} R {score.recall:.2f} F1 {score.f1:.2f} of {score.meant}")
        print(f"own_headlines, held: macro-F1 {macro_f1(scores):.3f} of {len(asked)}, learnt from {len(given)}")
        return 0
    WEIGHTS.write_text(written(table, known, digest(given)), encoding="utf-8")
    print(f"{WEIGHTS}: {len(table)} features of {len(given)} headlines")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
