"""From an admin's row to an engine."""

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.fake_engine import Conduct, FakeEngine
from enrichment.analysis.model import Engine
from enrichment.analysis.worst_case import WorstCaseEngine
from enrichment.models import AnalysisEngine

Kind = AnalysisEngine.Kind


def engine_from(row: AnalysisEngine) -> Engine:
    """The engine that the row describes. A vendor's SDK is imported only when it is asked, for it takes a second."""
    match row.kind:
        case Kind.BUILTIN:
            return Builtin()
        case Kind.ANTHROPIC:
            return _anthropic(row)
        # Engines for tests, which are ready only where `settings.TRIAL_ENGINES` is on.
        case Kind.FAKE:
            return FakeEngine(
                slug=row.slug,
                conduct=Conduct.named(row.model),
                price_in=row.price_in,
                price_out=row.price_out,
                deadline=row.timeout.total_seconds(),
            )
        case Kind.WORST_CASE:
            return WorstCaseEngine(slug=row.slug)
    raise ValueError(f"No engine of kind {row.kind} is known.")


def _anthropic(row: AnalysisEngine) -> Engine:
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
