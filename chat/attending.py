"""Conversations that nobody looks at: what their runs told is told on, and what a dead process left is taken up.

Whoever serves a client does both for its own conversation; so this is for closed laptops and for deaths.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import conversation
from chat.desk import DESK
from chat.following import LEFT, catch_up, never_taken_up, unattended
from chat.models import ChatTurn
from chat.saying import Saying
from chat.taking import say_once, whole
from chat.writing import LONGEST
from enrichment.hop import is_away
from salesintel.logs import told

logger = logging.getLogger(__name__)

GIVEN_UP = timedelta(minutes=10)  # after which a question counts as one that nobody gets through


def attend() -> int:
    """Do what is due in every conversation; returns in how many. One that fails keeps no other from its turn."""
    before = timezone.now() - LEFT
    sessions = unattended(older_than=before)
    for session in sessions:
        _attend(session, before=before)
    DESK.wait(seconds=LONGEST)  # a worker may end with its task
    return len(sessions)


def _attend(session: UUID, *, before: datetime) -> None:
    try:
        catch_up(session)
        for turn in list(never_taken_up(older_than=before).filter(session=session)):
            _take_up(turn, before=before)
    except Exception as error:
        if is_away(error):
            raise
        logger.error("conversation %s failed, and is tried again: %s", session, told(error))


def _take_up(turn: ChatTurn, *, before: datetime) -> None:
    """Answer it, unless another process has just begun to; one that keeps failing is told so, and ends."""
    if not never_taken_up(older_than=before).filter(pk=turn.pk).update(taken_up=timezone.now()):
        return
    if turn.asked < before - GIVEN_UP:
        words = _("Something went wrong on our side with this question. Please ask it again.")
        say_once(turn, Saying(content=words, step="answer", status="failed"), ChatTurn.State.FAILED)
        return
    logger.info("taking up a question that was left %.0f s ago", (timezone.now() - turn.asked).total_seconds())
    try:
        conversation.take_up(whole(turn.pk))
    except conversation.Refused as error:
        say_once(turn, Saying(content=str(error), step="answer", status="failed"), ChatTurn.State.FAILED)
