"""Makes one person's predictors anew, of the contacts that this person may see, and keeps them as rows of numbers."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from personas.history import History
from personas.models import Contact, PersonaPolicy, Predictor
from personas.predicting.cases import cases_of
from personas.predicting.examples import NAMES, examples_of
from personas.predicting.model import Bin, Compared, Fitted, Method, Question, Trial
from personas.predicting.trying import verdict
from personas.reading import histories_of
from salesintel.accounts.models import User

AGES = timedelta(days=1)  # after which a predictor is made anew: so long what was erased may show in its figures
MOST_CONTACTS = 2_000  # of one person, by their random ids: a sample that does not change
PIECE = 200


def due(now: datetime) -> "QuerySet[User]":
    """People with contacts of their own and no predictors of today; in no order, so that nobody holds up the others.

    Also who has no contact any more, and predictors that were made of some.
    """
    fresh = Predictor.objects.filter(owner=OuterRef("pk"), trained__gt=now - AGES)
    own = Contact.objects.filter(owner=OuterRef("pk"))
    left = Predictor.objects.filter(owner=OuterRef("pk"), cases__gt=0)
    return User.objects.filter(Exists(own) | Exists(left), ~Exists(fresh), is_active=True).order_by("?")


def histories_for(user: User, policy: PersonaPolicy) -> Iterator[tuple[Contact, History]]:
    """What happened with the contacts that a person may see, some 200 contacts at a time."""
    rows = list(Contact.objects.visible_to(user).select_related("owner").order_by("pk")[:MOST_CONTACTS])
    for begin in range(0, len(rows), PIECE):
        piece = rows[begin : begin + PIECE]
        yield from zip(piece, histories_of(piece, policy=policy), strict=True)


def learn(user: User, histories: list[History], *, policy: PersonaPolicy, now: datetime) -> None:
    """Make a person's three predictors of these histories, in place of those before."""
    for question in Question:
        days = days_of(question, policy)
        cases = [case for history in histories for case in cases_of(history, question, days=days, now=now)]
        found = verdict(examples_of(cases, question), NAMES[question])
        Predictor.objects.update_or_create(
            owner=user,
            question=question.value,
            defaults={
                "days": days,
                "trained": now,
                "why": found.why.value,
                "cases": found.cases,
                "happened": found.happened,
                "fitted": asdict(found.fitted) if found.fitted else None,
                "trial": as_json(found.trial) if found.trial else None,
            },
        )


def days_of(question: Question, policy: PersonaPolicy) -> int:
    """Within how many days it is asked to happen; 0 where no time is asked about."""
    return {Question.REPLY: policy.reply_days, Question.CLOSED: policy.close_days}.get(question, 0)


def as_json(trial: Trial) -> dict[str, Any]:
    return {**asdict(trial), "split": trial.split.isoformat()}


def fitted_of(row: Predictor) -> Fitted | None:
    """The predictor out of its row; None where nothing is predicted."""
    kept = row.fitted
    if row.why or not kept:
        return None
    lists = {name: tuple(kept[name]) for name in ("names", "means", "scales", "coefficients")}
    covariance = tuple(map(tuple, kept["covariance"]))
    return Fitted(
        method=Method(kept["method"]),
        base=kept["base"],
        intercept=kept["intercept"],
        covariance=covariance,
        **lists,
    )


def trial_of(row: Predictor) -> Trial | None:
    """How it was tried; None where it was not."""
    kept = row.trial
    if not kept:
        return None
    read = {
        "split": datetime.fromisoformat(kept["split"]),
        "brier": Compared(**kept["brier"]),
        "log_loss": Compared(**kept["log_loss"]),
        "bins": tuple(Bin(**each) for each in kept["bins"]),
    }
    return Trial(**(kept | read))
