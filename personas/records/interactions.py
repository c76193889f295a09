"""Writes what happened with contacts, a thousand rows in a few queries; mood and words are computed on the way in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from personas.marks import key_digests
from personas.models import Interaction
from personas.records.given import Absent, InteractionGiven
from personas.records.saving import (
    Refused,
    Saved,
    by_key,
    check_key,
    check_stays,
    hold,
    only,
    reread,
    still_there,
    store,
    taken,
    text,
)
from personas.records.threads import threads_of
from personas.retrieval.forgetting import changes_words, forget_vectors
from personas.texts import is_auto_reply, mood, own_words, word_count
from salesintel.accounts.models import User
from salesintel.walls import acting_for

LONGEST = {"subject": 1_000, "body": 200_000, "type": 20, "direction": 3, "outcome": 20}
LONGEST_DURATION = 10_000_000  # seconds
AHEAD = timedelta(days=3 * 365)  # a task or a meeting may be ahead, but not for ever
Type, Direction = Interaction.Type, Interaction.Direction
# Whose act it is where nobody says.
USUAL = {
    Type.EMAIL_SENT: Direction.OUT,
    Type.FILE_SHARED: Direction.OUT,
    Type.EMAIL_OPENED: Direction.IN,
    Type.EMAIL_CLICKED: Direction.IN,
    Type.EMAIL_REPLIED: Direction.IN,
    Type.EMAIL_BOUNCED: Direction.IN,
    Type.FILE_VIEWED: Direction.IN,
}
MAILS = frozenset({Type.EMAIL_SENT, Type.EMAIL_REPLIED})
CHOICES = {"type": Type.values, "direction": ["", *Direction.values], "outcome": ["", *Interaction.Outcome.values]}


def save_interaction(*, owner: User, given: InteractionGiven, may_move: bool = True) -> Saved[Interaction]:
    """Write one interaction. Raises `Refused`."""
    return only(save_interactions(owner=owner, given=[given], may_move=may_move))


@acting_for("owner")
@transaction.atomic
def save_interactions(
    *, owner: User, given: Sequence[InteractionGiven], may_move: bool = True
) -> list[Saved[Interaction] | Refused]:
    """Write interactions with contacts of `owner`, in the order of `given`; what became of each.

    One that is known by its id goes to the contact that is named now; without `may_move` that is refused.
    """
    hold(owner)
    desk = _Desk(owner, given)
    found = [desk.take(each, may_move=may_move) for each in given]
    _store([each for each in found if isinstance(each, Saved)])
    return found


@acting_for("interaction")
@transaction.atomic
def change_interaction(*, interaction: Interaction, given: InteractionGiven) -> Saved[Interaction]:
    """Change one that is there. Raises `Refused`."""
    hold(interaction.owner)
    row = reread(Interaction.objects.select_related("contact"), interaction.pk)
    saved = _Desk(interaction.owner, [given]).change(row, given, is_new=False)
    _store([saved])
    return saved


def _store(saved: Sequence[Saved[Interaction]]) -> None:
    """Write them; vectors of words that are others now go."""
    for each in saved:
        if each.is_new and not each.row.words:
            each.row.space = None  # most of what a CRM sends has no words: nobody has to look at it
    store(Interaction, saved)
    forget_vectors([each.row.pk for each in saved if not each.is_new and changes_words(each.before)])


class _Desk:
    """Takes interactions one after the other; three queries for all."""

    def __init__(self, owner: User, given: Sequence[InteractionGiven]) -> None:
        self.owner = owner
        self.known = by_key(Interaction, owner, given)
        self.there = still_there(owner, (each.contact for each in given))
        named = {name for each in given for name in (each.message_id, each.answers) if isinstance(name, str) and name}
        self.digests = key_digests(named) if named else {}
        self.threads = threads_of(
            owner, {each.thread for each in given if isinstance(each.thread, str) and each.thread}
        )

    def take(self, given: InteractionGiven, *, may_move: bool) -> Saved[Interaction] | Refused:
        try:
            row = self.known.get(given.key) if given.key else None
            check_stays(row, given.contact, may_move=may_move)
            return self.change(row or Interaction(owner=self.owner), given, is_new=row is None)
        except Refused as refused:
            return refused

    def change(self, row: Interaction, given: InteractionGiven, *, is_new: bool) -> Saved[Interaction]:
        """`row` with what was said of it, not yet stored."""
        check_key(given)
        values = self._values(given)
        self._check_whose(given)
        if is_new and given.contact is None:
            raise Refused("contact", "Say with whom it happened.")
        for needed in ("type", "occurred_at") if is_new else ():
            if needed not in values:
                raise Refused(needed, "Say what happened (type) and when (occurredAt).")
        if is_new and given.key:
            values |= {"external_source": given.external_source, "external_id": given.external_id}
        if given.contact is not None:
            values["contact_id"] = given.contact.pk
        if is_new and "direction" not in values:
            values["direction"] = USUAL.get(values["type"], "")
        before = taken(row, values)
        if is_new or {"type", "direction", "subject", "body"} & before.keys():
            before |= taken(row, _read(row, given))
        if given.key:
            self.known[given.key] = row
        return Saved(row=row, is_new=is_new, before={} if is_new else before)

    def _values(self, given: InteractionGiven) -> dict[str, Any]:
        said = given.said("occurred_at", "duration_seconds", *LONGEST)
        values = {name: text(name, value, LONGEST[name]) if name in LONGEST else value for name, value in said.items()}
        _check(values)
        for name, of in (("deal_id", given.deal), ("file_id", given.file)):
            if not isinstance(of, Absent):
                values[name] = of.pk if of is not None else None
        for name, key in (("message_key", given.message_id), ("answers_key", given.answers)):
            if isinstance(key, str):
                values[name] = self.digests.get(key, "")
        if isinstance(given.thread, str):
            values["thread_id"] = self.threads.get(given.thread)
        return values

    def _check_whose(self, given: InteractionGiven) -> None:
        for name in ("contact", "deal", "file"):
            of = getattr(given, name)
            if getattr(of, "owner_id", self.owner.pk) != self.owner.pk:
                raise Refused(name, f"There is no such {name}.")
        if given.contact is not None and given.contact.pk not in self.there:
            raise Refused("contact", "There is no such contact.")


def _check(values: dict[str, Any]) -> None:
    for name, choices in CHOICES.items():
        if values.get(name, choices[0]) not in choices:
            raise Refused(name, f"“{values[name]}” is none of {', '.join(filter(None, choices))}.")
    at, seconds = values.get("occurred_at"), values.get("duration_seconds")
    if at is not None and (timezone.is_naive(at) or at.year < 1970 or at > timezone.now() + AHEAD):
        raise Refused("occurred_at", "Give a moment with its time zone, after 1970 and not years ahead.")
    if seconds is not None and not 0 <= seconds <= LONGEST_DURATION:
        raise Refused("duration_seconds", f"Give seconds from 0 to {LONGEST_DURATION}, or none.")


def _read(row: Interaction, given: InteractionGiven) -> dict[str, Any]:
    """What its texts tell: only the contact's own words have a mood."""
    own = own_words(row.body) if row.body else ""
    is_theirs = row.direction == Direction.IN and row.type not in (Type.NOTE, Type.TASK)
    is_mail = row.type in MAILS and is_theirs
    is_automatic = is_mail and is_auto_reply(given.headers, row.subject, row.body)
    return {
        "words": word_count(own),
        "mood": mood(own) if is_theirs and own and not is_automatic else None,
        "is_automatic": is_automatic or (row.is_automatic and not is_mail),
    }
