"""Stories about a company on Hacker News, by Algolia's search. No key.

`GET https://hn.algolia.com/api/v1/search_by_date`, one search a call. The search forgives typing errors, so whether a
story is about the company is decided here: by the host it links to, or by its title. Stories of fewer than five points
are not asked for: anybody may submit one. Uncertain in the wire format: the most hits a page may have; we ask for 100.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.articles import Article, is_about
from enrichment.sources.base import BadReply, CompanyRef, Evidence, Extraction, Reply, register
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.headlines import Headline, filed
from enrichment.sources.naming import registrable
from enrichment.sources.reading import Lenient, Number, Objects, Text, Url, each, object_in, without_tags

WHO = "Hacker News"
SEARCH = "https://hn.algolia.com/api/v1/search_by_date"
STORY = "https://news.ycombinator.com/item?id={id}"
SINCE = timedelta(days=365)
LEAST_POINTS = 5
MOST_STORIES = 100


class Story(Lenient):
    objectID: Text = ""
    title: Text = ""
    url: Url = ""
    points: Number = None
    num_comments: Number = None
    created_at: Text = ""
    story_text: Text = ""


class Found(Lenient):
    hits: Objects = []


@register
class HackerNews:
    """Stories of the last year that developers found worth talking about, typed by the signal of their title."""

    slug: ClassVar[str] = "hacker_news"
    provider: ClassVar[str] = "hacker_news"
    gives: ClassVar[frozenset[str]] = frozenset(
        {"recent_activities", "recent_news", "growth_signals", "business_challenges"}
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        name = " ".join(company.name.replace('"', " ").split())
        since = int((datetime.now(UTC) - SINCE).timestamp())
        params = {"query": f'"{name}"', "tags": "story", "hitsPerPage": MOST_STORIES}
        filters = f"created_at_i>{since},points>={LEAST_POINTS}"
        response = await answered(http.get(SEARCH, params=params | {"numericFilters": filters}))
        if response.status != 200:
            raise error_of(response, who=WHO)
        if not isinstance(object_in(response.body, who=WHO).get("hits"), list):
            raise BadReply(f"{WHO} answered JSON that is no search result")
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The stories as observations; those about somebody else are dropped."""
        found = Found.model_validate(object_in(reply.body, who=WHO)).hits[:MOST_STORIES]
        stories = [story for story in each(Story, found) if story.title]
        kept = {story.title: story for story in stories if is_about(Article(title=story.title, url=story.url), company)}
        observations = [
            observation
            for story in kept.values()
            for observation in filed(_headline(story, reply.fetched_at), under=self.gives)
        ]
        dropped = sum(story.title not in kept for story in stories)
        return Extraction(observations=tuple(observations), records=len(kept), dropped=dropped)


def _headline(story: Story, fetched_at: datetime) -> Headline:
    """The story; where it links to nothing, its page there is the address."""
    at = moment(story.created_at, fetched_at=fetched_at)
    page = STORY.format(id=story.objectID) if story.objectID.isascii() and story.objectID.isdigit() else ""
    talk = f"{story.points or 0:.0f} points and {story.num_comments or 0:.0f} comments on Hacker News. "
    evidence = Evidence(
        kind="article",
        title=story.title,
        url=story.url or page,
        text=f"{talk}{without_tags(story.story_text, 1_000)}".strip(),
        publisher=registrable(story.url) or WHO,
        published_at=at,
    )
    return Headline(text=story.title, evidence=evidence, url=evidence.url, publisher=evidence.publisher, at=at)
