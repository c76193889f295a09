"""What of a prospect's tools is suggested to a vendor as a competitor's."""

import pytest

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import ground
from enrichment.analysis.rivals import rivals
from tests.enrichment.analysis.worlds import acme, item, with_fact


def names_of(tool: str, category: str = "") -> list[str]:
    """The products that a report on a user of the tool would tell Okta of."""
    used = {"name": tool, "category": category} if category else {"name": tool}
    task = with_fact(acme(), "tech_stack", "records", item(used, "e6"))
    return [rival.name for rival in rivals(task, ground(Builtin().write(task), task))]


@pytest.mark.parametrize("tool", ["OneLogin", "JumpCloud", "CyberArk"])
def test_a_product_for_what_the_vendors_are_mostly_about_may_compete(tool: str) -> None:
    assert tool in names_of(tool)


@pytest.mark.parametrize("tool", ["Greenhouse", "BambooHR", "Slack"])
def test_a_product_of_another_field_is_no_rival(tool: str) -> None:
    """Identity for the workforce is not about recruiting, though both speak of employees."""
    assert tool not in names_of(tool)


@pytest.mark.parametrize("tool", ["Auth0", "Okta"])
def test_what_the_vendor_sells_itself_is_no_rival(tool: str) -> None:
    assert tool not in names_of(tool)
