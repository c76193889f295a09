"""Announcements: what happened that somebody outside a request should hear of, written down with the fact itself."""

from enrichment.announcing.catalogue import CATALOGUE, Event, UnknownEvent, WrongShape
from enrichment.announcing.telling import Told, announce, announce_all, delivery, ring_with

__all__ = [
    "CATALOGUE",
    "Event",
    "Told",
    "UnknownEvent",
    "WrongShape",
    "announce",
    "announce_all",
    "delivery",
    "ring_with",
]
