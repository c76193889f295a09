"""An engine of the house's list that answers what a test says, about contacts that a test knows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from enrichment.models import AnalysisEngine
from personas.models import PersonaPolicy
from tests.chat.speaking import engine_at, models, speaks
from tests.enrichment.analysis.model_servers import ANTHROPIC, Reply, Server

Trait = tuple[str, str, list[str]]  # section, text, ids


def allowed(**changes: Any) -> PersonaPolicy:
    """The policy, under which engines may write."""
    row = PersonaPolicy.now()
    for name, value in {"engines": True, **changes}.items():
        setattr(row, name, value)
    row.save()
    return row


def says(*traits: Trait) -> Reply:
    told = [{"section": section, "text": text, "evidence": ids} for section, text, ids in traits]
    return speaks(ANTHROPIC, json.dumps({"traits": told}))


@contextmanager
def engine(*replies: Reply, **changes: Any) -> Iterator[Server]:
    """The seeded Claude behind a server that gives these replies, and leave to use it."""
    allowed()
    with models(*replies) as server:
        engine_at(server.url, **changes)
        yield server


def worst_case() -> AnalysisEngine:
    """The engine that obeys every text; nobody else writes."""
    allowed()
    AnalysisEngine.objects.exclude(kind="builtin").update(enabled=False)
    row: AnalysisEngine = AnalysisEngine.objects.create(slug="obeys", kind="worst_case", model="x", priority=1)
    return row


def prompt_of(server: Server) -> str:
    """What the engine was asked with, instructions included."""
    return json.dumps(server.requests[0], ensure_ascii=False)
