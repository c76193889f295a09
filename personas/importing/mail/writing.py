"""Writes the letters of a mailbox: for each contact who wrote one, or to whom one went, what happened."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from personas.importing.mail.letters import moment_of
from personas.importing.model import Fault
from personas.importing.outcomes import SUPPRESSED, Outcome
from personas.importing.packing import Numbered
from personas.importing.writing import digest
from personas.marks import address_digests, key_digests
from personas.models import Contact, Import, ImportChange
from personas.records import (
    ABSENT,
    ContactGiven,
    FileGiven,
    InteractionGiven,
    Refused,
    Saved,
    save_contacts,
    save_file,
    save_interactions,
)
from personas.texts import own_words

What = ImportChange.What
SOURCE = "mailbox"
MOST_FOUND = 2_000  # unknown people of one piece
_MACHINES = re.compile(
    r"^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounce[\w.+-]*|notifications?|news(letter)?|alerts?)@",
    re.IGNORECASE,
)
Letter = dict[str, Any]
Act = tuple[int, Letter, Contact, InteractionGiven]


class Mailbox:
    """Writes letters of one import. `seen`: key → number of those before, to which it adds."""

    def __init__(self, row: Import, seen: dict[str, int]) -> None:
        self.row, self.seen = row, seen
        self.own = frozenset(row.options.get("own", []))
        self.make = row.options.get("make", False)
        self.outcome = Outcome()

    def write(self, rows: Sequence[Numbered]) -> Outcome:
        """Write them, in the caller's transaction."""
        letters = [
            (number, letter) for place, (number, letter) in enumerate(rows) if self._is_taken(place, number, letter)
        ]
        digests = address_digests({address for _, letter in letters for address in _addresses(letter)})
        people = self._people(digests)
        self._make(letters, digests, people)
        acts = [act for number, letter in letters for act in self._acts(number, letter, people)]
        ids = key_digests({_name_of(letter) for _, letter, *_ in acts}) if acts else {}
        given = [self._given(act, ids) for act in acts]
        for act, saved in zip(acts, save_interactions(owner=self.row.owner, given=given), strict=True):
            self._note(act, saved)
        return self.outcome

    # --- Which letters ---------------------------------------------------------------------------------------------

    def _is_taken(self, place: int, number: int, letter: Letter) -> bool:
        key = digest(_name_of(letter))
        self.outcome.keys.append([number, key])
        if key in self.seen:
            self.outcome.repeat(number, place, self.seen[key])
            return False
        self.seen[key] = number
        if letter["is_list"]:
            self.outcome.counts["lists"] += 1
            return False
        if not letter["at"]:
            self.outcome.refuse(number, place, Fault("Date", "", "The mail has no date that can be read."))
            return False
        return True

    def _people(self, digests: dict[str, str]) -> dict[str, Contact]:
        """Address → the owner's contact."""
        rows = Contact.objects.filter(owner=self.row.owner_id, email_digest__in=set(digests.values()) - {""})
        known = {each.email_digest: each for each in rows}
        return {address: known[found] for address, found in digests.items() if found in known}

    def _make(self, letters: Sequence[tuple[int, Letter]], digests: dict[str, str], people: dict[str, Contact]) -> None:
        """Count who is no contact, and make those contacts that were asked for; `people` has them then."""
        strangers: dict[str, list[Any]] = {}
        first: dict[str, int] = {}
        for number, letter in letters:
            for address, name, is_theirs in self._correspondents(letter):
                if address not in people and len(strangers) < MOST_FOUND:
                    held = strangers.setdefault(address, ["", 0, 0])
                    held[0] = held[0] or name
                    held[2 if is_theirs else 1] += 1
                    first.setdefault(address, number)
        self.outcome.found = strangers
        wanted = [each for each in strangers if self.make is True or (self.make and each in self.make)]
        given = [ContactGiven(name=strangers[each][0] or each, email=each, came_by=SOURCE) for each in wanted]
        for address, saved in zip(
            wanted, save_contacts(owner=self.row.owner, given=given, by_address=True), strict=True
        ):
            if isinstance(saved, Refused):
                self.outcome.counts[SUPPRESSED] += 1
            else:
                people[address] = saved.row
                self.outcome.counts["contacts"] += saved.is_new
                self.outcome.saved(saved, first[address], What.CONTACT, saved.row.pk)

    def _correspondents(self, letter: Letter) -> Iterator[tuple[str, str, bool]]:
        """Address, name and whether they wrote, of the people at the other end."""
        sender, name = letter["sender"]
        if sender in self.own:
            those = [(address, shown, False) for address, shown in letter["others"] if address not in self.own]
        else:
            those = [(sender, name, True)] if sender and not letter["bounced"] else []
        yield from (each for each in those if not _MACHINES.match(each[0]))

    # --- What they say ---------------------------------------------------------------------------------------------

    def _acts(self, number: int, letter: Letter, people: dict[str, Contact]) -> list[Act]:
        """What happened with which contact; nothing where nobody is one."""
        sender = letter["sender"][0]
        if letter["bounced"]:
            kind, direction, those = "email_bounced", "in", letter["bounced"]
        elif sender in self.own:
            kind, direction, those = "email_sent", "out", [address for address, _ in letter["others"]]
        else:
            kind, direction, those = "email_replied", "in", [sender]
        known = {people[each].pk: people[each] for each in those if each in people and each not in self.own}
        if not known:
            self.outcome.counts["strangers"] += 1
        given = InteractionGiven(
            type=kind,
            direction=direction,
            occurred_at=moment_of(letter) or ABSENT,
            subject=letter["subject"],
            body="" if letter["bounced"] else own_words(letter["text"]),
            message_id=letter["id"],
            answers=letter["bounced_id"] or next(reversed(letter["references"]), ""),
            thread=letter["thread"],
            headers=letter["headers"],
        )
        return [(number, letter, contact, given) for contact in known.values()]

    def _given(self, act: Act, ids: dict[str, str]) -> InteractionGiven:
        _, letter, contact, given = act
        name = f"{ids[_name_of(letter)][:40]}-{contact.pk.hex}"
        return replace(given, contact=contact, external_source=SOURCE, external_id=name)

    def _note(self, act: Act, saved: Saved[Any] | Refused) -> None:
        number, letter, contact, given = act
        if isinstance(saved, Refused):
            self.outcome.refuse(number, 0, Fault(saved.field, "", str(saved)))
            return
        self.outcome.counts[saved.change] += 1
        self.outcome.saved(saved, number, What.INTERACTION, contact.pk)
        if given.direction == "out":
            for place, (name, kind, size) in enumerate(letter["files"]):
                self._file(number, contact, FileGiven(
                    contact=contact, name=name or "file", media_type=kind, size=size,
                    external_source=SOURCE, external_id=f"{saved.row.external_id}-{place}",
                ))  # fmt: skip

    def _file(self, number: int, contact: Contact, given: FileGiven) -> None:
        try:
            self.outcome.saved(save_file(owner=self.row.owner, given=given), number, What.FILE, contact.pk)
        except Refused:
            self.outcome.counts["files refused"] += 1


def _addresses(letter: Letter) -> set[str]:
    return {letter["sender"][0], *(address for address, _ in letter["others"]), *letter["bounced"]} - {""}


def _name_of(letter: Letter) -> str:
    """The Message-ID; where there is none, what is in it."""
    return letter["id"] or "\x1f".join((letter["at"], letter["sender"][0], letter["subject"], letter["text"][:500]))
