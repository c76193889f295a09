"""The addresses' module finds the admin's classes; tests that look at the admin's site need them from the start."""

from salesintel import urls

__all__ = ["urls"]
