"""What a headline tells of a company, and what money it names.

Pure: words and weights are data, text comes from anywhere. Sources use it to file headlines under datasets, the
built-in engine to say what they mean, grounding to check that it was said rightly.
"""

from enrichment.signals.headlines import DATASETS_OF_SIGNAL, EVERY_HEADLINE, SIGNALS, Reading, Reason, classify, why
from enrichment.signals.money import money_in

__all__ = ["DATASETS_OF_SIGNAL", "EVERY_HEADLINE", "SIGNALS", "Reading", "Reason", "classify", "money_in", "why"]
