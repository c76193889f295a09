"""`python -m tests.enrichment.analysis.labelled SET`: the dev half by class, and its rows that are answered wrongly.

For those who write rules. The test half is never shown: `python -m tests.benchmarks labelled` prints its figures alone.
"""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.enrichment.analysis.labelled import labelled  # some of the answers' modules know tables
from tests.enrichment.analysis.labelled.answers import ANSWERS
from tests.enrichment.analysis.labelled.scoring import by_class, macro_f1, together


def main(names: list[str]) -> int:
    """0, or 2 for a set that there is not."""
    if not names or not set(names) <= set(ANSWERS):
        print(f"which set? There are: {', '.join(ANSWERS)}", file=sys.stderr)
        return 2
    for name in names:
        show(name)
    return 0


def show(name: str) -> None:
    rows = labelled(name, "dev")
    answered = [ANSWERS[name](row) for row in rows]
    scores = by_class(answered)
    for row, answer in zip(rows, answered, strict=True):
        if answer.meant != answer.given:
            missing, wrong = sorted(answer.meant - answer.given), sorted(answer.given - answer.meant)
            shown = {key: value for key, value in row.items() if key not in {"split", "technologies", "unlisted"}}
            print(f"missing {missing} wrong {wrong}: {shown}")
    for label, score in scores.items():
        print(f"{label:30} P {score.precision:.2f} R {score.recall:.2f} F1 {score.f1:.2f} of {score.meant}")
    print(f"{name}, dev: macro-F1 {macro_f1(scores):.3f}, all alike {together(scores).f1:.3f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
