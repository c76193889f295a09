"""R17: many sequences of a life (tests/reliability/lives.py), searched for one that breaks a promise."""

import time
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase
from hypothesis import settings as how_to_search
from hypothesis.stateful import run_state_machine_as_test

from enrichment import rules
from enrichment.companies import Listing, register_all
from enrichment.models import Budget, ConsumerDataset, DataConsumer, Dataset, Provider, Source
from salesintel.accounts.models import User
from tests import seeding
from tests.reliability.audit import Verdict
from tests.reliability.drivers import Broken
from tests.reliability.lives import COMPANIES, LIMIT, NEEDS, STEPS, Lives, committed, tally


def furnish() -> None:
    """Two paid sources, consumers that need one or both of them, two companies, a rep and a budget."""
    seeding.rules()
    for slug, wanted in NEEDS.items():
        consumer = DataConsumer.objects.create(slug=slug, label=slug, origin="trials")
        for dataset in Dataset.objects.filter(slug__in=wanted):
            ConsumerDataset.objects.create(consumer=consumer, dataset=dataset, threshold=0.85, origin="trials")
    Source.objects.exclude(slug__in=["serp_news", "snov_contacts"]).delete()
    Provider.objects.update(requests_per_minute=None, concurrency=64)
    Budget.objects.create(limit=LIMIT)
    register_all(Listing(name=name, domain=domain) for name, domain in COMPANIES)
    User.objects.create_user("rep")
    with committed():
        rules.current()  # every process remembers a rule set that it has seen: no sequence may take it back


def random_sequences(count: int, *, chosen_anew: bool) -> Verdict:
    """`count` sequences on a furnished database: the same ones each time, or `chosen_anew`."""
    tally.clear()
    found: list[str] = []
    begun = time.monotonic()
    try:
        run_state_machine_as_test(Lives, settings=_search(count, chosen_anew=chosen_anew))
    except Broken as broken:
        found += [str(broken), *getattr(broken, "__notes__", ())]
    worst = f"{tally['transactions']} transactions of drivers in {time.monotonic() - begun:.0f} s"
    return Verdict(id="R17", trials=count, violations=tuple(found), worst=worst)


def first_broken(count: int) -> str:
    """The first promise that is broken in `count` sequences, empty where none is; for trials with a protection off."""
    try:
        run_state_machine_as_test(Lives, settings=_search(count, chosen_anew=False, phases=[Phase.generate]))
    except Broken as broken:
        return str(broken)
    return ""


def _search(
    count: int, *, chosen_anew: bool, phases: Sequence[Phase] = (Phase.generate, Phase.shrink)
) -> how_to_search:
    return how_to_search(
        max_examples=count,
        stateful_step_count=STEPS,
        derandomize=not chosen_anew,
        database=None,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
