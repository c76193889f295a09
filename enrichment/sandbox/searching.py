"""What a search engine would find in the world, with its habit of answering a little beside the question."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from enrichment.sandbox.world import Company, World
from enrichment.sandbox.world.model import Article

OPERATOR = re.compile(r"(?:^|\s)-?(?:when|after|before|site|intitle|source):\S+|(?:^|\s)-\w\S*")
GENERIC = frozenset({"the", "new", "company", "group", "and", "for", "news", "of"})
STRAYS = 2  # items about a namesake that an engine mixes into an answer


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces."""
    without = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[\w&]+", without.casefold()))


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: the phrases of which one must occur, and a limit on age."""

    phrases: tuple[str, ...]
    days: int | None = None

    @classmethod
    def read(cls, text: str) -> "Query":
        """`"Acme Corp" OR "Acme" when:7d` -> two phrases, seven days. Without quotes the whole text is one phrase."""
        days = re.search(r"\bwhen:(\d+)([dhmy])", text)
        quoted = re.findall(r'"([^"]+)"', text)
        bare = re.sub(r"[()]|\bOR\b|\bAND\b", " ", OPERATOR.sub(" ", text))
        phrases = tuple(phrase for phrase in map(plain, quoted or [bare]) if phrase)
        return cls(phrases, days_of(days) if days else None)

    def companies(self, world: World) -> tuple[Company, ...]:
        """The companies that the phrases name."""
        return tuple({company.domain: company for phrase in self.phrases for company in named(phrase, world)}.values())

    def stem_is_in(self, text: str) -> bool:
        """Whether the first telling word of a phrase occurs in `text`: the namesake's case."""
        words = set(plain(text).split())
        return any(stem in words for stem in map(stem_of, self.phrases) if stem)


def days_of(match: re.Match[str]) -> int:
    """Days of `when:36h`, `when:7d`, `when:2m`, `when:1y`; part of a day counts as one."""
    number, unit = int(match[1]), match[2]
    return max(1, number // 24) if unit == "h" else number * {"d": 1, "m": 30, "y": 365}[unit]


def stem_of(phrase: str) -> str:
    """The first word of three letters and more that tells something; empty if there is none."""
    return next((word for word in phrase.split() if len(word) > 2 and word not in GENERIC), "")


def named(phrase: str, world: World) -> tuple[Company, ...]:
    """The companies that `phrase` names.

    A name of one word with others round it counts only where nothing fits better: "Acme Industries" is not Acme Corp,
    though that is known as "Acme" too.
    """
    exact = tuple(company for company in world if any(fits(phrase, name) for name in names_of(company)))
    return exact or tuple(c for c in world if any(f" {name} " in f" {phrase} " for name in names_of(c)))


def names_of(company: Company) -> set[str]:
    return {plain(name) for name in (*company.names, company.domain)}


def fits(phrase: str, name: str) -> bool:
    """Whether the phrase is within the name, or a name of several words within the phrase."""
    return f" {phrase} " in f" {name} " or (" " in name and f" {name} " in f" {phrase} ")


def news_about(query: Query, world: World) -> tuple[Article, ...]:
    """Articles about the companies that the query names, then a few about namesakes, newest first in each."""
    wanted = [a for company in query.companies(world) for a in company.news if "news" in a.seen]
    titled = [a for a in every_article(world) if any(p in plain(a.title) for p in query.phrases) and a not in wanted]
    others = [a for a in every_article(world) if a not in wanted and a not in titled and query.stem_is_in(a.title)]
    found = [*sorted((*wanted, *titled), key=lambda a: a.days), *sorted(others, key=lambda a: a.days)[:STRAYS]]
    return tuple(article for article in found if query.days is None or article.days <= query.days)


def every_article(world: World) -> tuple[Article, ...]:
    return (*(a for company in world for a in company.news if "news" in a.seen), *world.noise)


def companies_called(keyword: str, world: World) -> tuple[Company, ...]:
    """Companies of the database by keyword: the ones of that name first, then namesakes."""
    query = Query.read(keyword)
    listed = [company for company in world if company.company_db.listed]
    meant = query.companies(world)
    exact = [company for company in listed if company in meant or is_listed_as(query, company)]
    return (*exact, *(c for c in listed if c not in exact and query.stem_is_in(c.company_db.name or c.name)))


def is_listed_as(query: Query, company: Company) -> bool:
    """Whether the database has the company under the asked name, which may be a former one."""
    return any(plain(company.company_db.name) == phrase for phrase in query.phrases)
