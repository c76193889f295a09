"""GDELT's DOC 2.0 API: most of the world's news, with the slips of its JSON and its way to say no with status 200."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from enrichment.sandbox.choices import days_before, pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply, text_reply
from enrichment.sandbox.searching import Query, days_of, news_about
from enrichment.sandbox.world.model import Article

TOO_OFTEN = "Please limit requests to one every 5 seconds or contact the project for larger queries."
TOO_SHORT = "The specified phrase is too short."
SPAN = re.compile(r"(\d+)([hdwm])\w*")
REACH = 92  # days


@dataclass(slots=True)
class Gdelt:
    """The article list. `spacing`: seconds that calls must lie apart, where a test wants that held."""

    spacing: float | None = None
    asked: list[datetime] = field(default_factory=list)

    def kind_of(self, _request: Request) -> str:
        return "gdelt_news"

    def answer(self, request: Request, moment: Moment) -> Reply:
        self.asked.append(moment.at)
        if self.spacing is not None and self.is_too_soon(moment.at):
            return self.refuse(429 if len(self.asked) % 2 else 200)
        if request.path != "/api/v2/doc/doc" or request.field("mode", "artlist") != "artlist":
            return text_reply("Invalid mode.", kind_of_text="html", takes=0.3)
        query = Query.read(request.field("query"))
        if not query.phrases or any(len(phrase) < 3 for phrase in query.phrases):
            return text_reply(TOO_SHORT, kind_of_text="html", takes=0.3)
        span, most = SPAN.fullmatch(request.field("timespan", "3m")), request.field("maxrecords", "75")
        days = min(REACH, days_within(span)) if span else REACH
        found = [a for a in news_about(query, moment.world) if a.days <= days and pick(5, "gdelt", a.url)]
        return listed([line_of(a, moment) for a in found][: int(most) if most.isdigit() else 75])

    def is_too_soon(self, at: datetime) -> bool:
        return len(self.asked) > 1 and at - self.asked[-2] < timedelta(seconds=self.spacing or 0)

    def refuse(self, status: int) -> Reply:
        words = TOO_OFTEN if status in {200, 429} else "The service is unavailable."
        return text_reply(words, status, takes=0.2)

    def reset(self) -> None:
        self.asked.clear()


def days_within(span: re.Match[str]) -> int:
    return int(span[1]) * 7 if span[2] == "w" else days_of(span)


def listed(lines: list[dict[str, Any]]) -> Reply:
    """`{}` where nothing was found. A tab in a title stays one, which JSON does not allow."""
    reply = json_reply({"articles": lines} if lines else {}, takes=1.2)
    return Reply(body=reply.body.replace(rb"\t", b"\t"), headers=reply.headers, takes=reply.takes)


def line_of(article: Article, moment: Moment) -> dict[str, Any]:
    """One article; punctuation stands apart, and one title in four holds a tab."""
    at = days_before(moment.at, article.days, article.url)
    host = article.url.partition("//")[2].partition("/")[0]
    title = re.sub(r"([,;:?!])", r" \1", article.title)
    return {
        "url": article.url,
        "url_mobile": "",
        "title": title if pick(4, "tab", article.url) else title.replace(" ", "\t", 1),
        "seendate": at.strftime("%Y%m%dT%H%M%SZ"),
        "socialimage": f"https://{host}/image.jpg" if pick(2, "image", article.url) else "",
        "domain": host,
        "language": "English",
        "sourcecountry": "United States",
    }
