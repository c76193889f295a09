"""What tokens cost. Pure."""

from dataclasses import dataclass
from decimal import Decimal

_MILLION = 1_000_000
_CACHE_WRITE = Decimal("1.25")  # times the price of input: what a write into a cache of five minutes costs


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Tokens of one call. `tokens_in`: read at the full price; read from the cache and written to it count apart."""

    tokens_in: int = 0
    tokens_out: int = 0
    cached: int = 0
    cache_written: int = 0

    @property
    def prompt(self) -> int:
        """Tokens of the whole prompt, however each of them was read."""
        return self.tokens_in + self.cached + self.cache_written

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cached=self.cached + other.cached,
            cache_written=self.cache_written + other.cache_written,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """USD per million tokens; None where unknown.

    A prompt of more than `long_above` tokens costs the long prices, all of it; those of the cache rise with them. What
    is read from the cache costs as input where `cached` is None, what is written to it a quarter more than input.
    """

    tokens_in: Decimal | None = None
    tokens_out: Decimal | None = None
    cached: Decimal | None = None
    cache_written: Decimal | None = None
    long_above: int | None = None
    tokens_in_long: Decimal | None = None
    tokens_out_long: Decimal | None = None

    def cost(self, counts: Counts) -> Decimal | None:
        """USD of one call; None without the prices of input and output that apply to it.

        With 0.10 and 0.50 a million, 2,000 tokens read and 300 written cost 0.00035.
        """
        is_long = self.long_above is not None and counts.prompt > self.long_above
        price_in = self.tokens_in_long if is_long else self.tokens_in
        price_out = self.tokens_out_long if is_long else self.tokens_out
        if price_in is None or price_out is None:
            return None
        of_cached, of_written = self._of_cache(price_in)
        read = counts.tokens_in * price_in + counts.cached * of_cached + counts.cache_written * of_written
        return (read + counts.tokens_out * price_out) / _MILLION

    def highest(self, counts: Counts) -> Decimal | None:
        """USD of the call, were all of its prompt written to the cache or none of it, whichever costs more."""
        written = Counts(tokens_out=counts.tokens_out, cache_written=counts.prompt)
        plain, cached = self.cost(counts), self.cost(written)
        return None if plain is None or cached is None else max(plain, cached)

    def _of_cache(self, price_in: Decimal) -> tuple[Decimal, Decimal]:
        rise = price_in / self.tokens_in if self.tokens_in else Decimal(1)
        read = price_in if self.cached is None else self.cached * rise
        written = price_in * _CACHE_WRITE if self.cache_written is None else self.cache_written * rise
        return read, written
