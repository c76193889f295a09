"""What a change of rules does, in words: to each consumer's plan, and to the runs of the past."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichment.rules import Rules
from enrichment.workflow.comparing import Comparison, Outlook
from enrichment.workflow.comparing import Outcome as Came
from enrichment.workflow.effects import Effect, Missed, Outcome, effects
from enrichment.workflow.whatif import what_if


@dataclass(frozen=True, slots=True)
class Told:
    """One figure, before and after."""

    title: str
    before: str
    after: str

    @property
    def is_change(self) -> bool:
        return self.before != self.after


def plans_in_words(before: Rules, after: Rules) -> list[dict[str, Any]]:
    """Each consumer's first plan, `{label, is_change, figures}`; those that change first."""
    found = effects(before, after)
    return [
        {"label": each.label, "is_change": each.is_change, "figures": _figures(each, before, after)}
        for each in sorted(found, key=lambda each: (not each.is_change, each.label))
    ]


def _figures(effect: Effect, before: Rules, after: Rules) -> list[Told]:
    first, second = _words(effect.before, before), _words(effect.after, after)
    return [Told(title, first[title], second[title]) for title in first]


def _words(outcome: Outcome | None, rules: Rules) -> dict[str, str]:
    titles = ("Asks", "Expected", "At most", "Falls short")
    if outcome is None:
        return dict.fromkeys(titles, "–")
    asked = [rules.sources[slug].label for slug in outcome.asked if slug in rules.sources]
    short = [_short(missed, rules) for missed in outcome.missed]
    parts = (", ".join(asked) or "nobody", _usd(outcome.expected), _usd(outcome.worst), ", ".join(short) or "nothing")
    return dict(zip(titles, parts, strict=True))


def _short(missed: Missed, rules: Rules) -> str:
    label = rules.datasets[missed.dataset].label if missed.dataset in rules.datasets else missed.dataset
    return f"{label} ({missed.reliability:.2f} of {missed.threshold:.2f})"


def _usd(amount: Decimal) -> str:
    """At least two decimals, at most four."""
    whole, _, part = f"{amount:.4f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')} USD"


def runs_in_words(edits: Mapping[str, Any]) -> dict[str, Any]:
    """The last 200 runs, planned anew and, where every answer is recorded, run anew; `edits` as in `rules.edits`."""
    found = what_if(edits)
    planned, again = found.replanned, found.replayed
    return {
        "runs": planned.runs,
        "changed": planned.changed,
        "planned": _planned(planned),
        "replayed": again.comparison.runs,
        "share": f"{again.share:.0%}",
        "again": _again(again.comparison),
        "lacking": ", ".join(f"{source} ({runs})" for source, runs in list(again.lacking.items())[:5]),
        "is_sandbox": found.is_sandbox,
    }


def _planned(of: Comparison[Outlook]) -> list[Told]:
    return [
        Told("Expected cost of all", _usd(of.before.cost), _usd(of.after.cost)),
        Told("Mean wait", f"{of.before.seconds:.1f} s", f"{of.after.seconds:.1f} s"),
        Told("Mean reliability", f"{of.before.reliability:.2f}", f"{of.after.reliability:.2f}"),
        Told("Thresholds met", f"{of.before.met:.0%}", f"{of.after.met:.0%}"),
    ]


def _again(of: Comparison[Came]) -> list[Told]:
    return [
        Told("Cost of all", _usd(of.before.cost), _usd(of.after.cost)),
        Told("Mean coverage", f"{of.before.coverage:.0%}", f"{of.after.coverage:.0%}"),
        Told("Mean quality", f"{of.before.quality:.2f}", f"{of.after.quality:.2f}"),
    ]
