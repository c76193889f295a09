"""The built-in engine, one room per section of the report."""

from enrichment.analysis.builtin.engine import Builtin

__all__ = ["Builtin"]
