"""The intents of this moment, read once until a rule changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

from chat.answering.model import Action
from chat.models import ChatIntent
from chat.understanding.model import IntentRule
from enrichment.models import RulesVersion

FREE = "free_form"  # what no other intent covers, and an engine may answer
ASK = "ask"  # the action of a button that asks for an intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A row, frozen."""

    slug: str
    label: str
    button: str
    consumer: str
    datasets: tuple[str, ...]
    follow_ups: tuple[str, ...]
    actions: tuple[str, ...]
    max_cost: Decimal | None
    by_engine: bool = False

    @property
    def action(self) -> Action:
        """The button that asks for it. The document's name of it, where it has one."""
        name = self.actions[0] if self.actions else ASK
        return Action(id=self.slug, label=self.button, action=name, payload={"intent": self.slug})


@dataclass(frozen=True, slots=True)
class Intents:
    """All that are switched on."""

    by_slug: Mapping[str, Intent]
    rules: tuple[IntentRule, ...]

    def get(self, slug: str) -> Intent | None:
        return self.by_slug.get(slug)

    def of_action(self, name: str) -> Intent | None:
        """The intent that a program asks for by that action."""
        return next((each for each in self.by_slug.values() if name in each.actions), self.by_slug.get(name))

    def after(self, slug: str) -> list[Action]:
        """What is offered after an answer."""
        intent = self.by_slug.get(slug)
        return [self.by_slug[each].action for each in (intent.follow_ups if intent else ()) if each in self.by_slug]


_lock = Lock()
_kept: tuple[tuple[str, int], Intents] | None = None


def current() -> Intents:
    """The intents in force."""
    global _kept  # noqa: PLW0603 - one per process, under the lock
    version = RulesVersion.now()
    with _lock:
        if _kept is not None and _kept[0] == version:
            return _kept[1]
    found = _read()
    with _lock:
        _kept = (version, found)
    return found


def _read() -> Intents:
    rows = list(ChatIntent.objects.filter(enabled=True))
    return Intents(
        by_slug={
            row.slug: Intent(
                slug=row.slug,
                label=row.label,
                button=row.button,
                consumer=row.consumer,
                datasets=tuple(row.datasets),
                follow_ups=tuple(row.follow_ups),
                actions=tuple(row.actions),
                max_cost=row.max_cost,
                by_engine=row.by_engine,
            )
            for row in rows
        },
        rules=tuple(
            IntentRule(slug=row.slug, label=row.label, phrases=tuple(row.phrases), words=tuple(row.words))
            for row in rows
            if row.phrases
        ),
    )
