"""The least that is valid, for planner tests. Prices in cents, so that 10 is 0.10 USD."""

from enrichment.planning.model import Candidate, Charged, Held, Mode, Need, Offer, PlanInput, Redundancy

CENT = 10_000_000  # nano-USD


def offers(given: dict[str, float], *, priority: int = 5) -> tuple[Offer, ...]:
    return tuple(Offer(dataset=slug, reliability=reliability, priority=priority) for slug, reliability in given.items())


def source(
    slug: str,
    cents: int,
    gives: dict[str, float],
    *,
    origin: str | None = None,
    charged: Charged = Charged.CALL,
    chance: float = 1.0,
    records: tuple[float, int] = (1.0, 1),
    latency: float = 1.0,
    needs: tuple[str, ...] = (),
    priority: int = 5,
) -> Candidate:
    """A candidate of its own origin. `records` are (expected, most)."""
    return Candidate(
        source=slug,
        origin_group=origin or slug,
        offers=offers(gives, priority=priority),
        price=cents * CENT,
        charged=charged,
        chance=chance,
        expected_records=records[0],
        max_records=records[1],
        latency=latency,
        needs=frozenset(needs),
    )


def held(slug: str, gives: dict[str, float], *, origin: str | None = None, age: float = 0.0) -> Held:
    return Held(source=slug, origin_group=origin or slug, offers=offers(gives), age=age)


def rule(skip: str, *because_of: str, mode: Mode = Mode.ALL) -> Redundancy:
    return Redundancy(skip=skip, because_of=frozenset(because_of), mode=mode)


def asked(
    needs: dict[str, float],
    *candidates: Candidate,
    optional: dict[str, float] | None = None,
    known: tuple[str, ...] = (),
    held: tuple[Held, ...] = (),
    rules: tuple[Redundancy, ...] = (),
    budget: int | None = None,
    deadline: float | None = None,
) -> PlanInput:
    """Required and optional needs as dataset → threshold; the budget in cents."""
    return PlanInput(
        needs=(
            *(Need(dataset=slug, threshold=threshold) for slug, threshold in needs.items()),
            *(Need(dataset=slug, threshold=t, required=False) for slug, t in (optional or {}).items()),
        ),
        candidates=candidates,
        known=frozenset(known),
        held=held,
        redundancies=rules,
        budget=None if budget is None else budget * CENT,
        deadline=deadline,
    )
