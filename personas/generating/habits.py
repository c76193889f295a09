"""How somebody communicates, when and by what: words made of figures. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from statistics import median

from personas.generating.model import Trait
from personas.history import History, Moment
from personas.metrics import Measured, Metrics

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
MOST = 12  # interactions that a trait names
SHORT, LONG = 60, 200  # words of a mail
FRIENDLY = 0.25  # a mood that its interval keeps on one side of nothing, and that is worth a word
CHANNELS = {
    "email": "mail",
    "call": "phone",
    "meeting": "meetings",
    "chat": "chat",
    "comment": "comments",
    "file": "files",
}
STYLE = "communicationStyle"
_WRITTEN = frozenset({"email_replied", "email_sent"})
_HOURS = 9  # of a working day, as people count it
Figures = Mapping[str, Measured]


def habits(history: History, metrics: Metrics, *, enough: int) -> list[Trait]:
    """What the figures say of how they communicate; nothing of what there is not enough for."""
    figures = metrics.figures
    return [
        *_answers(history, figures),
        *_length(history, enough),
        *_engagement(history, figures),
        *_mood(history, figures),
        *_meetings(history, figures),
        *_time(history, metrics),
        *_channel(history, metrics),
    ]


def habit(metrics: Metrics) -> str:
    """The one habit that stands in the persona's name; "" where none is known well enough."""
    hours = metrics.figures["medianResponseTimeHours"].value
    if hours is not None:
        return f"answers within {worded_hours(hours)}"
    return f"prefers {CHANNELS[metrics.preferred_channel]}" if metrics.preferred_channel in CHANNELS else ""


def worded_hours(hours: float) -> str:
    """Working hours as people say them; nine are a day."""
    if hours < 1.5:
        return "an hour"
    if hours < _HOURS:
        return f"{round(hours)} working hours"
    days = round(hours / _HOURS)
    return "a working day" if days <= 1 else f"{days} working days"


def latest(moments: Iterable[Moment], keep: Callable[[Moment], bool]) -> tuple[str, ...]:
    """Ids of the latest dozen of those that are kept."""
    kept = sorted(filter(keep, moments), key=lambda moment: (moment.at, moment.id), reverse=True)
    return tuple(str(moment.id) for moment in kept[:MOST])


def is_written(moment: Moment) -> bool:
    """A mail that the contact wrote."""
    is_theirs = moment.direction == "in" or (moment.type == "email_replied" and moment.direction != "out")
    return moment.type in _WRITTEN and is_theirs and not moment.is_automatic


def _answers(history: History, figures: Figures) -> Iterator[Trait]:
    found = figures["medianResponseTimeHours"]
    if found.value is not None:
        yield _figure(
            STYLE,
            "responseTime",
            f"Answers mails within {worded_hours(found.value)} as a rule: the median of {found.n} answers.",
            found,
            latest(history.moments, is_written),
        )


def _length(history: History, enough: int) -> Iterator[Trait]:
    counts = [moment.words for moment in history.moments if is_written(moment) and moment.words]
    if len(counts) >= enough:
        middle = round(median(counts))
        kind = "short" if middle < SHORT else "long" if middle > LONG else "middling"
        yield Trait(
            section=STYLE,
            name="mailLength",
            value=f"Writes {kind} mails: {middle} words at the median.",
            support="derived",
            n=len(counts),
            unit="words",
            evidence=latest(history.moments, lambda moment: is_written(moment) and moment.words > 0),
        )


def _engagement(history: History, figures: Figures) -> Iterator[Trait]:
    found = figures["emailEngagementRate"]
    if found.value is not None:
        value = f"Opens, clicks or answers {found.value:.0%} of the mails that reach them."
        kept = latest(history.moments, lambda moment: moment.type.startswith("email_") and not moment.is_automatic)
        yield _figure(STYLE, "emailEngagementRate", value, found, kept)


def _mood(history: History, figures: Figures) -> Iterator[Trait]:
    found = figures["mood"]
    if found.value is None or found.low is None or found.high is None or abs(found.value) < FRIENDLY:
        return
    if found.low > 0 or found.high < 0:
        side = "friendly" if found.value > 0 else "critical"
        kept = latest(history.moments, lambda moment: moment.mood is not None)
        yield _figure(STYLE, "mood", f"Their words are {side} on the whole, in {found.n} texts.", found, kept)


def _meetings(history: History, figures: Figures) -> Iterator[Trait]:
    found = figures["meetingHeldRate"]
    if found.value is not None:
        value = f"Of {found.n} meetings that were agreed, {found.value:.0%} were held."
        yield _figure(
            STYLE, "meetingHeldRate", value, found, latest(history.moments, lambda moment: moment.type == "meeting")
        )


def _time(history: History, metrics: Metrics) -> Iterator[Trait]:
    slot = metrics.best_time
    if slot is None:
        return
    day = DAYS[slot.weekday] if slot.weekday is not None else "Any working day"
    hours = f", {slot.begins}:00 to {slot.ends}:00" if slot.begins is not None else ""
    zone = history.hours.zone.key
    yield Trait(
        section="bestTime",
        name="bestTime",
        value=f"{day}{hours} ({zone}): {slot.share:.0%} of what they do falls there, where chance would have"
        f" {slot.expected:.0%}.",
        support="derived",
        n=slot.n,
        unit="share",
    )


def _channel(history: History, metrics: Metrics) -> Iterator[Trait]:
    first = metrics.preferred_channel
    if first not in CHANNELS:
        return
    found = next(each.share for each in metrics.channels if each.name == first)
    if found.value is not None:
        value = f"{CHANNELS[first].capitalize()}: {found.value:.0%} of what they do by themselves."
        yield _figure("bestChannel", "channel", value, found, ())


def _figure(section: str, name: str, value: str, found: Measured, evidence: tuple[str, ...]) -> Trait:
    return Trait(
        section=section,
        name=name,
        value=value,
        support="derived",
        n=found.n,
        low=found.low,
        high=found.high,
        enough=found.enough,
        unit=found.unit,
        evidence=evidence,
    )
