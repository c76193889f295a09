"""What simple-history adds to a model with a history, in one place: its types do not say so."""

from typing import Any


def history_of(model: Any) -> Any:
    """The manager of the past versions, of a model's class of all its rows, of a row its own."""
    return model.history


def sign(row: Any, *, by: Any, why: str) -> None:
    """Who changes the row, nobody for None, and why, in the version that is written when it is saved next."""
    row._history_user = by
    explain(row, why)


def explain(row: Any, why: str) -> None:
    """Why the row changes; who does is told by the request that is being answered."""
    row._change_reason = why
