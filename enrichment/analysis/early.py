"""What people can read of an answer while others are still awaited: its findings, checked as a report's are.

Cheap, for it is done while the answer is recorded. Names nobody: what a run tells is read by all who ask for it, and a
person is told by title alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.analysis import articles, findings, values
from enrichment.analysis.derive import GROUPS, buying_role, group_of
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import Draft, Task
from enrichment.analysis.said import derived, unfold, verbatim
from enrichment.analysis.text import normal, tidy

LONGEST = 200  # characters of a finding

# How many findings of a kind one answer tells; the rest is counted.
MOST = {"news": 5, "product": 4, "person": 4, "job": 3, "technology": 6, "challenge": 3, "competitor": 4}
_READ = 4  # times as many are looked at: some are known already, and some do not pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """One finding; `more` has what is known beside its text: a signal, a day, a group, a part in a purchase."""

    kind: str  # a key of `MOST`
    text: str
    evidence: tuple[str, ...]
    more: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others."""
        return self.kind, normal(self.text)


def early(task: Task) -> list[Early]:
    """The task's findings that its evidence bears, most telling kinds first. Pure."""
    body, claims = unfold(_of_vendor(task) if task.purpose == "vendor_context" else _of_customer(task))
    grounded = ground(Draft(body=body, claims=claims, engine="early"), task)
    return list(_read(grounded.body, grounded.statements))


def chosen(found: Sequence[Early], *, told: Collection[tuple[str, str]]) -> tuple[list[Early], int]:
    """Those to tell now, and how many more there are; what was told before is left out."""
    new: dict[tuple[str, str], Early] = {each.key: each for each in found if each.key not in told}
    counted: dict[str, int] = {}
    kept = []
    for each in new.values():
        counted[each.kind] = counted.get(each.kind, 0) + 1
        if counted[each.kind] <= MOST[each.kind]:
            kept.append(each)
    return kept, len(new) - len(kept)


# --- What may be told -------------------------------------------------------------------------------------------------


def _of_customer(task: Task) -> dict[str, Any]:
    """Those places of a brief that are copied or computed from an answer, without its sentences."""
    stack: dict[str, list[Any]] = {group: [] for group in GROUPS}
    for named in findings.technologies(task)[: _READ * MOST["technology"]]:
        if (group := group_of(named)) and named.dataset == "tech_stack":
            stack[group].append(verbatim(named.name, named.evidence))
    return {
        "news_signals": [
            {
                "headline": verbatim(article.headline, article.evidence),
                "date": derived(article.day.isoformat() if article.day else None, "iso_date", article.evidence),
                "source": verbatim(article.publisher, article.evidence),
                "signal_type": derived(article.signal, "signal_type", article.evidence),
            }
            for article in sorted(articles.found(task), key=lambda found: found.signal is None)[: _READ * MOST["news"]]
        ],
        "target_contacts": [*_people(task), *_posts(task)],
        "tech_stack": stack,
        "competitor_context": {
            "pain_points": [
                verbatim(pain.name, pain.evidence) for pain in findings.challenges(task)[: _READ * MOST["challenge"]]
            ]
        },
    }


def _people(task: Task) -> Iterator[dict[str, Any]]:
    """Those who decide first; by name, for that is what a title is checked against."""
    people = sorted(findings.people(task), key=lambda person: buying_role(person.title) != "Decision Maker")
    for person in people[: _READ * MOST["person"]]:
        yield {
            "name": verbatim(person.name, person.evidence),
            "title": verbatim(person.title, person.evidence),
            "role": derived(buying_role(person.title), "buying_role", person.evidence),
        }


def _posts(task: Task) -> Iterator[dict[str, Any]]:
    for job in findings.jobs(task)[: _READ * MOST["job"]]:
        yield {
            "name": None,
            "title": verbatim(job.title, job.evidence),
            "role": derived(buying_role(job.title), "buying_role", job.evidence),
        }


def _of_vendor(task: Task) -> dict[str, Any]:
    products = [verbatim(each.text("name"), each.evidence) for each in values.records(task, "products")]
    rivals = [verbatim(word, evidence) for word, evidence in values.words_of(task, "competitors")]
    return {"products": products[: _READ * MOST["product"]], "competitors": rivals[: _READ * MOST["competitor"]]}


# --- What passed ------------------------------------------------------------------------------------------------------


def _read(body: Mapping[str, Any], statements: Mapping[str, Mapping[str, Any]]) -> Iterator[Early]:
    """The findings of a grounded body, with the evidence of the statement that each is told by."""

    def told(kind: str, text: str, pointer: str, **more: str | None) -> Early:
        evidence = tuple(statements[pointer]["evidence"]) if pointer in statements else ()
        known = {name: value for name, value in more.items() if value}
        return Early(kind=kind, text=tidy(text, LONGEST), evidence=evidence, more=known)

    for place, news in enumerate(body.get("news_signals", ())):
        more = {"signal": news["signal_type"], "date": news["date"], "publisher": news["source"]}
        yield told("news", news["headline"], f"/news_signals/{place}/headline", **more)
    for place, contact in enumerate(body.get("target_contacts", ())):
        if contact["title"]:
            kind = "person" if contact["name"] else "job"
            yield told(kind, contact["title"], f"/target_contacts/{place}/title", role=contact["role"])
    for name, kind in (("products", "product"), ("competitors", "competitor")):
        for place, text in enumerate(body.get(name, ())):
            yield told(kind, text, f"/{name}/{place}")
    for group, names in body.get("tech_stack", {}).items():
        for place, text in enumerate(names):
            yield told("technology", text, f"/tech_stack/{group}/{place}", group=group)
    for place, text in enumerate(body.get("competitor_context", {}).get("pain_points", ())):
        yield told("challenge", text, f"/competitor_context/pain_points/{place}")
