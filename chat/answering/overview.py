"""The quick overview: what is known at the moment in which a company is chosen."""

from chat.answering.model import Answer
from chat.answering.plain import answer
from enrichment.door import Known

BASICS = ("industry", "employee_count", "headquarters", "company_domain")


def overview(known: Known) -> Answer:
    """Industry, size, location and website, as far as they are known."""
    return answer("company_overview", known, datasets=BASICS)
