"""What readers make of reports: one's stars, and how often sections are used. Nobody's reading is written down.

A rating is somebody's own. Of the use of sections only counts are kept, by day, section and kind of report: how often a
section's evidence was opened, more of it was asked for, or something was copied from it. A page counts each of that
once, and whoever asks not to be tracked (`DNT`, `Sec-GPC`) is not counted at all.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from enrichment.models import Rating, Report, ResearchRequest, SectionUse
from salesintel.accounts.models import User

Action = SectionUse.Action
BRIEF = "brief"  # the section that is all of it
# The sections of a brief by the last part of their names in the page, which are those of its headings.
SECTIONS = frozenset(
    {
        BRIEF,
        "who",
        "now",
        "whom",
        "fit",
        "say",
        "object",
        "against",
        "tech",
        "quality",
        "gaps",
        "intent",
        "sources",
        "other",
    }
)
BY_HAND = frozenset({Action.EVIDENCE, Action.MORE, Action.COPIED})  # what the page's script tells


class NoReport(Exception):
    """There is nothing to rate yet."""


def rating_of(request: ResearchRequest, user: User) -> Rating | None:
    """The person's rating of the request's report."""
    if request.report_id is None:
        return None
    return Rating.objects.visible_to(user).filter(report=request.report_id).first()


def rate(request: ResearchRequest, user: User, *, stars: int, reason: str = "") -> Rating:
    """Give the request's report so many stars, in place of those of before. Raises `NoReport`."""
    if request.report_id is None:
        raise NoReport("There is no report to rate yet.")
    row, _ = Rating.objects.update_or_create(
        report_id=request.report_id, user=user, defaults={"stars": stars, "reason": " ".join(reason.split())}
    )
    return row


def unrate(request: ResearchRequest, user: User) -> Rating | None:
    """Take the person's stars back; returns what they were, for whoever wants them again."""
    row = rating_of(request, user)
    if row is not None:
        Rating.objects.filter(pk=row.pk).delete()
    return row


def count_use(report: Report, section: str, action: str, *, at: datetime) -> None:
    """Count one use of a section in briefs of the report's kind; an unknown section or action counts nothing."""
    if section not in SECTIONS or action not in Action.values:
        return
    place = {
        "day": at.date(),
        "origin": report.origin,
        "consumer": report.consumer,
        "role": report.role,
        "engine": report.engine,
        "prompt": report.prompt,
        "section": section,
        "action": action,
    }
    if SectionUse.objects.filter(**place).update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            SectionUse.objects.create(**place, count=1)
    except IntegrityError:  # somebody else's first of the day came between
        SectionUse.objects.filter(**place).update(count=F("count") + 1)
