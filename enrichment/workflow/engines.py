"""From an admin's row to an engine."""

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.fake_engine import Conduct, FakeEngine
from enrichment.analysis.model import Engine
from enrichment.analysis.models_engine import ModelEngine
from enrichment.analysis.prices import Prices
from enrichment.analysis.wires.anthropic import AnthropicWire
from enrichment.analysis.wires.base import Form, Wire
from enrichment.analysis.wires.bedrock import BedrockWire
from enrichment.analysis.wires.openai import OpenAIWire
from enrichment.analysis.worst_case import WorstCaseEngine
from enrichment.models import AnalysisEngine

Kind = AnalysisEngine.Kind
AWS_CREDENTIALS = {"api_key", "access_key", "secret_key", "session_token", "profile"}


def engine_from(row: AnalysisEngine) -> Engine:
    """The engine that the row describes. A vendor's SDK is imported only when it is asked, for it takes a second."""
    match row.kind:
        case Kind.BUILTIN:
            return Builtin()
        case Kind.ANTHROPIC | Kind.BEDROCK | Kind.OPENAI:
            return model_engine_from(row)
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


def model_engine_from(row: AnalysisEngine) -> ModelEngine:
    """The language model that the row describes. Raises `ValueError` for a kind that is none."""
    return ModelEngine(
        slug=row.slug,
        wire=_wire(row),
        prices=prices_of(row),
        form=Form(row.answers),
        max_tokens=row.max_tokens,
        deadline=row.timeout.total_seconds(),
    )


def prices_of(row: AnalysisEngine) -> Prices:
    return Prices(
        tokens_in=row.price_in,
        tokens_out=row.price_out,
        cached=row.price_cached,
        cache_written=row.price_cache_write,
        long_above=row.long_above,
        tokens_in_long=row.price_in_long,
        tokens_out_long=row.price_out_long,
    )


def _wire(row: AnalysisEngine) -> Wire:
    secrets = row.secrets()
    key, base_url = secrets.get("api_key", ""), row.address or None
    match row.kind:
        case Kind.ANTHROPIC:
            return AnthropicWire(model=row.model, api_key=key, base_url=base_url, effort=row.effort)
        case Kind.BEDROCK:
            let_in_by = {name: secret for name, secret in secrets.items() if name in AWS_CREDENTIALS}
            return BedrockWire(
                model=row.model, region=row.aws_region, base_url=base_url, effort=row.effort, **let_in_by
            )
        case Kind.OPENAI:
            return OpenAIWire(model=row.model, api_key=key, base_url=base_url, effort=row.effort)
    raise ValueError(f"An engine of kind {row.kind} asks no model.")
