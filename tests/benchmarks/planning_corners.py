"""Planning problems that chance rarely draws, each with the one set of calls that is right."""

from dataclasses import dataclass

from enrichment.planning.model import Candidate, Held, Need, Offer, PlanInput, Redundancy


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A problem, and the sources of its best plan worked out by hand."""

    name: str
    given: PlanInput
    sources: tuple[str, ...]


def _gives(**reliabilities: float) -> tuple[Offer, ...]:
    return tuple(Offer(dataset=dataset, reliability=reliability) for dataset, reliability in reliabilities.items())


def _source(name: str, offers: tuple[Offer, ...], *, latency: float = 1.0, needs: tuple[str, ...] = ()) -> Candidate:
    return Candidate(
        source=name, origin_group=name, offers=offers, price=10, latency=latency, needs=frozenset(needs), chance=1.0
    )


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

CORNERS = (
    Corner(name="noise makes no rule yield", given=_NOISE, sources=()),
    Corner(name="a witness that lacks its need is none", given=_STARVED_WITNESS, sources=("archive", "search")),
    Corner(name="a rule yields even where that lifts nothing", given=_HOPELESS_YIELD, sources=("feed",)),
    Corner(name="no call is held back to share a layer", given=_HELD_BACK, sources=("deep", "first")),
    Corner(name="what is known may still want a witness", given=_KNOWN_AND_WANTED, sources=("search",)),
    Corner(name="a held source may be asked again", given=_HELD_AND_CALLED, sources=("feed",)),
)
