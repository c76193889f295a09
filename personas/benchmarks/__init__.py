"""What is usual for a metric, and where a contact stands among the others that are here."""

from personas.benchmarks.finding import Usual, benchmarks_for
from personas.benchmarks.standing import Standing, standings

__all__ = ["Standing", "Usual", "benchmarks_for", "standings"]
