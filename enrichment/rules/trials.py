"""Which rules a company gets: those of its variant while an experiment runs, else the rules of today.

The lot is drawn by the experiment and the company alone, so it is the same for every person, role and process, and the
same tomorrow. Which experiments run is remembered with the version of the rules: while none was started, stopped or
changed, drawing a lot asks the database nothing.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from enrichment.models import Experiment, RulesVersion, Variant
from enrichment.rules.contradictions import circles
from enrichment.rules.edits import Edits, InvalidEdit, edited
from enrichment.rules.model import Rules
from enrichment.rules.snapshot import Snapshot, current, store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One variant of a running experiment, with the rules of its runs."""

    experiment: str  # slug
    variant: int
    label: str
    is_control: bool
    share: int  # per cent
    snapshot: Snapshot
    switched_on: frozenset[str]  # sources that its runs ask although they are switched off


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An experiment that was started; whether it takes requests depends on the moment."""

    row: Experiment
    arms: tuple[Arm, ...]


def arm_of(consumer: str, company: int, *, at: datetime, version: tuple[str, int] | None = None) -> Arm | None:
    """The variant of the company for that consumer's runs begun `at`; None where it takes part in no experiment.

    One query while no rule changed; none where the caller just read the `version`.
    """
    running = _running(version or RulesVersion.now()).get(consumer)
    if running is None or not running.row.takes(at):
        return None
    place = drawn(running.row.salt, company, [(arm.label, arm.share) for arm in running.arms])
    return next((arm for arm in running.arms if arm.label == place), None)


def drawn(salt: str, company: int, shares: Sequence[tuple[str, int]]) -> str | None:
    """The label whose share (per cent) the company's lot falls into; None in what they leave over of 100.

    The lot is the first 8 bytes of SHA-256 over salt and company, evenly spread. The order in which the shares are
    given plays no part.
    """
    digest = hashlib.sha256(f"{salt}:{company}".encode()).digest()
    lot, up_to = int.from_bytes(digest[:8], "big"), 0
    for label, share in sorted(shares):
        up_to += share
        if lot * 100 < up_to * 2**64:
            return label
    return None


# --- What runs --------------------------------------------------------------------------------------------------------


def _running(version: tuple[str, int]) -> Mapping[str, Running]:
    """Consumer → its running experiment, as of the rules' `version`."""
    remembered = _remembered.get("running")
    if remembered is not None and remembered[0] == version:
        return remembered[1]
    found = {}
    for row in Experiment.objects.running().select_related("consumer").prefetch_related("variants"):
        try:
            found[row.consumer.slug] = Running(row=row, arms=arms(row, current(version)))
        except InvalidEdit as error:  # a rule that it changes was deleted since; the next look stops it
            logger.warning("experiment %s takes nobody: %s", row.slug, error)
    # Not before the commit: what a rolled-back transaction read must not be remembered.
    transaction.on_commit(lambda: _remembered.update(running=(version, found)))
    return found


_remembered: dict[str, tuple[tuple[str, int], Mapping[str, Running]]] = {}


def arms(row: Experiment, ordinary: Snapshot) -> tuple[Arm, ...]:
    """The variants with their rules, stored. Raises `InvalidEdit` where these changes make no rules today."""
    return tuple(_arm(row, variant, ordinary) for variant in row.variants.all())


def _arm(row: Experiment, variant: Variant, ordinary: Snapshot) -> Arm:
    is_as_ever = variant.is_control
    return Arm(
        experiment=row.slug,
        variant=variant.pk,
        label=variant.label,
        is_control=variant.is_control,
        share=variant.share,
        snapshot=ordinary if is_as_ever else store(changed(ordinary.rules, variant.all_changes)),
        switched_on=frozenset() if is_as_ever else variant.switched_on,
    )


# --- What a variant may change ----------------------------------------------------------------------------------------


def changed(rules: Rules, changes: Mapping[str, Any]) -> Rules:
    """The rules with a variant's changed rows. Raises `InvalidEdit`, also for needs in a circle."""
    after = edited(rules, Edits.parse(changes))
    known = circles(rules)
    if found := [words for words in circles(after) if words not in known]:
        raise InvalidEdit({"sources": found})
    return after


def moves_the_yardstick(before: Rules, after: Rules, consumer: str) -> bool:
    """Whether a report's quality by the one rules cannot be compared with that by the other.

    Quality is measured by needs, thresholds, weights, half-lives and reliabilities: where a variant edits one of these,
    the same facts are worth something else.
    """
    slugs = {need.dataset for need in before.consumers[consumer].requirements}
    known = {(cell.dataset, cell.source): cell.reliability for cell in before.cells}
    cells = {(cell.dataset, cell.source): cell.reliability for cell in after.cells}
    return (
        before.consumers[consumer].requirements != after.consumers[consumer].requirements
        or any(before.datasets[slug].half_life != after.datasets[slug].half_life for slug in slugs)
        or any(cells.get(place, reliability) != reliability for place, reliability in known.items())
        or any(
            before.sources[s].origin_group != row.origin_group
            for s, row in after.sources.items()
            if s in before.sources
        )
    )
