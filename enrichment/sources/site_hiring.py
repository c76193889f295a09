"""Whom a company looks for, and what its job texts say that it struggles with. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from enrichment.sources.base import Evidence, Observation
from enrichment.sources.dates import day, moment
from enrichment.sources.headlines import stated
from enrichment.sources.job_signs import sign_of
from enrichment.sources.linked_data import Node, jobs_in, word
from enrichment.sources.markup import Section
from enrichment.sources.reading import LONGEST_TEXT, plain, web_url
from enrichment.sources.site import Site, SitePage

MOST_JOBS = 50
MOST_SIGNALS = 5
MOST_CHALLENGES = 15
MOST_SAID = 5  # signs of growth that texts tell
OPEN_POSITION = "Open position: "

_WORK = re.compile(
    r"\b(?:engineer|developer|architect|manager|director|analyst|scientist|designer|specialist|consultant|executive|lead|"
    r"officer|administrator|representative|associate|assistant|recruiter|accountant|technician|operator|head|vp|partner|"
    r"president|counsel|nurse|driver|mechanic|planner|buyer|controller|coordinator|writer|editor|strategist|advisor|intern|"
    r"ingenieur|entwickler|leiter)(?:in|s)?\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"remote|hybrid|[A-Z][\w .'’-]{1,40}(?:,\s*[A-Z][\w .'’-]{1,40})?", re.UNICODE)
_DEPARTMENTS = re.compile(
    r"\b(?:engineering|security|it|sales|marketing|finance|legal|people|hr|human resources|operations|product|design|"
    r"data|support|customer success|research|manufacturing|logistics|procurement)\b",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"slow(?:s|ed|ing)?\b.{0,60}\bdown|\bmanual(?:ly)?\b|\bby hand\b|spreadsheet|complain|\bpoor(?:ly)?\b|struggl|"
    r"\bchallenge[sd]?\b|bottleneck|legacy|outdated|technical debt|outgrow|fragmented|\bsilo|error-prone|"
    r"time-consuming|too (?:slow|long|many|much)|\bdifficult|pain point|\black(?:s|ing)?\b|downtime|outage|backlog|"
    r"keep up with|migrat\w* (?:from|away|off)|replac\w* (?:our|the|a) |\bstill (?:takes?|rel(?:y|ies)|runs?|uses?)|"
    r"no single|duplicate|cannot see|double entry|shortage",
    re.IGNORECASE,
)
_OF_THE_READER = re.compile(r"\byou (?:have|are|know|enjoy|bring|like|love|can)\b", re.IGNORECASE)
_OF_GROWTH = frozenset({"expansion", "hiring", "product"})
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'“])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An open position."""

    title: str
    url: str
    text: str
    location: str = ""
    department: str = ""
    at: datetime | None = None

    @property
    def line(self) -> str:
        return f"{OPEN_POSITION}{self.title}"

    @property
    def evidence(self) -> Evidence:
        where = " · ".join(part for part in (self.line, self.location, self.department) if part)
        text = plain(f"{where}. {self.text}" if self.text else where, LONGEST_TEXT)
        return Evidence(kind="job", title=self.title, url=self.url, text=text, published_at=self.at)


def hiring(site: Site) -> Iterator[Observation]:
    """Open positions, and troubles that their texts and the site admit."""
    jobs = list(jobs_of(site))
    yield from openings(jobs)
    yield from signs(jobs)
    yield from islice(_challenges(site, jobs), MOST_CHALLENGES)


def openings(jobs: Sequence[Job]) -> Iterator[Observation]:
    """Each position; the first few as signs of growth."""
    for job in jobs:
        record = {"title": job.title, "location": job.location, "department": job.department, "url": job.url}
        yield Observation(
            dataset="hiring_trends", value=stated(record | {"date": day(job.at)}), evidence=(job.evidence,)
        )
    for job in jobs[:MOST_SIGNALS]:
        sign = {"headline": job.line, "signal_type": "hiring", "url": job.url, "date": day(job.at)}
        yield Observation(dataset="growth_signals", value=stated(sign), evidence=(job.evidence,))


def signs(jobs: Iterable[Job]) -> Iterator[Observation]:
    """New sites, teams and products that job texts speak of, as signs of growth: each sentence once, at most five."""
    told = ((sentence, sign_of(sentence), job) for job in jobs for sentence in sentences(job.text))
    first: dict[str, Observation] = {}
    for sentence, sign, job in told:
        if sign in _OF_GROWTH and sentence not in first and sentence in job.evidence.text:
            value = stated({"headline": sentence, "signal_type": sign, "url": job.url, "date": day(job.at)})
            first[sentence] = Observation(dataset="growth_signals", value=value, evidence=(job.evidence,))
    yield from islice(first.values(), MOST_SAID)


def jobs_of(site: Site) -> Iterator[Job]:
    """The positions of the careers page: as JSON-LD states them, else as its headings and lists do."""
    for page in site.of_kind("careers"):
        stated_jobs = [job for node in jobs_in(page.nodes) if (job := _stated(node, page, site))]
        found = stated_jobs or [job for section in page.sections for job in _listed(section, page, site)]
        unique = {(job.title, job.location): job for job in found}
        yield from islice(unique.values(), MOST_JOBS)


def _stated(node: Node, page: SitePage, site: Site) -> Job | None:
    title = word(node, "title", "name")[:200]
    if not title:
        return None
    place = node.get("jobLocation")
    place = place[0] if isinstance(place, list) and place else place
    address = place.get("address") if isinstance(place, dict) else None
    cities = (word(address, "addressLocality"), word(address, "addressRegion", "addressCountry"))
    return Job(
        title=title,
        url=web_url(node.get("url")) or page.url,
        text=word(node, "description"),
        location=", ".join(city for city in cities if city)
        or (plain(address, 100) if isinstance(address, str) else ""),
        department=word(node, "industry", "occupationalCategory")[:100],
        at=moment(word(node, "datePosted"), fetched_at=site.fetched_at),
    )


def _listed(section: Section, page: SitePage, site: Site) -> Iterator[Job]:
    """A heading that names a position, with its place, department and text; or a list of positions."""
    if section.level >= 2 and _names_position(section.heading):
        place, department = _place_and_department(section.paragraphs)
        yield Job(
            title=section.heading,
            url=section.href or page.url,
            text=plain(" ".join(text for text in (*section.paragraphs, *section.items) if len(text) > 60)),
            location=place,
            department=department,
            at=moment(section.at, fetched_at=site.fetched_at),
        )
        return
    for item in section.items:
        if _names_position(item):
            yield Job(title=item, url=page.url, text="")


def _names_position(text: str) -> bool:
    return (
        len(text) <= 100 and len(text.split()) <= 12 and bool(_WORK.search(text)) and not text.endswith((".", "?", "!"))
    )


def _place_and_department(paragraphs: tuple[str, ...]) -> tuple[str, str]:
    """From a short line such as "London, United Kingdom - IT" or "Engineering | Remote"."""
    for text in paragraphs:
        if len(text) > 80 or text.endswith(".") or text.lower().startswith("posted"):
            continue
        parts = [part.strip() for part in re.split(r"\s+[-–—|·•]\s+", text) if part.strip()]
        department = next((part for part in parts if _DEPARTMENTS.fullmatch(part)), "")
        place = next((part for part in parts if part != department and _PLACE.match(part)), "")
        if place or department:
            return place, department or next((part for part in parts[1:] if part != place), "")
    return "", ""


def _challenges(site: Site, jobs: list[Job]) -> Iterator[Observation]:
    """Sentences, as found, in which the company speaks of its own troubles: in job texts and about itself.

    Its product pages are left out: there the troubles are its customers'.
    """
    admitted = list(admissions(jobs))
    yield from admitted
    seen = {observation.value["challenge"] for observation in admitted}
    for page in site.of_kind("about", "careers"):
        texts = (text for section in page.sections for text in section.paragraphs)
        found = [sentence for text in texts for sentence in troubles(text) if sentence not in seen]
        seen.update(found)
        yield from page.sheet.page(
            ("business_challenges", sentence, {"challenge": sentence, "url": page.url})
            for sentence in dict.fromkeys(found)
        )


def admissions(jobs: Iterable[Job]) -> Iterator[Observation]:
    """The troubles that job texts admit, each once."""
    seen: set[str] = set()
    for job in jobs:
        for sentence in troubles(job.text):
            if sentence not in seen and sentence in job.evidence.text:
                seen.add(sentence)
                record = stated({"challenge": sentence, "url": job.url, "date": day(job.at)})
                yield Observation(dataset="business_challenges", value=record, evidence=(job.evidence,))


def troubles(text: str) -> Iterator[str]:
    """The sentences of `text` that admit a trouble or a migration, and do not describe the reader instead."""
    for sentence in sentences(text):
        if 25 <= len(sentence) <= 300 and _admits(sentence):
            yield sentence


def _admits(sentence: str) -> bool:
    return bool(_TROUBLE.search(sentence) and not _OF_THE_READER.search(sentence)) or sign_of(sentence) == "migration"


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text's first 10,000 characters."""
    yield from (sentence.strip() for sentence in _SENTENCE.split(text[:10_000]))
