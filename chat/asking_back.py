"""What is said to a question that nobody understood for certain: what it may have meant, or what can be asked."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from chat import intents
from chat.saying import Saying

CONVERSING = ("prepare", "cost", "stop", "why", "full_report", "help", "thanks")  # of no company's data
OFFERED = 8  # of what can be asked
NEAR = 3  # intents that a question may have meant


def did_you_mean(near: Sequence[str]) -> Saying:
    """The intents that are `near`, as buttons; where there is none, what can be asked."""
    now = intents.current()
    actions = [intent.action for slug in near[:NEAR] if (intent := now.get(slug))]
    return Saying(content=_("I am not sure what you ask. Did you mean:"), actions=actions) if actions else offers()


def offers() -> Saying:
    """What can be asked."""
    rows = [each for each in intents.current().by_slug.values() if each.slug not in (*CONVERSING, intents.FREE)]
    words = _("I can tell you what is known of a company, and find out the rest. Ask for instance:")
    return Saying(content=words, actions=[each.action for each in rows[:OFFERED]])
