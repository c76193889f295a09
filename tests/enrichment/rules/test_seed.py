from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from enrichment.models import (
    AnalysisEngine,
    CachePolicy,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    Provider,
    ProviderState,
    RedundancyRule,
    RulesVersion,
    SalesRole,
    SignalRule,
    Source,
)
from enrichment.rules import seed
from enrichment.rules.seed import span
from enrichment.rules.snapshot import from_rows

pytestmark = pytest.mark.django_db

RULES = (
    AnalysisEngine,
    CachePolicy,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    DatasetSource,
    RedundancyRule,
    SalesRole,
    SignalRule,
    Source,
)


def counts() -> dict[str, int]:
    return {kind.__name__: kind._default_manager.count() for kind in (*RULES, Provider, ProviderState)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("20m", timedelta(minutes=20)),
        ("1.5s", timedelta(seconds=1.5)),
    ],
)
def test_a_span_is_a_number_with_its_unit(text: str, value: timedelta) -> None:
    assert span(text) == value


@pytest.mark.parametrize("text", ["30", "d", "30 d", "30w", "-1d", "", "1.2.3h", ".h"])
def test_what_is_no_span_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}' is not a span"):
        span(text)


# --- The real file ----------------------------------------------------------------------------------------------------


def test_the_command_says_what_was_new_and_then_that_nothing_was(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_rules")
    before, version, content = counts(), RulesVersion.now(), from_rows()

    call_command("seed_rules")

    first, second = capsys.readouterr().out.splitlines()
    assert "27 datasets" in first
    assert second == "Nothing was missing."
    assert (counts(), RulesVersion.now(), from_rows()) == (before, version, content)


def test_every_rule_of_the_file_tells_where_its_figures_come_from(rules: None) -> None:
    silent = [str(row) for kind in (*RULES, Provider) for row in kind._default_manager.filter(origin="")]

    assert silent == []


# --- Rows -------------------------------------------------------------------------------------------------------------


def test_a_new_database_gets_every_rule(small: Path) -> None:
    made = seed(small)

    assert made.total() == 13
    assert min(counts().values()) == 1
    assert Source.objects.get(slug="serp_news").cost == Decimal("0.02")
    assert [need.slug for need in Source.objects.get(slug="serp_news").needs.all()] == ["domain"]
    assert [dataset.slug for dataset in SalesRole.objects.get().extra_datasets.all()] == ["domain"]
    assert [source.slug for source in RedundancyRule.objects.get().because_of.all()] == ["serp_news"]


def test_an_edited_rule_is_left_as_it_was_edited(small: Path) -> None:
    seed(small)
    source = Source.objects.get(slug="serp_news")
    source.cost, source.label = Decimal("0.5"), "Ours"
    source.save()
    source.needs.clear()

    seed(small)

    source.refresh_from_db()
    assert (source.cost, source.label, source.needs.count()) == (Decimal("0.5"), "Ours", 0)


@pytest.mark.parametrize("kind", RULES)
def test_a_deleted_rule_does_not_come_back(small: Path, kind: type[Dataset]) -> None:
    seed(small)
    first = kind._default_manager.order_by("pk").first()
    assert first is not None
    first.delete()
    left = counts()

    seed(small)

    assert counts() == left


def test_a_renamed_rule_is_not_made_once_more(small: Path) -> None:
    seed(small)
    engine = AnalysisEngine.objects.get()
    engine.slug = "house"
    engine.save()

    made = seed(small)

    assert made == Counter()
    assert AnalysisEngine.objects.get().slug == "house"


def test_a_provider_that_was_deleted_with_its_sources_stays_away(small: Path) -> None:
    seed(small)
    Source.objects.all().delete()
    Provider.objects.get().delete()

    made = seed(small)

    assert made == Counter()
    assert Provider.objects.count() == 0


def test_a_rule_that_a_newer_version_brings_joins_the_edited_ones(small: Path) -> None:
    seed(small)
    Dataset.objects.filter(slug="industry").update(label="Branch")
    mood = 'mood = { label = "Mood", group = "", threshold = 0.5, half_life = "1d", origin = "ours" }'
    small.write_text(small.read_text().replace("[datasets]", f"[datasets]\n{mood}"))
    _, before = RulesVersion.now()

    made = seed(small)

    assert made == Counter({"datasets": 1})
    assert Dataset.objects.get(slug="industry").label == "Branch"
    assert RulesVersion.now()[1] > before


def test_a_file_with_a_fault_seeds_nothing(small: Path) -> None:
    small.write_text(small.read_text().replace('ttl = "24h"', 'ttl = "long"'))

    with pytest.raises(ValueError, match="'long' is not a span"):
        seed(small)

    assert Dataset.objects.count() == 0
