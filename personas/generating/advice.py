"""What to do with somebody: approach, next step, do and do not. Concluded, so marked as inferred. Pure."""

from collections.abc import Iterable, Sequence

from personas.generating.concerns import Concern, of_kind
from personas.generating.habits import CHANNELS, MOST, is_written, latest
from personas.generating.model import Trait
from personas.generating.wishes import as_asked
from personas.hearing.preferring import Stated
from personas.history import History, Moment, Terms
from personas.metrics import Metrics

LONG_SILENCE = 0.9  # of their own gaps are shorter than this silence
UNANSWERED = 3  # mails of ours in a row, of which a fourth is no plan
UNUSUAL = 0.3  # so few mails that bring anything are worth another way


def advice(
    history: History, metrics: Metrics, found: Sequence[Concern], terms: Terms, stated: Sequence[Stated] = ()
) -> list[Trait]:
    """Approach, next step, what to do and what not."""
    return [
        *_approach(metrics, found),
        _next_step(history, metrics, found, terms),
        *as_asked(stated),
        *_do(metrics, found),
        *_do_not(metrics, found),
    ]


def _approach(metrics: Metrics, found: Sequence[Concern]) -> Iterable[Trait]:
    """The way, what to lead with, what to be ready for; each with what it rests on."""
    channel = metrics.preferred_channel
    if channel in CHANNELS:
        yield _inferred("recommendedApproach", "way", f"Reach them by {CHANNELS[channel]}, their own first choice.")
    for concern in of_kind(found, "motivation")[:1]:
        yield _of(concern, "recommendedApproach", "lead", concern.theme.answer)
    for concern in of_kind(found, "objection")[:1]:
        yield _of(concern, "recommendedApproach", "ready", f"Be ready for this: {_lower(concern.theme.label)}.")
    if channel not in CHANNELS and not of_kind(found, "motivation") and not of_kind(found, "objection"):
        yield _inferred("recommendedApproach", "open", "Ask what would make the next half-year a good one for them.")


def _next_step(history: History, metrics: Metrics, found: Sequence[Concern], terms: Terms) -> Trait:
    last = _last_word(history, terms)
    if last is not None and is_written(last):
        return _inferred("nextStep", "answer", "Answer their latest mail: the last word is theirs.", [str(last.id)])
    meeting = next(
        (each for each in reversed(history.moments) if each.type == "meeting" and each.at <= terms.now), None
    )
    if meeting is not None and meeting.outcome in ("cancelled", "no_show"):
        return _inferred(
            "nextStep", "meeting", "Offer two new times for the meeting that did not take place.", [str(meeting.id)]
        )
    silence, share = metrics.figures["silenceDays"], metrics.figures["silenceQuantile"]
    if silence.value is not None and share.value is not None and share.value >= LONG_SILENCE:
        return _inferred(
            "nextStep",
            "silence",
            f"Write with something new: they have been silent for {silence.value:.0f} days, longer than"
            f" {share.value:.0%} of their pauses.",
            latest(history.moments, is_written)[:1],
        )
    unanswered = _unanswered(history, terms)
    if len(unanswered) >= UNANSWERED:
        return _inferred(
            "nextStep",
            "unanswered",
            f"Try another way, or ask somebody else there: your last {len(unanswered)} mails have no answer.",
            [str(each.id) for each in reversed(unanswered)][:MOST],
        )
    for concern in of_kind(found, "objection")[:1]:
        return _of(concern, "nextStep", "objection", concern.theme.answer)
    return _inferred("nextStep", "meet", "Suggest a meeting, with one question that they are to answer in it.")


def _do(metrics: Metrics, found: Sequence[Concern]) -> Iterable[Trait]:
    if metrics.best_time is not None:
        yield _inferred("do", "time", "Write or call when they are at it (see the best time).")
    for concern in of_kind(found, "objection")[1:3] or of_kind(found, "objection")[:1]:
        yield _of(concern, "do", f"answer.{concern.theme.name}", concern.theme.answer)
    for concern in of_kind(found, "pain")[:1]:
        yield _of(concern, "do", f"ask.{concern.theme.name}", concern.theme.answer)


def _do_not(metrics: Metrics, found: Sequence[Concern]) -> Iterable[Trait]:
    rate = metrics.figures["emailEngagementRate"]
    if rate.high is not None and rate.high < UNUSUAL:
        yield _inferred("doNot", "mails", "Send more of the same mails: few of those that reach them bring anything.")
    names = {concern.theme.name for concern in of_kind(found, "objection")}
    if "incumbent" in names:
        yield _inferred("doNot", "rival", "Run down what they have: they chose it.")
    if "authority" in names:
        yield _inferred("doNot", "press", "Press them for a decision that is not theirs alone.")
    if "price" in names or "budget" in names:
        yield _inferred("doNot", "price", "Speak of the price before they have said what it is worth to them.")


def _unanswered(history: History, terms: Terms) -> list[Moment]:
    """Our mails since the contact last did anything, the earliest first."""
    past = [each for each in history.moments if each.at <= terms.now and not each.is_automatic]
    last = max((place for place, each in enumerate(past) if each.direction == "in"), default=-1)
    return [each for each in past[last + 1 :] if each.type == "email_sent" and each.direction != "in"]


def _last_word(history: History, terms: Terms) -> Moment | None:
    """The latest mail between the two, by a person."""
    mails = [each for each in history.moments if each.type in ("email_sent", "email_replied") and not each.is_automatic]
    past = [each for each in mails if each.at <= terms.now]
    return past[-1] if past else None


def _of(concern: Concern, section: str, name: str, value: str) -> Trait:
    named = tuple(str(each.source) for each in concern.heard[:3])
    return Trait(
        section=section, name=name, value=value, support="inferred", n=len(concern.heard), unit="interactions",
        enough=len(concern.heard) > 1, evidence=named,
    )  # fmt: skip


def _inferred(section: str, name: str, value: str, evidence: Sequence[str] = ()) -> Trait:
    return Trait(section=section, name=name, value=value, support="inferred", n=len(evidence), evidence=tuple(evidence))


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
