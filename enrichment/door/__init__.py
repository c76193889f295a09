"""The door of the engine for other apps: the conversation and the personas enter here, and by no other way.

Whoever is behind it asks, prices, cancels and reads; what that takes is decided in the workflow. Everything is plain
Python on a thread: transactions are the caller's where they open one. Each subject has a room of its own.
"""

from enrichment.analysis.hostile import is_hostile
from enrichment.analysis.model import FactItem
from enrichment.analysis.questions import fits, said
from enrichment.analysis.replies.cutting import Sentence
from enrichment.analysis.titles import part_of_title
from enrichment.announcing import announce
from enrichment.companies import AmbiguousCompany, IdentityError, NotACompany
from enrichment.door.answering import asked_about, may_an_engine_answer, why_withheld
from enrichment.door.asking import CONVERSATION, Outlook, checked_seller, datasets_of, labels, outlook
from enrichment.door.companies import (
    Meant,
    as_candidate,
    candidates_of,
    company_named,
    company_of_record,
    forget_unused,
    whom,
)
from enrichment.door.forgetting import ask_also, forget_person
from enrichment.door.names import Names, names_of
from enrichment.door.portraying import (
    Clue,
    portrait_asked,
    portrait_payer,
    portrait_price,
    portrait_prompts,
    portrait_withheld,
    write_portrait,
)
from enrichment.door.reading import Known, KnownFact, known, with_first_seen
from enrichment.models import ResearchRequest
from enrichment.pages.words import safe_link
from enrichment.technologies import by_name as technology_named
from enrichment.workflow.answers import accepted, envelope_json, error_of, progress
from enrichment.workflow.asks import Ask, BudgetSpent, InvalidAsk, RequestError, Seller, Unaffordable
from enrichment.workflow.cancelling import cancel
from enrichment.workflow.engine_ledger import doubt_replies
from enrichment.workflow.intervals import Difference, Mean, difference, mean_of
from enrichment.workflow.known_facts import value_key
from enrichment.workflow.portraying import Portrait, Unwritten, spent_on
from enrichment.workflow.replying import PATIENCE as LONGEST_REPLY
from enrichment.workflow.replying import Asked, Reply, payer_of, reply
from enrichment.workflow.requests import request_research

__all__ = [
    "CONVERSATION",
    "LONGEST_REPLY",
    "AmbiguousCompany",
    "Ask",
    "Asked",
    "BudgetSpent",
    "Clue",
    "Difference",
    "FactItem",
    "IdentityError",
    "InvalidAsk",
    "Known",
    "KnownFact",
    "Mean",
    "Meant",
    "Names",
    "NotACompany",
    "Outlook",
    "Portrait",
    "Reply",
    "RequestError",
    "ResearchRequest",
    "Seller",
    "Sentence",
    "Unaffordable",
    "Unwritten",
    "accepted",
    "announce",
    "as_candidate",
    "ask_also",
    "asked_about",
    "cancel",
    "candidates_of",
    "checked_seller",
    "company_named",
    "company_of_record",
    "datasets_of",
    "difference",
    "doubt_replies",
    "envelope_json",
    "error_of",
    "fits",
    "forget_person",
    "forget_unused",
    "is_hostile",
    "known",
    "labels",
    "may_an_engine_answer",
    "mean_of",
    "names_of",
    "outlook",
    "part_of_title",
    "payer_of",
    "portrait_asked",
    "portrait_payer",
    "portrait_price",
    "portrait_prompts",
    "portrait_withheld",
    "progress",
    "reply",
    "request_research",
    "safe_link",
    "said",
    "spent_on",
    "technology_named",
    "value_key",
    "whom",
    "why_withheld",
    "with_first_seen",
    "write_portrait",
]
