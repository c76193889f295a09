"""The day's work on predictions for one person: settle what came, keep what is said, learn anew."""

from datetime import datetime

from personas.models import PersonaPolicy
from personas.predicting import following, training
from personas.turns import MOST_TRIED, one
from salesintel.accounts.models import User


def renew_one(now: datetime) -> int:
    """Do it for somebody who is due; how many people, 0 or 1. Some seconds for the greatest."""
    due = training.due(now)[:MOST_TRIED]
    return one(due, lambda user: renew(user, now=now), what="the predictors of user")


def renew(user: User, *, now: datetime) -> None:
    """Settle and keep with the predictors of before, then make them anew. Of others' contacts nothing is kept."""
    policy = PersonaPolicy.now()
    found = list(training.histories_for(user, policy))
    own = [history for contact, history in found if contact.owner_id == user.pk]
    following.settle(user, own, now=now)
    following.note(user, own, now=now)
    training.learn(user, [history for _, history in found], policy=policy, now=now)
