"""Whom to talk to: people by the part they play in a purchase, and posts that are still open."""

import re
from collections import Counter
from typing import Any

from enrichment.analysis import articles, findings
from enrichment.analysis.articles import Article
from enrichment.analysis.derive import buying_role, open_position
from enrichment.analysis.findings import Job, Person
from enrichment.analysis.model import Task
from enrichment.analysis.needs import THEMES, themes_of
from enrichment.analysis.opportunities import products_field, products_themes
from enrichment.analysis.phrases import phrase, phrase_for_role, quoted
from enrichment.analysis.said import Said, derived, inferred, verbatim
from enrichment.analysis.schemas import MOST_PEOPLE
from enrichment.analysis.text import holds
from enrichment.analysis.titles import part_of_title

_PARTS = ("Decision Maker", "Champion", "Technical Buyer", "Influencer")  # as whoever says nothing meets them
_MOST_POSTS = 8
_IN_FULL = 2  # people of one part whose advice is written out
_SIGNING = frozenset({"founder", "chief", "vice president"})  # ranks that sign
_OFFICE = re.compile(r"\bC[EFIORTSMPHDLN]{1,2}O\b|\bCISO\b")
_WHOLE_OFFICE = re.compile(r"\bChief(?: (?:and |& )?[A-Z]\w+){1,3} Officer\b")

# "Former VP Sales, now CEO of Formwise": somebody of another company, or of none.
_ELSEWHERE = re.compile(
    r"\b(?:former(?:ly)?|previously|retired|emerit(?:us|a)|past)\b|(?<!\w)ex-|\bnow\b", re.IGNORECASE
)

# Themes that no function in a company owns; a title that speaks only of them is in nobody's field.
_GENERAL = frozenset({"expansion", "cost", "automation"})


def target_contacts(task: Task) -> list[Any]:
    """People in the order the rep's role talks to them, those in the vendor's field first; then open posts.

    Of those who play one part, whose subject more of the vendor's products speak of comes first.

    Of the posts those in the vendor's field: who fills another has no say in the purchase.
    """
    field = _field(task)
    order = list(dict.fromkeys([*(task.role.contact_order if task.role else ()), *_PARTS]))

    spoken_of = products_themes(task)

    def place(person: Person) -> tuple[bool, int, int]:
        subjects = themes_of(person.title) & field
        nearness = max((spoken_of[theme] for theme in subjects), default=0)
        return not subjects, order.index(buying_role(person.title)), -nearness

    people = sorted(findings.people(task), key=place)
    posts = [job for job in findings.jobs(task) if not field or themes_of(job.title) & field][:_MOST_POSTS]
    news = articles.found(task)
    chosen = people[: MOST_PEOPLE - len(posts)]
    first = {_rank(person): person for person in reversed(chosen)}
    signing = next((person for person in chosen if _rank(person) in _SIGNING), None)
    parts: Counter[str] = Counter()
    written = []
    for person in chosen:
        parts[part := buying_role(person.title)] += 1
        written.append(
            _person(
                task,
                person,
                news,
                is_first=first[_rank(person)] is person,
                signs_first=person is signing,
                again=parts[part] > _IN_FULL,
            )
        )
    return [*written, *(_post(task, job) for job in posts)]


def _field(task: Task) -> frozenset[str]:
    """The themes whose people have a say in buying what the vendor sells."""
    field = products_field(task) - _GENERAL
    return field | {near for theme in field for near in THEMES[theme].near}


def _rank(person: Person) -> str:
    return part_of_title(person.title)[1]


def _person(
    task: Task, person: Person, news: list[Article], *, is_first: bool, signs_first: bool, again: bool
) -> dict[str, Any]:
    return {
        "name": verbatim(person.name, person.evidence),
        "title": verbatim(person.title, person.evidence),
        "role": derived(buying_role(person.title), "buying_role", person.evidence),
        "persona_fit": _fit(task, person, is_first=is_first, signs_first=signs_first, again=again),
        "signal": _seen(task, person, news),
        "email": verbatim(person.email, person.evidence),
        "profile_url": verbatim(person.profile_url, person.evidence),
    }


def _post(task: Task, job: Job) -> dict[str, Any]:
    return {
        "name": None,
        "title": verbatim(job.title, job.evidence),
        "role": derived(buying_role(job.title), "buying_role", job.evidence),
        "persona_fit": inferred(phrase("vacancy", buying_role(job.title), title=quoted(job.title)), job.evidence),
        "signal": derived(open_position(job), "open_position", job.evidence),
        "email": None,
        "profile_url": None,
    }


def _fit(task: Task, person: Person, *, is_first: bool, signs_first: bool, again: bool) -> Said | None:
    """What the title means for the rep; what a rank and the segment mean once, with the first whom it concerns."""
    if not person.title:
        return None
    title = quoted(person.title)
    if _ELSEWHERE.search(person.title):
        return inferred(phrase("persona_elsewhere", "ask", title=title, company=task.company), person.evidence)
    part, rank = part_of_title(person.title)
    voice = task.role.speaks_as if task.role else ""
    in_full = phrase_for_role("persona_fit", voice, part, title=title)
    fit = phrase("persona_fit_again", part, title=title) if again else in_full
    rank_counts = phrase("ranks", rank) if is_first else None
    decides = _decides(task.segment) if signs_first else None
    return inferred(" ".join(filter(None, (fit, rank_counts, decides))), person.evidence)


def _decides(segment: str) -> str | None:
    read = segment.casefold()
    if "mid" in read:
        return phrase("segments", "mid", segment=segment)
    if "enterprise" in read or "strategic" in read or "large" in read:
        return phrase("segments", "enterprise", segment=segment)
    if any(word in read for word in ("smb", "small", "start")):
        return phrase("segments", "small", segment=segment)
    return None


def _seen(task: Task, person: Person, news: list[Article]) -> Said | None:
    """The newest headline that names the person or the office held; else an open post in the person's field.

    Nothing of who has left: the company's news and posts are no longer theirs.
    """
    if _ELSEWHERE.search(person.title):
        return None
    offices = _offices(person.title)
    for article in news:
        of_office = article.signal == "leadership" and any(holds(article.headline, office) for office in offices)
        is_named = holds(article.headline, person.name)
        if of_office or is_named:
            seen = phrase("seen", "news" if is_named else "office", headline=quoted(article.headline))
            return inferred(seen, article.evidence)
    field = themes_of(person.title) - _GENERAL
    for job in findings.jobs(task):
        if themes_of(job.title) & field:
            return inferred(phrase("seen", "post", post=quoted(job.title)), job.evidence)
    return None


def _offices(title: str) -> list[str]:
    """What headlines call the office: "Chief Information Security Officer" as it stands, and CISO."""
    short, whole = _OFFICE.search(title), _WHOLE_OFFICE.search(title)
    initials = "".join(word[0] for word in whole[0].split() if word[0].isupper()) if whole else ""
    return [name for name in (short and short[0], whole and whole[0], initials) if name]
