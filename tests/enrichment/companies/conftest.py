"""Companies as the documents have them."""

import pytest

from enrichment.companies import register
from enrichment.models import Company


@pytest.fixture
def acme_corp(db: None) -> Company:
    return register("Acme Corp", "acmecorp.com")


@pytest.fixture
def acme_trio(acme_corp: Company) -> list[Company]:
    """Three companies that people call Acme."""
    return [acme_corp, register("Acme Industries", "acme-ind.com"), register("Acme Solutions", "acmesol.io")]
