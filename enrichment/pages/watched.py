"""Watches as pages show them: the form that makes one, and changes in words."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrichment import rules
from enrichment.automation.watches.keeping import WatchAsk
from enrichment.models import RulesVersion, Watch, WatchChange
from enrichment.pages.consumers import offered
from enrichment.pages.words import State, age, safe_link, usd
from salesintel.accounts.models import User
from salesintel.narrowed import certain

SHOWN = 100  # changes on a page; the API has all of them
TONES = {
    "signal": "busy", "news": "plain", "person_came": "good", "person_left": "warn", "title_changed": "busy",
    "added": "good", "removed": "warn", "changed": "busy",
}  # fmt: skip
MUCH, SOME = 0.6, 0.35  # scores


class WatchForm(forms.Form):
    """A company, and how often it is looked at. `company_domain` settles a name that several bear."""

    company = forms.CharField(
        max_length=200, label=gettext_lazy("Company"), help_text=gettext_lazy("A name, a domain or a URL.")
    )
    company_domain = forms.CharField(max_length=253, required=False, widget=forms.HiddenInput)
    consumer = forms.ChoiceField(required=False, label=gettext_lazy("What for"))
    every = forms.ChoiceField(
        required=False,
        label=gettext_lazy("How often"),
        choices=[
            ("weekly", gettext_lazy("Every week")),
            ("daily", gettext_lazy("Every day")),
            ("monthly", gettext_lazy("Every month")),
        ],
    )
    paid = forms.BooleanField(
        required=False,
        label=gettext_lazy("Ask paid sources, too"),
        help_text=gettext_lazy("Without it a check costs nothing."),
    )
    monthly_cost = forms.DecimalField(
        required=False,
        label=gettext_lazy("Spend at most a month (USD)"),
        min_value=0,
        max_value=1_000_000,
        decimal_places=9,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        consumer = certain(self.fields["consumer"], forms.ChoiceField)
        consumer.choices = offered(RulesVersion.now(), first="profile")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("paid") and given.get("monthly_cost") is None and "monthly_cost" not in self.errors:
            self.add_error("monthly_cost", _("Say what paid checks may cost in a month."))
        return given

    def ask(self, user: User) -> WatchAsk:
        given, known = self.cleaned_data, rules.current().rules
        return WatchAsk(
            company=given["company"],
            company_domain=given["company_domain"] or None,
            consumer=given["consumer"] or "profile",
            role=user.role if user.role in known.roles else "",
            every=given["every"] or "weekly",
            free_only=not given["paid"],
            monthly_cost=given["monthly_cost"] if given["paid"] else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One watch in the list."""

    id: object
    company: str
    every: str
    state: State
    unread: int
    checked: str
    money: str


def line(watch: Watch) -> Line:
    """A watch that `counted` has counted."""
    return Line(
        id=watch.pk,
        company=watch.company.name,
        every=watch.cron if watch.every == Watch.Every.CRON else str(watch.get_every_display()),
        state=State("warn", _("paused")) if watch.paused else State("good", _("watching")),
        unread=getattr(watch, "unread", 0),
        checked=age(watch.last_checked, timezone.now()) if watch.last_checked else _("not checked yet"),
        money=_money(watch),
    )


def _money(watch: Watch) -> str:
    if watch.free_only:
        return _("free sources")
    if watch.monthly_cost is None:
        return _("no limit a month")
    return _("up to %s a month") % usd(watch.monthly_cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One change, with its kind, how much it matters, and what it was read in."""

    state: State
    label: str
    what: str
    matters: str
    sources: list[dict[str, str]]
    sandbox: bool


def shown(watch: Watch) -> dict[str, Any]:
    """What the page of a watch shows: changes by day, newest first; what matters most first within a day."""
    labels = {slug: row.label for slug, row in rules.current().rules.datasets.items()}
    rows = list(WatchChange.objects.filter(watch=watch)[:SHOWN])
    days: dict[Any, list[Shown]] = {}
    for row in sorted(rows, key=lambda row: (-row.at.date().toordinal(), -row.score, row.pk)):
        days.setdefault(row.at.date(), []).append(_shown(row, labels))
    checks = list(watch.checks.all()[:5])
    return {
        "watch": watch,
        "line": line(watch),
        "days": list(days.items()),
        "checks": [(check, usd(check.cost)) for check in checks],
        "is_busy": any(check.status == "waiting" for check in checks),
        "sandbox": any(row.origin == "sandbox" for row in rows),
    }


def _shown(row: WatchChange, labels: dict[str, str]) -> Shown:
    cited = [*row.evidence.get("new", []), *row.evidence.get("old", [])]
    return Shown(
        state=State(TONES[row.kind], str(row.get_kind_display())),
        label=labels.get(row.dataset, row.dataset),
        what=row.what,
        matters=_("matters much") if row.score >= MUCH else _("matters") if row.score >= SOME else _("in passing"),
        sources=[
            {"title": str(each.get("title") or each.get("source")), "url": safe_link(each.get("url"))}
            for each in cited[:4]
        ],
        sandbox=row.origin == "sandbox",
    )
