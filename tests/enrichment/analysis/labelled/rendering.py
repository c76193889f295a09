"""`python -m tests.enrichment.analysis.labelled.rendering`: sentences of the built-in engine beside what they cite.

For whoever reads them against their evidence: companies are made up of the headlines, posts and titles of the labelled
sets, each for a vendor of the sandbox's world; with `--companies` they bear names of a list of one's own, one a line.
One JSON object a line; the same seed gives the same lines.
"""

import argparse
import json
import os
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from enrichment.analysis.builtin import Builtin  # it knows tables
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import EvidenceItem, FactView, Support, Task
from enrichment.signals import classify
from enrichment.technologies import by_name
from tests.enrichment.analysis import prospects
from tests.enrichment.analysis.labelled import Split, labelled
from tests.enrichment.analysis.worlds import NOW, ROLES, evidence, fact, item

Row = dict[str, Any]
_HEADLINES, _JOBS = ("headlines", "second_headlines"), ("jobs", "second_jobs")
_NAME = re.compile(r"^[A-Z][\w&'-]+(?: [A-Z][\w&'-]+){0,2}(?= [a-z])")
_FIRST = "Ana Boris Carla Dmitri Elif Farid Greta Hanna Ivo Jana Kofi Lena".split()
_LAST = "Abel Brandt Costa Dahl Ekman Farkas Gruber Haas Ionescu Jansen Kral Lund".split()
_TOPICS = (
    "Zero Trust",
    "Cloud Cost Management",
    "Data Residency",
    "API Management",
    "Employee Onboarding",
    "Okta vs Ping",
)
_REGIONS = ("EMEA", "APAC", "North America", "LATAM")
_SEGMENTS = ("Enterprise", "Mid-Market", "SMB")


def main(arguments: Sequence[str]) -> int:
    """0, after the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300, help="lines")
    parser.add_argument("--split", choices=("dev", "test"), default="dev", help="half of the labelled sets")
    parser.add_argument("--companies", type=Path, help="names, one a line")
    asked = parser.parse_args(arguments)
    names = asked.companies.read_text(encoding="utf-8").splitlines() if asked.companies else []
    for row in rendered(random.Random(asked.seed), asked.count, split=asked.split, names=names):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


def rendered(dice: random.Random, count: int, *, split: Split, names: Sequence[str] = ()) -> Iterator[Row]:
    """`count` sentences over as many companies as it takes, at most eight of each, no form more often than others."""
    shown = 0
    told: dict[str, int] = {}
    while shown < count:
        task = made_up(dice, split=split, names=names)
        rows = list(_rows(task))
        dice.shuffle(rows)
        rows.sort(key=lambda row: told.get(_form(row), 0))
        for row in rows[: min(8, count - shown)]:
            told[_form(row)] = told.get(_form(row), 0) + 1
            shown += 1
            yield row


def _form(row: Row) -> str:
    return re.sub(r"/\d+", "/*", row["pointer"]) + " ".join(row["statement"].split()[:2])


def _rows(task: Task) -> Iterator[Row]:
    grounded = ground(Builtin().write(task), task)
    items = {each.id: each for each in task.evidence}
    for pointer, borne in grounded.statements.items():
        value = _at(grounded.body, pointer)
        if borne["support"] != Support.VERBATIM and isinstance(value, str) and borne["evidence"]:
            yield {
                "company": task.company,
                "vendor": _vendor(task),
                "role": task.role.label if task.role else "",
                "segment": task.segment,
                "region": task.region,
                "pointer": pointer,
                "entry": _entry(grounded.body, pointer),
                "statement": value,
                "evidence": [_told(items[key]) for key in borne["evidence"]],
            }


def _at(body: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        body = body[int(step)] if isinstance(body, list) else body[step]
    return body


def _entry(body: Row, pointer: str) -> Any:
    """What holds the statement, where that is an entry of a list: a headline beside its insight."""
    parent = _at(body, pointer.rpartition("/")[0])
    return parent if isinstance(parent, dict) else None


def _told(one: EvidenceItem) -> Row:
    day = one.published_at.date().isoformat() if one.published_at else ""
    return {"kind": one.kind, "title": one.title, "publisher": one.publisher, "date": day, "text": one.text}


def _vendor(task: Task) -> Row:
    vendor = task.vendor
    return {} if vendor is None else {
        "name": vendor.name,
        "products": {product.name: product.description for product in vendor.products},
        "propositions": list(vendor.value_propositions),
        "competitors": list(vendor.competitors),
    }  # fmt: skip


# --- Companies --------------------------------------------------------------------------------------------------------


def made_up(dice: random.Random, *, split: Split, names: Sequence[str] = ()) -> Task:
    """A brief on a company of two to four headlines, for a vendor of the world and a role."""
    headlines = [
        row["headline"] for name in _HEADLINES for row in labelled(name, split) if _NAME.match(row["headline"])
    ]
    own = dice.choice(headlines)
    found = _NAME.match(own)
    called = found[0] if found else own
    company = dice.choice(names) if names else called
    others = [_NAME.sub(company, each, count=1) for each in dice.sample(headlines, dice.randint(1, 3))]
    jobs = [row for name in _JOBS for row in labelled(name, split)]
    facts = list(_found(dice, [own.replace(called, company, 1), *others], dice.sample(jobs, 3), split))
    role = dice.choice(sorted(ROLES))
    return replace(
        prospects.task_of(prospects.companies()[0], dice.choice(prospects.vendors()), role),
        company=company,
        domain=None,
        facts={one.dataset: one for one, _ in facts},
        evidence=tuple({each.id: each for _, seen in facts for each in seen}.values()),
        region=dice.choice(_REGIONS),
        segment=dice.choice(_SEGMENTS),
    )


def _found(
    dice: random.Random, headlines: list[str], jobs: list[Row], split: Split
) -> Iterator[tuple[FactView, list[EvidenceItem]]]:
    days = [dice.randint(1, 200) for _ in headlines]
    news = [
        (
            {"headline": text, "date": (NOW - timedelta(days=day)).date().isoformat(), "signal_type": classify(text)},
            text,
        )
        for text, day in zip(headlines, days, strict=True)
    ]
    yield _records("recent_news", "article", [(record, text, "") for record, text in news])
    titles = [row["title"] for row in dice.sample(list(labelled("titles", split)), 4)]
    people = [(f"{dice.choice(_FIRST)} {dice.choice(_LAST)}", title) for title in titles]
    yield _records(
        "decision_makers", "profile", [({"name": name, "title": title}, name, title) for name, title in people]
    )
    posts = [({"title": job["title"], "location": "Leeds"}, job["title"], job["text"]) for job in jobs]
    yield _records("hiring_trends", "job", posts)
    used = [(name, job) for job in jobs for name in job["technologies"]]
    known = [(by_name(name), job) for name, job in used]
    stack = [({"name": each.name, "group": each.group, "category": each.category}, job["title"], job["text"])
             for each, job in known if each]  # fmt: skip
    if stack:
        yield _records("tech_stack", "job", stack)
    systems = [({"system": each.name, "category": each.category}, job["title"], job["text"])
               for each, job in known if each and each.integrates]  # fmt: skip
    if systems:
        yield _records("integration_needs", "job", systems)
    pains = [pain for company in prospects.companies() for pain in company.challenges]
    pain = dice.choice(pains)
    yield _records("business_challenges", "page", [({"challenge": pain}, "Careers", pain)])
    if dice.random() < 0.5:
        topic, score = dice.choice(_TOPICS), dice.randint(40, 99)
        line = f"Intent topic: {topic}, score {score}"
        yield _records("purchase_intent", "record", [({"topic": topic, "score": score}, line, "")])


def _records(dataset: str, kind: str, rows: list[tuple[Row, str, str]]) -> tuple[FactView, list[EvidenceItem]]:
    keys = [f"{dataset}{number}" for number in range(len(rows))]
    seen = [evidence(key, title, text, kind=kind) for key, (_, title, text) in zip(keys, rows, strict=True)]
    items = [item(value, key) for key, (value, _, _) in zip(keys, rows, strict=True)]
    dated = [replace(one, published_at=NOW - timedelta(days=9)) for one in seen]
    return fact(dataset, "records", *items), dated


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
