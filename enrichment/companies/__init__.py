"""Who a company is: names and domains of any spelling to one company, locally and free.

`pull` and `lookup` find candidates by what `enrichment.naming` makes of names and domains, `near` those that a slip of
the pen leads to; `identity` decides; `vouching` says whose word counts, `known` which companies are more than a word,
`private` which nobody but one user may know of; `learning` and `merging` keep what turns out later, `splitting` takes
it back; `listing` loads many at once.
"""

from enrichment.companies.identity import (
    NEW,
    Ambiguous,
    AmbiguousCompany,
    Found,
    IdentityError,
    NotACompany,
    Resolution,
    Unknown,
    find,
    resolve,
)
from enrichment.companies.learning import learn_alias, learn_domain
from enrichment.companies.listing import Listing, register, register_all
from enrichment.companies.lookup import Candidate, search
from enrichment.companies.many import find_many
from enrichment.companies.merging import absorb, by_domain, canonical, follow
from enrichment.companies.private import forget_unused
from enrichment.companies.splitting import NotMerged, split_off
from enrichment.companies.vouching import confirm, hear

__all__ = [
    "NEW",
    "Ambiguous",
    "AmbiguousCompany",
    "Candidate",
    "Found",
    "IdentityError",
    "Listing",
    "NotACompany",
    "NotMerged",
    "Resolution",
    "Unknown",
    "absorb",
    "by_domain",
    "canonical",
    "confirm",
    "find",
    "find_many",
    "follow",
    "forget_unused",
    "hear",
    "learn_alias",
    "learn_domain",
    "register",
    "register_all",
    "resolve",
    "search",
    "split_off",
]
