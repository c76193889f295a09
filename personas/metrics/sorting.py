"""One pass over a history: who did what, which mail an event belongs to, what a machine did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from personas.history import History, Moment, Terms

FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # what is older is an error of an export: 1970-01-01 is a zero
SETTLES = timedelta(days=1)  # a mail or a file younger than this has not had its chance yet
NEAR = timedelta(days=14)  # an event that names no mail belongs to the latest one, if that is not older
AT_ONCE = timedelta(seconds=10)  # a person does not open a mail that soon
BURST, BURST_WITHIN = 3, timedelta(seconds=2)  # so many events of one mail in so short a time are a scanner's

_MAILS = {"email_sent": "out", "email_replied": "in"}  # type → whose it is where the direction is blank
_SPOKEN = {"call": "connected", "meeting": "held"}  # type → the outcome that says that they took part
_THEIR_WORDS = frozenset({"chat", "comment", "file_shared"})
CHANNELS = {
    "email_sent": "email", "email_replied": "email", "email_opened": "email", "email_clicked": "email", "call": "call",
    "meeting": "meeting", "chat": "chat", "comment": "comment", "file_shared": "file", "file_viewed": "file",
}  # fmt: skip


@dataclass(slots=True)
class Sent:
    """A mail of ours and what came of it. `opens`, `clicks` and `replies` are a person's."""

    moment: Moment
    opens: int = 0
    clicks: int = 0
    replies: int = 0
    by_machine: int = 0
    is_bounced: bool = False
    events: list[Moment] = field(default_factory=list)

    @property
    def is_engaged(self) -> bool:
        return bool(self.opens or self.clicks or self.replies)


def are_tracked(mails: Iterable[Sent]) -> bool:
    """Whether anybody recorded opens or clicks of them: of an imported mailbox nobody did, and 0 is no truth."""
    return any(mail.opens or mail.clicks or mail.by_machine for mail in mails)


@dataclass(slots=True)
class Shared:
    """A file that we shared, and when a person viewed it."""

    moment: Moment
    views: list[datetime] = field(default_factory=list)


@dataclass(slots=True)
class Sorted:
    """A history up to now, with everything found that several metrics ask for."""

    moments: tuple[Moment, ...]  # the earliest first
    sent: list[Sent] = field(default_factory=list)
    mails: list[tuple[bool, Moment]] = field(default_factory=list)  # a person's: whether it is ours, in order
    shared: list[Shared] = field(default_factory=list)
    machines: set[UUID] = field(default_factory=set)  # what no person did
    acts: list[Moment] = field(default_factory=list)  # by the contact themselves
    active: list[Moment] = field(default_factory=list)  # of them those that take more than looking

    @property
    def human(self) -> list[Moment]:
        """What people did, they or we; mails that came back are nobody's."""
        return [each for each in self.moments if each.id not in self.machines and each.type != "email_bounced"]


def sorted_of(history: History, terms: Terms) -> Sorted:
    """The history as metrics read it. What is said to happen after now, or before 1990, is left out."""
    kept = [each for each in history.moments if FIRST <= each.at <= terms.now]
    found = Sorted(moments=tuple(sorted(kept, key=lambda each: (each.at, each.id))))
    _assign(found)
    for mail in found.sent:
        _judge(mail, found.machines)
    _own(found)
    return found


def is_mail(moment: Moment) -> bool:
    return moment.type in _MAILS


def is_ours(moment: Moment) -> bool:
    """Of a mail: whether we wrote it. Where nobody says, what is sent is ours and what is replied is theirs."""
    return (moment.direction or _MAILS[moment.type]) == "out"


class _Mails:
    """The mails of ours so far, to find the one that an event or an answer belongs to.

    The one whose Message-ID it names; where it names none, the latest of its thread; where it has none either, the
    latest at all, if that is no older than two weeks. What names a mail that is not here belongs to none.
    """

    def __init__(self) -> None:
        self._by_message: dict[str, Sent] = {}
        self._of_thread: dict[UUID, Sent] = {}
        self._latest: Sent | None = None

    def add(self, mail: Sent) -> None:
        if mail.moment.message:
            self._by_message[mail.moment.message] = mail
        if mail.moment.thread:
            self._of_thread[mail.moment.thread] = mail
        self._latest = mail

    def of(self, moment: Moment, *, or_latest: bool) -> Sent | None:
        if moment.answers:
            return self._by_message.get(moment.answers)
        if moment.thread:
            return self._of_thread.get(moment.thread)
        latest = self._latest
        return latest if or_latest and latest and moment.at - latest.moment.at <= NEAR else None


def _assign(found: Sorted) -> None:
    """Give events, answers and views to the mails and files that they belong to."""
    mails, files = _Mails(), _Files()
    for each in found.moments:
        if each.is_automatic:
            found.machines.add(each.id)
        if is_mail(each):
            _take_mail(each, found, mails)
        elif each.type.startswith("email_") and (to := mails.of(each, or_latest=True)):
            to.events.append(each)
        elif each.type == "file_shared" and each.direction != "in":
            found.shared.append(files.add(each))
        elif each.type == "file_viewed" and not each.is_automatic:
            files.view(each)


def _take_mail(mail: Moment, found: Sorted, mails: _Mails) -> None:
    if not mail.is_automatic:
        found.mails.append((is_ours(mail), mail))
    if is_ours(mail):
        mails.add(sent := Sent(mail))
        if not mail.is_automatic:
            found.sent.append(sent)
    elif not mail.is_automatic and (to := mails.of(mail, or_latest=mail.type == "email_replied")):
        to.replies += 1


class _Files:
    """Files that we shared, to find the one that was viewed: the same file, else the latest of its thread."""

    def __init__(self) -> None:
        self._latest: dict[UUID, Shared] = {}

    def add(self, moment: Moment) -> Shared:
        share = Shared(moment)
        for key in (moment.file, moment.thread):
            if key:
                self._latest[key] = share
        return share

    def view(self, moment: Moment) -> None:
        share = self._latest.get(moment.file) if moment.file else self._latest.get(moment.thread or moment.id)
        if share:
            share.views.append(moment.at)


def _judge(mail: Sent, machines: set[UUID]) -> None:
    """Count what people did with a mail apart from what machines did.

    An open or a click is a machine's where the record says so, where it comes within ten seconds of sending, or where
    three of one mail come within two seconds: scanners of mail follow every link at once. What Apple's Mail fetches
    for those who never looked cannot be told from a look by its time; who knows it marks it.
    """
    bursts = _bursts(mail.events)
    for each in mail.events:
        if each.type == "email_bounced":
            mail.is_bounced = True
        elif each.is_automatic or each.at - mail.moment.at <= AT_ONCE or each.id in bursts:
            mail.by_machine += 1
            machines.add(each.id)
        elif each.type == "email_opened":
            mail.opens += 1
        else:
            mail.clicks += 1


def _bursts(events: Sequence[Moment]) -> set[UUID]:
    looked = [each for each in events if each.type != "email_bounced"]
    fast = (looked[at : at + BURST] for at in range(len(looked) - BURST + 1))
    return {each.id for some in fast if some[-1].at - some[0].at <= BURST_WITHIN for each in some}


def _own(found: Sorted) -> None:
    for each in found.moments:
        if each.id in found.machines:
            continue
        if _is_active(each):
            found.active.append(each)
            found.acts.append(each)
        elif each.type in ("email_opened", "email_clicked", "file_viewed"):
            found.acts.append(each)


def _is_active(moment: Moment) -> bool:
    """Whether the contact wrote, spoke or came: a mail of theirs, a call that reached them, a meeting that was held."""
    if is_mail(moment):
        return not is_ours(moment)
    if moment.type in _SPOKEN:
        return moment.outcome == _SPOKEN[moment.type] or (moment.direction == "in" and not moment.outcome)
    return moment.type in _THEIR_WORDS and moment.direction == "in"
