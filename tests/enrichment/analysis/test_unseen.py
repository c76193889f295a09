"""What one database names against the pages is told as its word; of two claims, the borne one is shown."""

from dataclasses import replace
from datetime import UTC, datetime

from enrichment.analysis import findings, values
from enrichment.analysis.builtin import Builtin
from enrichment.analysis.conflicts import conflicts
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import EvidenceItem, FactItem, FactView, Task
from tests.enrichment.analysis.worlds import acme

AT = datetime(2026, 3, 10, tzinfo=UTC)
MARKETO = {"name": "Marketo", "category": "Marketing automation", "group": "analytics"}
REACT = {"name": "React", "category": "JavaScript framework", "group": "frontend"}
PAGE = EvidenceItem(id="p1", source="company_website", kind="page", title="Acme", text="The page's code shows React")
RECORD = EvidenceItem(
    id="r1", source="company_db", kind="record", title="Acme on Crunchbase", publisher="Crunchbase", text="Uses Marketo"
)
JOB = EvidenceItem(id="j1", source="job_boards", kind="job", title="Marketer", text="You work in Marketo")


def said(value: object, key: str, reliability: float = 0.8) -> FactItem:
    return FactItem(value=value, evidence=(key,), sources=(key,), reliability=reliability, observed_at=AT)


def of(dataset: str, kind: str, *items: FactItem, evidence: tuple[EvidenceItem, ...]) -> Task:
    task = acme()
    fact = FactView(dataset=dataset, kind=kind, value=items[0].value, items=items, reliability=0.8, observed_at=AT)
    return replace(task, facts={**task.facts, dataset: fact}, evidence=(*task.evidence, *evidence))


def stack(*items: FactItem, evidence: tuple[EvidenceItem, ...] = (PAGE, RECORD, JOB)) -> Task:
    return of("tech_stack", "records", *items, evidence=evidence)


def test_what_pages_would_show_and_do_not_is_the_databases_word() -> None:
    task = stack(said(REACT, "p1"), said(MARKETO, "r1"))

    body = ground(Builtin().write(task), task).body["tech_stack"]

    assert "Marketo" not in body["analytics"]
    assert "According to Crunchbase, Acme Corp uses Marketo too: ask whether that is so." in body["observations"]


def test_a_database_is_believed_where_nobody_read_the_pages() -> None:
    assert findings.unseen(stack(said(MARKETO, "r1"), evidence=(RECORD,))) == []


def test_what_a_job_names_too_is_no_ones_word_alone() -> None:
    both = FactItem(value=MARKETO, evidence=("r1", "j1"), sources=("r1", "j1"), reliability=0.9, observed_at=AT)

    assert findings.unseen(stack(said(REACT, "p1"), both)) == []


def test_the_place_that_the_companys_own_pages_bear_out_is_shown() -> None:
    places = (said("Dallas, TX", "r1", 0.85), said("Austin, TX", "p1", 0.8))
    task = of("headquarters", "scalar", *places, evidence=(PAGE, RECORD))

    shown = ground(Builtin().write(task), task).body["customer"]["headquarters"]
    conflict = next(each for each in conflicts(task) if each.dataset == "headquarters")

    assert shown == conflict.shown.value == "Austin, TX"
    assert [other.value for other in conflict.others] == ["Dallas, TX"]


def test_a_place_that_is_far_more_reliable_is_shown_whatever_the_pages_say() -> None:
    places = (said("Dallas, TX", "r1", 0.95), said("Austin, TX", "p1", 0.6))

    found = values.best_of(of("headquarters", "scalar", *places, evidence=(PAGE, RECORD)), "headquarters")

    assert found is not None
    assert found.value == "Dallas, TX"
