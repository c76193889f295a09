"""A person's notices: how many are new, in what words each is told, and marking them as read."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrichment.models import UserNotice
from enrichment.models.clock import database_now
from salesintel.accounts.models import User

MOST_COUNTED = 99


def unread(user: User) -> int:
    """How many notices are new to the person, at most one more than `MOST_COUNTED`. One query."""
    return UserNotice.objects.visible_to(user).unread().order_by()[: MOST_COUNTED + 1].count()


def read(notice: UserNotice) -> None:
    UserNotice.objects.filter(pk=notice.pk).unread().update(read=database_now())


def read_all(user: User) -> int:
    """Mark all of the person's as read; how many were not."""
    return UserNotice.objects.visible_to(user).unread().update(read=database_now())


def words(event: str, data: dict[str, Any]) -> str:
    """One event in a sentence. What another version announced, and this one does not know, is told by its type."""
    tell = _WORDS.get(event)
    try:
        return tell(data) if tell else event
    except (KeyError, TypeError, AttributeError):
        return event


def _completed(data: dict[str, Any]) -> str:
    return _("The brief on %(company)s is ready.") % {"company": data["company"]["name"]}


def _partial(data: dict[str, Any]) -> str:
    told = ngettext(
        "The brief on %(company)s is ready, with %(count)d gap.",
        "The brief on %(company)s is ready, with %(count)d gaps.",
        data["gaps"],
    )
    return told % {"company": data["company"]["name"], "count": data["gaps"]}


def _failed(data: dict[str, Any]) -> str:
    return _("The research on %(company)s could not be finished.") % {"company": data["company"]["name"]}


def _worked_off(data: dict[str, Any]) -> str:
    told = ngettext(
        "The list %(label)s is worked off: %(answered)d of %(count)d line answered.",
        "The list %(label)s is worked off: %(answered)d of %(count)d lines answered.",
        data["lines"],
    )
    label = f"“{data['label']}”" if data["label"] else _("that you sent")
    return told % {"label": label, "answered": data["done"] + data["partial"], "count": data["lines"]}


def _changed(data: dict[str, Any]) -> str:
    told = ngettext("%(count)d change at %(company)s.", "%(count)d changes at %(company)s.", data["changes"])
    return told % {"count": data["changes"], "company": data["company"]["name"]}


def _persona(data: dict[str, Any]) -> str:
    return _("A persona is ready.")


def _no_persona(data: dict[str, Any]) -> str:
    return _("A persona could not be made.")


def _taken_in(data: dict[str, Any]) -> str:
    if data["status"] == "failed":
        return _("An import broke off. What came before is in; start it again.")
    told = ngettext("An import is done: %(count)d row", "An import is done: %(count)d rows", data["rows"])
    rest = _("%(new)d new, %(changed)d changed, %(refused)d refused.")
    return f"{told % {'count': data['rows']}}, {rest % data}"


def _budget(data: dict[str, Any]) -> str:
    period = {"day": _("today's"), "month": _("this month's")}[data["period"]]
    told = _("%(share)d %% of %(period)s budget of %(limit)s USD are used.")
    return told % {"share": round(data["share"] * 100), "period": period, "limit": f"{data['limit']:,.2f}"}


def _paused(data: dict[str, Any]) -> str:
    who = data["provider"] or _("every provider")
    return {
        "asked-to-wait": _("%(who)s asked to be left alone for a while."),
        "overcharged": _("%(who)s charged more than its price, and is left alone for a while."),
        "spending-brake": _("Spending at %(who)s ran away: paid calls are stopped."),
        "stopped": _("Paid calls to %(who)s were stopped."),
    }[data["reason"]] % {"who": who}


def _disabled(data: dict[str, Any]) -> str:
    if data["reason"] == "gone":
        return _("A webhook of yours was switched off: its receiver says that it is gone.")
    return _("A webhook of yours was switched off: nothing arrived there for three days.")


_WORDS = {
    "run.completed": _completed,
    "run.partial": _partial,
    "run.failed": _failed,
    "bulk.completed": _worked_off,
    "watch.changed": _changed,
    "persona.generated": _persona,
    "persona.failed": _no_persona,
    "import.completed": _taken_in,
    "budget.warning": _budget,
    "provider.paused": _paused,
    "webhook.disabled": _disabled,
}
