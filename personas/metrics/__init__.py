"""How a contact behaves, in figures: pure functions over `personas.history`, each figure with its n and its interval.

No Django here. `measure` computes all of it in one pass over the history and a few over the mails.
"""

from personas.metrics.measuring import Metrics, measure
from personas.metrics.model import Channel, Measured, Slot, Stage, Week, Weighted

__all__ = ["Channel", "Measured", "Metrics", "Slot", "Stage", "Week", "Weighted", "measure"]
