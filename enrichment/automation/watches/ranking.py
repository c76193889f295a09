"""How much a change matters to a role. Pure."""

from enrichment.automation.watches.differing import PEOPLE, Change

WEIGHTS = {
    "signal": 1.0, "person_came": 0.9, "person_left": 0.9, "title_changed": 0.8, "changed": 0.7, "added": 0.6,
    "removed": 0.6, "news": 0.5,
}  # fmt: skip
OPENERS = {
    "recent_news": "news", "recent_activities": "news", "growth_signals": "news", "buying_signals": "news",
    "budget_indicators": "news", "purchase_intent": "news", "business_challenges": "challenge", "tech_stack": "systems",
    "integration_needs": "systems", "integrations": "systems", "competitive_usage": "usage", "competitors": "usage",
    "hiring_trends": "job",
}  # fmt: skip
STEP = 0.1  # less for each place further down in what the role opens a conversation with
LEFT_OUT = 0.5  # of what no role opens with: a seat, a price list


def score(change: Change, *, emphasis: tuple[str, ...]) -> float:
    """Weight of its kind × how soon the role would speak of it × how reliable its sources are; 0 to 1.

    A signal weighs 1, somebody who came or left 0.9, a new title 0.8, another value 0.7, something added or removed
    0.6, plain news 0.5. What the role opens conversations with first counts whole, each later place a tenth less, what
    it never opens with a half; people count whole. For an AE, whose first is news, a funding round of a source of 0.9
    scores 1 × 1 × 0.9 = 0.9; for an SE, whose last it is, 1 × 0.6 × 0.9 = 0.54.
    """
    bearer = change.new or change.old
    reliability = bearer.reliability if bearer else 0.0
    return round(WEIGHTS[change.kind] * _fit(change.dataset, emphasis) * min(max(reliability, 0.0), 1.0), 4)


def _fit(dataset: str, emphasis: tuple[str, ...]) -> float:
    opener = OPENERS.get(dataset)
    if dataset in PEOPLE:
        return 1.0
    if opener is None or not emphasis:
        return LEFT_OUT if opener is None else 1.0
    return 1.0 - STEP * emphasis.index(opener) if opener in emphasis else LEFT_OUT
