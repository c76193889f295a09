"""Articles: what was told of the company in the news, one entry for each headline, with what it is a sign of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from enrichment.analysis.credibility import Judge
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.model import EvidenceItem, Task
from enrichment.analysis.text import normal, tidy
from enrichment.analysis.values import Record, day_of, evidence_of, is_name, name_in, records
from enrichment.signals import SIGNALS, why
from enrichment.sources.site_hiring import OPEN_POSITION

NEWS = ("recent_news", "recent_activities", "buying_signals", "growth_signals")
_NOT_WRITTEN = {"job", "record"}  # kinds of evidence that no journalist wrote
_NEWS_FOR = timedelta(days=365)
_SAME_EVENT = timedelta(days=45)  # databases date a round by its filing


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    headline: str
    day: date | None
    publisher: str
    signal: str | None
    evidence: tuple[str, ...]
    datasets: tuple[str, ...]
    credibility: float = 0.5  # of the best publisher that has it, 0 to 1
    is_doubtful: bool = False  # it stands at doubtful publishers only
    is_sure: bool = False  # the signal is beyond doubt, so that sentences may take it for granted

    @property
    def sure_signal(self) -> str | None:
        """The signal, where it is beyond doubt."""
        return self.signal if self.is_sure else None


def found(task: Task) -> list[Article]:
    """Articles by headline, newest first, undated ones last; those of doubtful publishers behind all others.

    Of one day, the more credible publisher's first: a rank, no weight, for nothing else is changed by it.
    Signs that stand in no article are left out where they are told elsewhere: open posts and topics under their own
    names, a record's line on a round where an article tells of the same kind of thing in the same weeks.
    """
    by_headline: dict[str, list[Record]] = {}
    for record in records(task, *NEWS):
        if (headline := record.text("headline")) and not is_topic(record):
            by_headline.setdefault(normal(headline), []).append(record)
    known = {item.id: item for item in task.evidence}
    judge = Judge(task.domain, task.publishers)
    every = [_article(same, known, judge) for same in by_headline.values()]
    told = [article for article in every if not _kinds(article, known) <= _NOT_WRITTEN]
    every = [article for article in every if article in told or _is_new(article, told, known)]
    return sorted(every, key=lambda each: (not each.is_doubtful, each.day or date.min, each.credibility), reverse=True)


def is_news(article: Article, task: Task) -> bool:
    """Whether it is young enough to be spoken of as new: a year at most, or undated."""
    return article.day is None or task.as_of.date() - article.day <= _NEWS_FOR


def _kinds(article: Article, known: Mapping[str, EvidenceItem]) -> set[str]:
    return {known[key].kind for key in article.evidence if key in known} or {"article"}


def _is_new(sign: Article, told: list[Article], known: Mapping[str, EvidenceItem]) -> bool:
    """Whether a sign that stands in no article is told nowhere else."""
    if sign.signal is None or (_kinds(sign, known) == {"job"} and sign.headline.startswith(OPEN_POSITION)):
        return False
    same = [article.day for article in told if article.signal == sign.signal]
    return not any(day is None or sign.day is None or abs(day - sign.day) <= _SAME_EVENT for day in same)


def _article(same: list[Record], known: Mapping[str, EvidenceItem], judge: Judge) -> Article:
    headline = same[0].text("headline")
    evidence = evidence_of(same)
    told = next((signal for record in same if (signal := record.text("signal_type")) in SIGNALS), None)
    kinds = {known[key].kind for key in evidence if key in known}
    is_of_jobs = kinds == {"job"}  # no headline's words
    reading = why(headline)
    tells_of = (told if is_of_jobs else None) or reading.signal or told
    judged = [judge.of(known[key].url, known[key].publisher) for key in evidence if key in known]
    return Article(
        headline=headline,
        day=next((day for record in same if (day := day_of(record))), None) or _published(evidence, known),
        publisher=name_in(same, "publisher", 80) or _publisher(evidence, known),
        signal=tells_of,
        evidence=evidence,
        datasets=tuple(dict.fromkeys(record.dataset for record in same)),
        credibility=max((each.score for each in judged), default=0.5),
        is_doubtful=bool(judged) and all(each.band == "doubtful" for each in judged),
        # A database files what it tells of under its kind; a journalist's headline is read.
        is_sure=(tells_of == told and bool(kinds) and kinds <= _NOT_WRITTEN)
        or (tells_of == reading.signal and reading.is_sure),
    )


def _published(evidence: tuple[str, ...], known: Mapping[str, EvidenceItem]) -> date | None:
    items = [known[key] for key in evidence if key in known]
    return next((item.published_at.date() for item in items if item.published_at), None)


def _publisher(evidence: tuple[str, ...], known: Mapping[str, EvidenceItem]) -> str:
    items = [known[key] for key in evidence if key in known]
    named = (tidy(item.publisher, 200) for item in items if not talks_to_machines(item.publisher))
    return next((name for name in named if is_name(name, longest=80)), "")


def is_topic(record: Record) -> bool:
    """Whether a buying signal says what people there read up on, which is no headline of anybody's."""
    return record.text("signal_type") == "intent"
