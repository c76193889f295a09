"""Which intents are answered worst, by what people said of the answers."""

import math
from dataclasses import dataclass

from django.db.models import Count, Q

from chat.models import ChatFeedback, ChatIntent

ENOUGH = 5  # answers that were judged, from which on an intent is ranked
Z = 1.96  # of the normal distribution, for 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One intent. `at_least`: the share of answers that are of no use, as far as so few tell; in [0, 1]."""

    intent: str
    label: str
    judged: int
    down: int

    @property
    def share(self) -> float:
        return self.down / self.judged

    @property
    def at_least(self) -> float:
        return wilson_low(self.down, self.judged)

    @property
    def is_ranked(self) -> bool:
        return self.judged >= ENOUGH


def wilson_low(hits: int, tries: int) -> float:
    """The lower end of Wilson's 95 % interval of a share: 5 of 5 give 0.57, 50 of 100 give 0.40, none of none 0."""
    if tries == 0:
        return 0.0
    share, square = hits / tries, Z * Z
    middle = share + square / (2 * tries)
    width = Z * math.sqrt((share * (1 - share) + square / (4 * tries)) / tries)
    return max((middle - width) / (1 + square / tries), 0.0)


def worst_intents() -> list[Judged]:
    """The intents of judged answers, worst first; then those with too few judgements to rank."""
    rows = ChatFeedback.objects.exclude(message__turn=None).exclude(message__turn__intent="").order_by()
    counted = rows.values("message__turn__intent").annotate(
        judged=Count("pk"), down=Count("pk", filter=Q(value=ChatFeedback.Value.DOWN))
    )
    labels = dict(ChatIntent.objects.values_list("slug", "label"))
    found = [
        Judged(intent=slug, label=labels.get(slug, slug), judged=judged, down=down)
        for slug, judged, down in counted.values_list("message__turn__intent", "judged", "down")
    ]
    return sorted(found, key=lambda each: (not each.is_ranked, -each.at_least, -each.judged, each.intent))
