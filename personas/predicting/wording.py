"""Predictions in words: what is asked, what speaks for and against, why nothing is said. Pure."""

from dataclasses import dataclass
from math import exp, expm1

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from personas.predicting.examples import OWN
from personas.predicting.model import Factor, Question, Trial, Why
from personas.predicting.trying import FEWEST
from personas.wording import plain

LEAST = 0.01  # points of chance that are worth a line
MOST = 4  # lines on each side

# Figure → (what it is, the unit it is told in). Counts and spans are kept as log(1 + x), shares as log odds.
FIGURES = {
    OWN: (gettext_lazy("How often it came so with them before"), "odds"),
    "ownActs": (gettext_lazy("What they wrote, spoke or came to in four weeks"), "count"),
    "ourMails": (gettext_lazy("Mails of yours in four weeks"), "count"),
    "silence": (gettext_lazy("Days since they last did anything"), "count"),
    "unanswered": (gettext_lazy("Mails of yours since they last wrote or spoke"), "count"),
    "turn": (gettext_lazy("The last mail was theirs"), "share"),
    "looks": (gettext_lazy("Mails that they opened or clicked in four weeks"), "count"),
    "talks": (gettext_lazy("Calls and meetings in three months"), "count"),
    "views": (gettext_lazy("Files that they viewed in three months"), "count"),
    "mood": (gettext_lazy("Mood of their latest words, −1 to 1"), "plain"),
    "pace": (gettext_lazy("Hours in which they usually answer"), "count"),
    "length": (gettext_lazy("Days since the first contact"), "count"),
    "workingTime": (gettext_lazy("It is their working time"), "share"),
    "age": (gettext_lazy("Days since the deal was opened"), "count"),
    "stages": (gettext_lazy("Stages that the deal has come to"), "count"),
    "stageAge": (gettext_lazy("Days at the present stage"), "count"),
    "deals": (gettext_lazy("Other deals with them before"), "count"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A factor as a page tells it: “Days since they last did anything: 60, usually 12”, “−14 points”."""

    name: str
    label: str
    value: str
    usual: str
    points: int  # per cent of chance

    @property
    def signed(self) -> str:
        return f"{self.points:+d}".replace("-", "−")


def asked(question: str, days: int) -> str:
    """The question as a heading."""
    match question:
        case Question.REPLY:
            return ngettext("Answers within %(n)d day", "Answers within %(n)d days", days) % {"n": days}
        case Question.WON:
            return _("The deal is won, if it is closed")
        case _:
            return ngettext("The deal closes within %(n)d day", "The deal closes within %(n)d days", days) % {"n": days}


def lines(factors: tuple[Factor, ...]) -> tuple[list[Line], list[Line]]:
    """What speaks for it and what against, the strongest first."""
    told = [_line(each) for each in factors if abs(each.points) >= LEAST]
    return [each for each in told if each.points > 0][:MOST], [each for each in told if each.points < 0][:MOST]


def _line(factor: Factor) -> Line:
    label, unit = FIGURES[factor.name]
    return Line(
        name=factor.name,
        label=str(label),
        value=_told(factor.value, unit, is_one=True),
        usual=_told(factor.usual, unit),
        points=round(factor.points * 100),
    )


def _told(value: float, unit: str, *, is_one: bool = False) -> str:
    if unit == "count":
        return plain(round(expm1(value), 1))
    if unit == "odds":
        return f"{1 / (1 + exp(-value)):.0%}"
    if unit == "share":
        return (_("yes") if value else _("no")) if is_one else _("in %(share)s") % {"share": f"{value:.0%}"}
    return plain(round(value, 2))


def why_not(why: str | None, *, cases: int = 0, happened: int = 0, trial: Trial | None = None) -> str:
    """Why nothing is said; None: there is no predictor yet."""
    match why:
        case None:
            return _("Nothing is learnt yet; it is once a day.")
        case Why.ALIKE:
            told = _("Of %(cases)d cases %(happened)d came so: too much alike to tell them apart.")
        case Why.BRIEF:
            told = _(
                "Of %(cases)d cases too few, or of too few people, are later than those that it would be learnt from."
            )
        case Why.NO_BETTER if trial:
            return _no_better(trial)
        case _:
            told = _("%(cases)d cases are known; it takes %(fewest)d that count fully, some of each kind.")
    return told % {"cases": cases, "happened": happened, "fewest": FEWEST}


def _no_better(trial: Trial) -> str:
    words = _(
        "Tried on %(tried)d later cases it was not surely better than saying %(base)s each time"
        " (Brier score %(ours).3f, that %(plain).3f; gain %(low).3f to %(high).3f)."
    )
    score = trial.brier
    figures = {"ours": score.ours, "plain": score.base, "low": score.low, "high": score.high}
    return words % {"tried": trial.tried, "base": f"{trial.base:.0%}", **figures}


def named(question: str) -> str:
    """A question without its time."""
    match question:
        case Question.REPLY:
            return _("Answers in time")
        case Question.WON:
            return _("Deals won")
        case _:
            return _("Deals closed in time")
