"""What is likely with a contact now, by the predictors of the person who asks."""

from dataclasses import dataclass
from datetime import datetime

from personas.history import DealHistory, History
from personas.models import Contact, Deal, PersonaPolicy, Predictor
from personas.predicting.cases import cases_of
from personas.predicting.examples import earlier, known
from personas.predicting.fitting import ask, factors, half_life
from personas.predicting.model import Factor, Question, Told, Trial
from personas.predicting.training import days_of, fitted_of, trial_of
from personas.reading import history_of
from salesintel.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """An answer, or the predictor that has none: `told` is None then, and its `why` says it; no predictor: not yet."""

    question: Question
    days: int
    predictor: Predictor | None
    trial: Trial | None
    deal: Deal | None = None
    told: Told | None = None
    factors: tuple[Factor, ...] = ()
    half_life: float | None = None  # days until half of such deals are closed

    @property
    def method(self) -> str | None:
        fitted = fitted_of(self.predictor) if self.predictor else None
        return fitted.method.value if fitted else None


def foretold(contact: Contact, user: User, *, now: datetime) -> list[Foretold]:
    """Whether they answer a mail that goes now, then of each open deal whether it is won and when it closes.

    The caller has seen to it that `user` may see the contact. What is told rests on the records that `user` may see,
    and on nobody else's.
    """
    policy = PersonaPolicy.now()
    history = history_of(contact, policy=policy)
    held = {row.question: row for row in Predictor.objects.filter(owner=user)}
    deals = Deal.objects.visible_to(user).filter(parties__contact=contact, status=Deal.Status.OPEN)
    names = {deal.pk: deal for deal in deals}
    open_ = [(each, names[each.id]) for each in history.deals if each.id in names and each.opened <= now]
    pairs = [(question, of) for of in open_ for question in (Question.WON, Question.CLOSED)]
    of_deals = [_foretold(question, history, held, policy, now, of) for question, of in pairs]
    return [_foretold(Question.REPLY, history, held, policy, now), *of_deals]


def _foretold(
    question: Question,
    history: History,
    held: dict[str, Predictor],
    policy: PersonaPolicy,
    now: datetime,
    of: tuple[DealHistory, Deal] | None = None,
) -> Foretold:
    row, (each, deal) = held.get(question.value), of or (None, None)
    fitted = fitted_of(row) if row else None
    if row is None or fitted is None:
        days = row.days if row else days_of(question, policy)
        return Foretold(question=question, days=days, predictor=row, trial=trial_of(row) if row else None, deal=deal)
    hits, n = earlier(cases_of(history, question, days=row.days, now=now), now)
    figures = known(history, each, now, question, hits, n)
    told = ask(fitted, figures, hits=hits, n=n)
    return Foretold(
        question=question,
        days=row.days,
        predictor=row,
        trial=trial_of(row),
        deal=deal,
        told=told,
        factors=tuple(factors(fitted, figures)) if fitted.names else (),
        half_life=half_life(told.chance, row.days) if question is Question.CLOSED else None,
    )
