"""From an admin's row to an engine."""

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.model import Engine
from enrichment.models import AnalysisEngine


def engine_from(row: AnalysisEngine) -> Engine:
    """The engine that the row describes. A vendor's SDK is imported only here, for it takes a second or two."""
    if row.kind == AnalysisEngine.Kind.BUILTIN:
        return Builtin()
    from enrichment.analysis.anthropic_engine import AnthropicEngine, Prices

    return AnthropicEngine(
        slug=row.slug,
        model=row.model,
        api_key=row.secrets().get("api_key", ""),
        base_url=row.base_url or None,
        prices=Prices(tokens_in=row.price_in, tokens_out=row.price_out, cached=row.price_cached),
        max_tokens=row.max_tokens,
        deadline=row.timeout.total_seconds(),
    )
