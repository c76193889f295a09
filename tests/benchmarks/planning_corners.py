"""Planning problems that chance rarely draws, each with the one set of calls that is right."""

from dataclasses import dataclass

from enrichment.planning.model import Candidate, Held, Need, Objective, Offer, PlanInput, Redundancy


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A problem, and the sources of its best plan worked out by hand."""

    name: str
    given: PlanInput
    sources: tuple[str, ...]


def _gives(**reliabilities: float) -> tuple[Offer, ...]:
    return tuple(Offer(dataset=dataset, reliability=reliability) for dataset, reliability in reliabilities.items())


def _source(
    name: str, offers: tuple[Offer, ...], *, price: int = 10, latency: float = 1.0, needs: tuple[str, ...] = ()
) -> Candidate:
    return Candidate(
        source=name, origin_group=name, offers=offers, price=price, latency=latency, needs=frozenset(needs), chance=1.0
    )


def _free(name: str, offers: tuple[Offer, ...], *, latency: float = 1.0, needs: tuple[str, ...] = ()) -> Candidate:
    return _source(name, offers, price=0, latency=latency, needs=needs)


_NOISE = PlanInput(
    needs=(Need(dataset="news", threshold=0.44), Need(dataset="people", threshold=0.9, required=False)),
    candidates=(_source("feed", _gives(news=0.44, people=0.9)),),
    held=(Held(source="old", origin_group="old", offers=_gives(news=0.44)),),
    redundancies=(Redundancy(skip="feed", because_of=frozenset({"old"})),),
)
_STARVED_WITNESS = PlanInput(
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(
        _source("search", _gives(news=0.1, domain=0.9)),
        _source("archive", _gives(news=0.9), needs=("domain",)),
    ),
    redundancies=(Redundancy(skip="search", because_of=frozenset({"archive"})),),
)
_HOPELESS_YIELD = PlanInput(
    needs=(Need(dataset="news", threshold=0.9), Need(dataset="people", threshold=0.9, required=False)),
    candidates=(_source("feed", _gives(news=0.0, people=0.9)),),
    held=(Held(source="old", origin_group="old", offers=_gives(news=0.5)),),
    redundancies=(Redundancy(skip="feed", because_of=frozenset({"old"})),),
)
_HELD_BACK = PlanInput(  # 8 + 8 seconds in earliest layers; 1 + 8 if `slow` waited for `deep`
    needs=(Need(dataset="news", threshold=0.9), Need(dataset="people", threshold=0.9, weight=2.0)),
    candidates=(
        _source("first", _gives(domain=0.9)),
        _source("deep", _gives(people=0.9), needs=("domain",), latency=8.0),
        _source("slow", _gives(news=0.9), latency=8.0),
    ),
    deadline=9.0,
)
_KNOWN_AND_WANTED = PlanInput(
    needs=(Need(dataset="domain", threshold=0.9),),
    candidates=(_source("search", _gives(domain=0.9)),),
    known=frozenset({"domain"}),
)
_HELD_AND_CALLED = PlanInput(
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(_source("feed", _gives(news=0.9)),),
    held=(Held(source="feed", origin_group="feed", offers=_gives(news=0.5)),),
)
_TOLD_BEFORE = PlanInput(  # `b` brings people along, so `c` would be a fallback of a fallback
    needs=(Need(dataset="news", threshold=0.9), Need(dataset="people", threshold=0.0, required=False)),
    candidates=(
        _free("a", _gives(news=0.9)),
        _free("b", _gives(news=0.9, people=0.9)),
        _free("c", _gives(people=0.9)),
    ),
    objective=Objective.SPEED,
)
_ONE_PASS = PlanInput(  # `b` could be asked once `c` has joined, but its turn is over; `d` comes in time
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(
        _free("a", _gives(news=0.9), latency=4.0),
        _free("b", _gives(news=0.5), latency=0.0, needs=("domain",)),
        _free("c", _gives(news=0.5, domain=0.5)),
        _free("d", _gives(news=0.5), latency=0.0, needs=("domain",)),
    ),
    objective=Objective.SPEED,
)
_LAYERS_ADD_UP = PlanInput(  # `d` is quick, but after `c` in a layer of its own the plan takes longer
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(
        _free("a", _gives(news=0.9)),
        _free("c", _gives(news=0.5, domain=0.5)),
        _free("d", _gives(news=0.5), latency=0.5, needs=("domain",)),
    ),
    objective=Objective.SPEED,
)
_FALLBACKS_BREAK_A_RULE = PlanInput(  # `b` joins first, then `c` is redundant
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(_free("a", _gives(news=0.9)), _free("b", _gives(news=0.5)), _free("c", _gives(news=0.5))),
    redundancies=(Redundancy(skip="c", because_of=frozenset({"b"})),),
    objective=Objective.SPEED,
)
_HELD_TELLS_NOTHING = PlanInput(  # nobody is called, so nobody can fall back
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(_free("a", _gives(news=0.9), latency=0.0),),
    held=(Held(source="old", origin_group="old", offers=_gives(news=0.9)),),
    objective=Objective.SPEED,
)
_JOINED_WITHOUT_COUNTING = PlanInput(  # the slug decides between the equal `a` and `b`, then `b` joins nevertheless
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(_free("b", _gives(news=0.9)), _free("a", _gives(news=0.9)), _source("c", _gives(news=0.9))),
    objective=Objective.SPEED,
)
_DETOUR = PlanInput(  # 1 + 1 seconds by way of `finder`, which gives nothing that is wanted; 2.5 without
    needs=(Need(dataset="news", threshold=0.9),),
    candidates=(
        _source("finder", _gives(domain=0.9)),
        _source("quick", _gives(news=0.9), needs=("domain",)),
        _free("slow", _gives(news=0.9), latency=2.5),
    ),
    objective=Objective.SPEED,
)
_WEIGHTLESS = PlanInput(  # to miss what weighs nothing is free
    needs=(Need(dataset="news", threshold=0.9, weight=0.0), Need(dataset="people", threshold=1.0)),
    candidates=(_source("feed", _gives(news=0.9)), _source("guess", _gives(people=0.9))),
    objective=Objective.COMPLETENESS,
)
_NEVER_CERTAIN = PlanInput(  # every witness leaves less doubt, but where there is none left
    needs=(Need(dataset="news", threshold=0.0), Need(dataset="people", threshold=0.0, required=False)),
    candidates=(
        _source("a", _gives(news=0.3)),
        _source("b", _gives(news=0.5)),
        _source("c", _gives(people=1.0)),
        _source("d", _gives(people=0.9)),
    ),
    objective=Objective.QUALITY,
)

CORNERS = (
    Corner(name="noise makes no rule yield", given=_NOISE, sources=()),
    Corner(name="a witness that lacks its need is none", given=_STARVED_WITNESS, sources=("archive", "search")),
    Corner(name="a rule yields even where that lifts nothing", given=_HOPELESS_YIELD, sources=("feed",)),
    Corner(name="no call is held back to share a layer", given=_HELD_BACK, sources=("deep", "first")),
    Corner(name="what is known may still want a witness", given=_KNOWN_AND_WANTED, sources=("search",)),
    Corner(name="a held source may be asked again", given=_HELD_AND_CALLED, sources=("feed",)),
    Corner(name="what is offered is told before any joined", given=_TOLD_BEFORE, sources=("a", "b")),
    Corner(name="fallbacks join in one pass", given=_ONE_PASS, sources=("a", "c", "d")),
    Corner(name="a fallback adds no layer to a full plan", given=_LAYERS_ADD_UP, sources=("a", "c")),
    Corner(name="a fallback may forbid the next", given=_FALLBACKS_BREAK_A_RULE, sources=("a", "b")),
    Corner(name="there is no fallback for what is held", given=_HELD_TELLS_NOTHING, sources=()),
    Corner(name="a twin joins the one that was chosen", given=_JOINED_WITHOUT_COUNTING, sources=("a", "b")),
    Corner(name="a detour that is sooner is taken", given=_DETOUR, sources=("finder", "quick")),
    Corner(name="what weighs nothing is not missed", given=_WEIGHTLESS, sources=("guess",)),
    Corner(name="doubt is bought off to the last", given=_NEVER_CERTAIN, sources=("a", "b", "c")),
)
