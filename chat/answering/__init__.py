"""What is said to a question: statements that evidence bears, by intent. Pure: no database, no clock."""

from chat.answering.continuing import continued
from chat.answering.overview import overview
from chat.answering.people import people_in
from chat.answering.plain import answer
from chat.answering.progress import Told, told_event
from chat.answering.telling import confidence_of, explained, sources_of, statements_json, to_markdown

__all__ = [
    "Told",
    "answer",
    "confidence_of",
    "continued",
    "explained",
    "overview",
    "people_in",
    "sources_of",
    "statements_json",
    "to_markdown",
    "told_event",
]
