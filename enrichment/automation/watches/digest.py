"""Mail of what changed at the companies that somebody watches: only to who asked, only where something did.

Each is sent by whoever moves the row on to its next moment, so it goes out once however many watchdogs there are. A
mail that cannot be sent is not sent again: what it told is on the page.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrichment.automation.watches.keeping import InvalidWatch
from enrichment.automation.watches.schedule import BadSchedule, next_slot
from enrichment.models import Digest, WatchChange
from salesintel import audit
from salesintel.accounts.models import User

logger = logging.getLogger(__name__)

EVERY = 30.0  # seconds between two looks for what is due
PIECE = 20  # mails of one look
MOST = 30  # changes of one mail
SALT = "digest"


@dataclass(slots=True)
class DigestMailer:
    """Sends the digests that are due."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> int:
        """How many mails were sent."""
        if time.monotonic() < self.due:
            return 0
        self.due = time.monotonic() + EVERY
        rows = Digest.objects.filter(next_at__lte=timezone.now()).select_related("user")[:PIECE]
        return sum(send(row) for row in rows)


@transaction.atomic
def subscribe(user: User, every: str) -> Digest:
    """Mail them so often from now on; what changed before is passed over. Raises `InvalidWatch` without an address."""
    if every != Digest.Every.NEVER and not user.email:
        raise InvalidWatch({"every": [_("Your account has no mail address to send to; ask your admin for one.")]})
    now = timezone.now()
    row, _made = Digest.objects.update_or_create(
        user=user, defaults={"every": every, "next_at": _next(user, every, now), "last_at": now}
    )
    audit.record("subscribe", row, fields=["every"])
    return row


def _next(user: User, every: str, after: datetime) -> datetime | None:
    if every == Digest.Every.NEVER:
        return None
    try:
        return next_slot(every, "", user.time_zone or "UTC", after=after, key=f"digest {user.pk}")
    except BadSchedule:
        return next_slot(every, "", "UTC", after=after, key=f"digest {user.pk}")


def send(row: Digest) -> bool:
    """Send one that is due, if anything changed; whether it was sent."""
    now, user = timezone.now(), row.user
    with transaction.atomic():
        mine = Digest.objects.filter(pk=row.pk, next_at=row.next_at)
        if not mine.update(next_at=_next(user, row.every, now), last_at=now):
            return False  # another watchdog was quicker
        changes = _since(user, row.last_at, now)
    if not changes or not user.email or not user.is_active:
        return False
    try:
        message_of(user, changes).send()
    except (SMTPException, OSError) as error:
        logger.error("a digest could not be mailed: %s", type(error).__name__)
        return False
    return True


def _since(user: User, since: datetime | None, now: datetime) -> list[WatchChange]:
    rows = WatchChange.objects.filter(watch__user=user, at__lte=now).select_related("company")
    if since is not None:
        rows = rows.filter(at__gt=since)
    return list(rows.order_by("-score", "-at", "-pk")[: MOST + 1])


def message_of(user: User, changes: list[WatchChange]) -> EmailMessage:
    """What changed, by company, what matters most first; with a way out in one click (RFC 8058)."""
    shown = changes[:MOST]
    by_company: dict[str, list[WatchChange]] = {}
    for change in shown:
        by_company.setdefault(change.company.name, []).append(change)
    lines = []
    for name, its in by_company.items():
        lines += [name, *(f"  {change.get_kind_display()}: {change.what}" for change in its), ""]
    if len(changes) > MOST:
        lines += [_("There are more; the page has all of them."), ""]
    if any(change.origin == "sandbox" for change in shown):
        lines += [_("SANDBOX: what you read here is invented."), ""]
    lines += [
        _("All of it: %s") % f"{settings.PUBLIC_URL}/watches/",
        _("No more such mail: %s") % unsubscribe_url(user),
    ]
    count = len(shown)
    return EmailMessage(
        subject=ngettext("%(count)d change at %(companies)s", "%(count)d changes at %(companies)s", count)
        % {"count": count, "companies": _companies(list(by_company))},
        body="\n".join(lines),
        to=[user.email],
        headers={
            "List-Unsubscribe": f"<{unsubscribe_url(user)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _companies(names: list[str]) -> str:
    """Their names on one line, as a subject has them."""
    shown = ", ".join(" ".join(name.split())[:60] for name in names[:3])
    return shown if len(names) <= 3 else _("%(names)s and %(more)d more") % {"names": shown, "more": len(names) - 3}


def unsubscribe_url(user: User) -> str:
    """Where whoever has this address ends the mails, logged in or not."""
    return f"{settings.PUBLIC_URL}/digest/stop/{signing.dumps(user.pk, salt=SALT)}/"


@transaction.atomic
def unsubscribe(token: str) -> bool:
    """End the mails to whom the token was made for; False for a token of nobody's."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return False
    mailed = Digest.objects.filter(user_id=pk).exclude(every=Digest.Every.NEVER)
    if mailed.update(every=Digest.Every.NEVER, next_at=None):
        audit.record("unsubscribe", User, pk=pk)
    return User.objects.filter(pk=pk).exists()
