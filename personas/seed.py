"""The rows that contacts come with: the policy, and the benchmarks."""

from collections import Counter

from personas.benchmarks import seed as benchmarks
from personas.models import PersonaPolicy
from salesintel.history import history_of


def seed() -> Counter[str]:
    """Load what is missing. Returns how many rows are new or renewed; the second time none."""
    made = benchmarks.seed()
    if not PersonaPolicy.objects.exists() and not history_of(PersonaPolicy).exists():
        PersonaPolicy.objects.create(origin="ours")
        made["policy of personas"] += 1
    return made
