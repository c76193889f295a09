"""Which technologies there are, and how they show: in a page's scripts, headers, cookies, markup, or a job's text.

Pure: the rules are our own, in `data/technologies/`, read once when first asked for.
"""

from enrichment.technologies.model import CHAT_GROUPS, GROUPS, Page, Technology
from enrichment.technologies.pages import LONGEST_PAGE, in_page
from enrichment.technologies.prose import LONGEST_TEXT, in_text
from enrichment.technologies.rules import by_name, known

__all__ = [
    "CHAT_GROUPS",
    "GROUPS",
    "LONGEST_PAGE",
    "LONGEST_TEXT",
    "Page",
    "Technology",
    "by_name",
    "in_page",
    "in_text",
    "known",
]
