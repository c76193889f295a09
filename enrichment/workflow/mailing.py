"""Notices by mail, to the admins whom the settings name: sent by the watchdog, so that no purchase waits for a mail."""

import logging
import time
from dataclasses import dataclass, field
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import mail_admins
from django.utils import timezone

from enrichment.models import Notice

logger = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds
AFTER_FAILURE = 300.0
MOST = 50  # in one mail


@dataclass(slots=True)
class Mailer:
    """Sends what the admins were not told yet, all of it in one mail."""

    next_at: float = field(default=float("-inf"))

    def tick(self) -> int:
        """How many notices were sent now. A mail that cannot be sent is tried again minutes later."""
        if not settings.ADMINS or time.monotonic() < self.next_at:
            return 0
        self.next_at = time.monotonic() + LOOK_EVERY
        rows = [row for row in Notice.objects.filter(mailed=None).order_by("at")[:MOST] if _claim(row)]
        if not rows:
            return 0
        try:
            mail_admins(f"{len(rows)} notices", "\n".join(f"{row.at:%d %b %H:%M} UTC  {row}" for row in rows))
        except (SMTPException, OSError) as error:
            Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed=None)
            self.next_at = time.monotonic() + AFTER_FAILURE
            logger.error("notices could not be mailed: %s", type(error).__name__)
            return 0
        return len(rows)


def _claim(row: Notice) -> bool:
    """Another watchdog may have sent it meanwhile."""
    return bool(Notice.objects.filter(pk=row.pk, mailed=None).update(mailed=timezone.now()))
