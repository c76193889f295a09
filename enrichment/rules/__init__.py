"""The rules as planning reads them: an immutable, content-addressed snapshot of the rows that an admin edits."""

from enrichment.rules.groups import seed_groups
from enrichment.rules.model import Rules
from enrichment.rules.seed import seed
from enrichment.rules.snapshot import current, load, store

__all__ = ["Rules", "current", "load", "seed", "seed_groups", "store"]
