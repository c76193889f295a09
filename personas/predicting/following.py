"""Keeps what a predictor says of everything that is asked after it was made, and settles what came of it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from personas.history import History
from personas.models import Prediction, Predictor
from personas.predicting.cases import asked_of
from personas.predicting.examples import earlier, known
from personas.predicting.fitting import ask
from personas.predicting.model import Case, Question
from personas.predicting.training import fitted_of
from salesintel.accounts.models import User


def note(user: User, histories: Iterable[History], *, now: datetime) -> int:
    """Keep what a person's predictors say of the cases since they were made; how many. To be done before they go.

    Of every mail and every landmark, whether anybody looked or not: what people happen to look at is no fair sample.
    Each is told from what was known at its own moment alone.
    """
    kept = list(histories)
    rows = [row for each in Predictor.objects.filter(owner=user, why="") for row in _said(each, kept, now)]
    return len(Prediction.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500))


def _said(predictor: Predictor, histories: Iterable[History], now: datetime) -> list[Prediction]:
    fitted, question, found = fitted_of(predictor), Question(predictor.question), []
    if fitted is None:
        return []
    for history in histories:
        cases = asked_of(history, question, days=predictor.days, now=now)
        for case in cases:
            if case.at < predictor.trained:
                continue
            hits, n = earlier(cases, case.at)
            told = ask(fitted, known(history, case.deal, case.at, question, hits, n), hits=hits, n=n)
            row = Prediction(owner_id=predictor.owner_id, contact_id=history.contact, question=question.value)
            row.deal_id, row.days, row.at = case.deal.id if case.deal else None, predictor.days, case.at
            row.chance, row.base = told.chance, fitted.base
            found.append(row)
    return found


def settle(user: User, histories: Iterable[History], *, now: datetime) -> int:
    """Write down what came of predictions whose time is over; how many."""
    waiting: dict[tuple[str, int], list[Prediction]] = defaultdict(list)
    for row in Prediction.objects.filter(owner=user, came=None):
        waiting[row.question, row.days].append(row)
    by_contact = {history.contact: history for history in histories}
    settled = []
    for (question, days), rows in waiting.items():
        of = {row.contact_id for row in rows}.intersection(by_contact)
        came = {
            _key(case): case.happened
            for contact in of
            for case in asked_of(by_contact[contact], Question(question), days=days, now=now)
        }
        for row in rows:
            row.came = came.get((row.contact_id, row.deal_id, row.at))
            if row.came is not None:
                settled.append(row)
    Prediction.objects.bulk_update(settled, ["came"], batch_size=500)
    return len(settled)


def _key(case: Case) -> tuple[UUID, UUID | None, datetime]:
    return case.history.contact, case.deal.id if case.deal else None, case.at
