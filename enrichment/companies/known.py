"""Which companies are more than a name that somebody typed."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from enrichment.companies.latin import SPELLING
from enrichment.companies.vouching import ASKED
from enrichment.models import Company, CompanyAlias, Observation


def known(rows: "QuerySet[Company]") -> "QuerySet[Company]":
    """Those with a confirmed domain, in a list, called so by an editor, or of which a source had anything to say."""
    listed = CompanyAlias.objects.filter(company=OuterRef("pk")).exclude(learned_from__in=[ASKED, SPELLING])
    answered = Observation.objects.filter(company=OuterRef("pk"))
    return rows.filter(Q(provisional_key=None, unconfirmed=False) | Exists(answered) | Exists(listed))


def is_known(company: Company) -> bool:
    """Whether it is one of them; asks the database only about those that one user may have made."""
    is_settled = company.provisional_key is None and not company.unconfirmed
    return is_settled or known(Company.objects.filter(pk=company.pk)).exists()
