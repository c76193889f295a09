"""What an analysis by an engine is expected to cost, and costs at most, before it is asked."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from enrichment.models import AnalysisEngine, EngineCall
from enrichment.models.fields import rounded_up

LAST = 20  # analyses by which the next one's price is told
LONGEST_READ = 40_000  # tokens; what an analysis is taken to read where none was made yet
MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class EnginePrice:
    """USD that one analysis is expected to cost, and costs at most."""

    expected: Decimal = Decimal(0)
    worst: Decimal = Decimal(0)


def engine_price() -> EnginePrice:
    """By the last analyses of the first engine that is ready; before any by its prices and its longest answer."""
    ready = (row for row in AnalysisEngine.objects.filter(enabled=True).order_by("priority", "slug") if row.is_ready)
    engine = next(ready, None)
    if engine is None or not engine.price_out:
        return EnginePrice()
    ended = EngineCall.objects.filter(engine=engine.slug, status=EngineCall.Status.OK, cost__isnull=False)
    ended = ended.filter(run__isnull=False)  # not answers to questions, nor tests of the engine
    last = list(ended.order_by("-started").values_list("cost", "reserved")[:LAST])
    if last:
        expected = Decimal(str(round(fmean(float(cost or 0) for cost, _ in last), 9)))
        return EnginePrice(rounded_up(expected), max(reserved for _, reserved in last))
    worst = (LONGEST_READ * (engine.price_in or 0) + engine.max_tokens * engine.price_out) / MILLION
    return EnginePrice(rounded_up(worst), rounded_up(worst))
