"""Finds what was tampered with: a row that was changed, removed, moved or put in between."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Subquery

from salesintel.audit import guards
from salesintel.audit.chain import BATCH, ONLY, content_of, last_cut, link, unsealed
from salesintel.audit.models import Cut, Entry, Head, Seal
from salesintel.audit.signing import is_signed

UNSIGNED = "no key of this installation signed where the chain begins and ends"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed. `number` of the seal, `entry` the entry's id, where they are known."""

    words: str
    number: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found."""

    findings: tuple[Finding, ...]
    begins: int  # number of the first seal that should be there
    ends: int  # and of the last one
    digest: str  # of the last seal
    waiting: int  # entries that are yet to be sealed


def verify() -> Verdict:
    """Look at every seal and every entry. Holds nobody up: what is sealed meanwhile is left for the next time."""
    while True:
        cut, head = last_cut(), Head.objects.filter(pk=ONLY).first() or Head()
        findings = [*_of_cut(cut), *_of_chain(head, cut), *_beyond_the_head(), *_of_strays(head)]
        findings += _of_signature(head, cut)
        if last_cut().number == cut.number:  # else it was pruned meanwhile
            break
    findings += [Finding(f"the guard {name} of the database is missing") for name in guards.missing(connection)]
    waiting = unsealed().filter(pk__gt=head.settled).count()
    return Verdict(tuple(findings), cut.number + 1, head.number, head.digest, waiting)


def digest_of(number: int) -> str | None:
    """The digest of a seal, or of the cut that took it; None if neither is there."""
    found = Seal.objects.filter(number=number).first() or Cut.objects.filter(number=number).first()
    return found and found.digest


def _of_chain(head: Head, cut: Cut) -> Iterator[Finding]:
    before, expected = cut.digest, cut.number + 1
    for seals in _batches(cut.number, head.number):
        entries = Entry.objects.in_bulk([seal.entry for seal in seals])
        for one in seals:
            if one.number != expected:
                yield _gap(expected, one.number - 1)
            yield from of_seal(one, entries.get(one.entry), before if one.number == expected else None)
            before, expected = one.digest, one.number + 1
    if expected <= head.number:
        yield _gap(expected, head.number)
    elif before != head.digest:
        yield Finding("the chain does not end in the digest that its head says", number=head.number)


def _gap(first: int, last: int) -> Finding:
    return Finding(f"seal {first} was removed" if first == last else f"seals {first} to {last} were removed", first)


def of_seal(one: Seal, entry: Entry | None, before: str | None) -> Iterator[Finding]:
    """What is wrong with a seal and its entry. `before`: the digest of the seal before; None where that is gone."""
    if entry is None:
        yield Finding(f"entry {one.entry} (seal {one.number}) was removed", one.number, one.entry)
    elif content_of(entry) != one.content:
        yield Finding(f"entry {one.entry} (seal {one.number}) was changed", one.number, one.entry)
    if before is not None and link(before, one.number, one.content) != one.digest:
        words = f"seal {one.number} (entry {one.entry}) does not follow from the one before: changed or moved"
        yield Finding(words, one.number, one.entry)


def _of_cut(cut: Cut) -> Iterator[Finding]:
    """A cut that nobody recorded is no pruning."""
    if cut.pk and not Entry.objects.filter(action="prune", model=Cut._meta.label, object_id=str(cut.pk)).exists():
        yield Finding(f"the chain was cut off up to seal {cut.number}, and no entry says so", number=cut.number)


def _of_signature(head: Head, cut: Cut) -> Iterator[Finding]:
    """What the database alone cannot say: that the chain begins and ends where we left it."""
    if not is_signed(head):
        yield Finding(UNSIGNED)
    if cut.number != head.begins:
        yield Finding(f"the chain was cut off up to seal {cut.number}, and this installation did not", cut.number)
    if digest_of(head.signed) not in (head.signed_digest, None):
        yield Finding(f"seal {head.signed} does not have the digest that was signed", head.signed)
    if head.number < head.signed:
        yield Finding(f"the head was set back from seal {head.signed} to {head.number}", head.signed)
    if head.number > head.signed:
        words = "not signed yet: an older version sealed them, or somebody else did"
        yield Finding(f"seals {head.signed + 1} to {head.number} are {words}", head.signed + 1)


def _beyond_the_head() -> Iterator[Finding]:
    """In one statement: seals and the head move together."""
    ends = Head.objects.filter(pk=ONLY).values("number")
    for number in Seal.objects.filter(number__gt=Subquery(ends)).values_list("number", flat=True)[:100]:
        yield Finding(f"seal {number} was added by hand", number=number)


def _of_strays(head: Head) -> Iterator[Finding]:
    """Entries that should have been sealed long ago."""
    for pk in unsealed().filter(pk__lte=head.settled).order_by("pk").values_list("pk", flat=True)[:100]:
        yield Finding(f"entry {pk} was added afterwards", entry=pk)


def _batches(after: int, until: int) -> Iterator[list[Seal]]:
    while seals := list(Seal.objects.filter(number__gt=after, number__lte=until).order_by("number")[:BATCH]):
        yield seals
        after = seals[-1].number
