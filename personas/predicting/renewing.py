"""The day's work on predictions for one person: settle what came, keep what is said, learn anew."""

import logging
from datetime import datetime

from enrichment.hop import is_away
from personas.models import PersonaPolicy
from personas.predicting import following, training
from salesintel.accounts.models import User
from salesintel.logs import told

logger = logging.getLogger(__name__)


def renew_one(now: datetime) -> int:
    """Do it for somebody who is due; how many people, 0 or 1. Some seconds for the greatest."""
    user = training.due(now).first()
    if user is None:
        return 0
    try:
        renew(user, now=now)
    except Exception as error:
        if is_away(error):
            raise
        logger.error("predictors of user %s failed, and are tried again: %s", user.pk, told(error))
        return 0
    return 1


def renew(user: User, *, now: datetime) -> None:
    """Settle and keep with the predictors of before, then make them anew. Of others' contacts nothing is kept."""
    policy = PersonaPolicy.now()
    found = list(training.histories_for(user, policy))
    own = [history for contact, history in found if contact.owner_id == user.pk]
    following.settle(user, own, now=now)
    following.note(user, own, now=now)
    training.learn(user, [history for _, history in found], policy=policy, now=now)
