"""What a web page shows, read in one pass and in time linear in its length.

A tree-building parser (lexbor as well) takes seconds for a tag of 50,000 attributes and gigabytes for a few kilobytes
of unclosed formatting tags, which a hostile page may hold. We need a page's words in order, so no tree is built.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin

from enrichment.sources.reading import plain, web_url

LONGEST = 500_000  # characters of a page that are read
MOST_TAGS = 40_000
MOST_BLOCKS = 3_000
MOST_LINKS = 1_000
MOST_ATTRIBUTES = 40

_OPENS = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_ATTRIBUTE = re.compile(
    r"""[\s/]*([^\s"'<>/=]{1,60})(?:\s*=\s*(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'<>]{1,2000})))?"""
)
_RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "textarea", "template")}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_NAMED = _HEADINGS | {"p", "li", "dt", "dd", "td", "th", "blockquote", "figcaption", "summary"}
_BREAKS = frozenset(
    "address article aside body br details dialog div dl fieldset figure footer form header hr main nav ol option pre "
    "section select table tbody tfoot thead tr ul".split()
)
_CHROME = frozenset({"nav", "footer"})  # what every page of a site repeats
_MARKS = ("src", "href", "data-src", "action")


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    closes: bool
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, paragraph or item of a list. `href`: where it links to; `at`: the date beside it."""

    tag: str
    text: str = ""
    href: str = ""
    at: str = ""


@dataclass(slots=True, kw_only=True)
class View:
    """What a page shows. Addresses are absolute; texts are plain."""

    url: str
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)  # lower-case names and properties
    links: list[tuple[str, str]] = field(default_factory=list)  # address, words
    sources: list[str] = field(default_factory=list)  # addresses of scripts, styles, frames and links, as written
    linked_data: list[str] = field(default_factory=list)  # JSON-LD blocks, as written
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands beneath it, up to the next heading."""

    heading: str
    level: int
    href: str = ""
    at: str = ""
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join((*self.paragraphs, *self.items))


def pieces(html: str) -> Iterator[Tag | str]:
    """The tags and texts of a page, in order. The content of a script or style follows its tag as one text."""
    at, end = 0, min(len(html), LONGEST)
    left = MOST_TAGS
    while at < end and left:
        opening = _OPENS.search(html, at, end)
        opens = opening.start() if opening else end
        if opens > at:
            yield html[at:opens]
        match = _TAG.match(html, opens, end)
        if match is None:
            at = _past_declaration(html, opens, end)
            continue
        attributes, at = _attributes(html, match.end(), end)
        name = match[2].lower()
        left -= 1
        yield Tag(name, bool(match[1]), attributes)
        if name in _RAW and not match[1]:
            closing = _RAW[name].search(html, at, end)
            stop = closing.start() if closing else end
            yield html[at:stop]
            at = stop


def _past_declaration(html: str, at: int, end: int) -> int:
    """Where a comment, a doctype or a stray "</" ends."""
    mark = "-->" if html.startswith("<!--", at) else ">"
    closing = html.find(mark, at, end)
    return closing + len(mark) if closing >= 0 else end


def _attributes(html: str, at: int, end: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    for _ in range(MOST_ATTRIBUTES):
        match = _ATTRIBUTE.match(html, at, end)
        if match is None:
            break
        found.setdefault(match[1].lower(), unescape(match[2] or match[3] or match[4] or ""))
        at = match.end()
    closing = html.find(">", at, end)
    return found, closing + 1 if closing >= 0 else end


def view_of(html: str, url: str) -> View:
    """What the page at `url` shows."""
    reader = _Reader(View(url=url))
    raw: Tag | None = None
    for piece in pieces(html):
        if isinstance(piece, Tag):
            raw = piece if piece.name in _RAW and not piece.closes else None
            reader.tag(piece)
        elif raw is not None:
            reader.raw(raw, piece)
            raw = None
        else:
            reader.text(piece)
    reader.flush()
    reader.end_link()
    return reader.view


@dataclass(slots=True)
class _Reader:
    """Gathers text into blocks and links as the pieces come."""

    view: View
    tag_name: str = "div"
    words: list[str] = field(default_factory=list)
    block_href: str = ""
    href: str | None = None  # of the link that is open
    link_words: list[str] = field(default_factory=list)
    chrome: int = 0
    time: str | None = None  # of the date that is open
    time_words: list[str] = field(default_factory=list)

    def tag(self, tag: Tag) -> None:
        self._note(tag)
        name = tag.name
        if name in _CHROME:
            self.flush()
            self.chrome = max(0, self.chrome + (-1 if tag.closes else 1))
        elif name in _NAMED:
            if name == "p" and self.tag_name == "li" and not "".join(self.words).strip():
                return  # an item whose text is in paragraphs
            self.flush()
            self.tag_name = "div" if tag.closes else name
        elif name in _BREAKS:
            self.flush()
        elif name == "a":
            self._link(tag)
        elif name == "time":
            self._end_time() if tag.closes else self._begin_time(tag)

    def raw(self, tag: Tag, content: str) -> None:
        if tag.name == "title" and not self.view.title:
            self.view.title = plain(unescape(content), 300)
        elif tag.name == "script" and "ld+json" in tag.attributes.get("type", "").lower():
            self.view.linked_data.append(content)

    def text(self, text: str) -> None:
        if self.time is not None:
            self.time_words.append(text)
            return
        self.words.append(text)
        if self.href is not None:
            self.link_words.append(text)

    def flush(self) -> None:
        """End the block that is open."""
        self._end_time()
        text = plain(unescape("".join(self.words)), 4_000)
        if text and not self.chrome and len(self.view.blocks) < MOST_BLOCKS:
            self.view.blocks.append(Block(tag=self.tag_name, text=text, href=self.block_href or self.href or ""))
        self.words.clear()
        self.block_href = ""

    def _begin_time(self, tag: Tag) -> None:
        self._end_time()
        self.time = tag.attributes.get("datetime", "")

    def _end_time(self) -> None:
        """End the date that is open. Its words ("5 days ago") are no part of the text."""
        if self.time is not None and not self.chrome and len(self.view.blocks) < MOST_BLOCKS:
            said = plain(self.time or unescape("".join(self.time_words)), 60)
            self.view.blocks.append(Block(tag="time", at=said))
        self.time = None
        self.time_words.clear()

    def end_link(self) -> None:
        if self.href and len(self.view.links) < MOST_LINKS:
            self.view.links.append((self.href, plain(unescape("".join(self.link_words)), 200)))
        self.link_words.clear()
        self.href = None

    def _link(self, tag: Tag) -> None:
        self.end_link()
        if not tag.closes:
            self.href = absolute(self.view.url, tag.attributes.get("href", ""))
            self.block_href = self.block_href or self.href

    def _note(self, tag: Tag) -> None:
        given = tag.attributes
        if tag.name == "meta" and given.get("content"):
            name = (given.get("name") or given.get("property") or "").lower()
            self.view.metas.setdefault(name, plain(given["content"], 2_000))
        for mark in _MARKS:
            if mark in given and len(self.view.sources) < MOST_LINKS:
                self.view.sources.append(given[mark][:500])


def absolute(base: str, href: str) -> str:
    """The web address that `href` means on the page `base`, without its fragment; "" for anything else."""
    try:
        return web_url(urljoin(base, href.strip()).partition("#")[0])
    except ValueError:
        return ""


def sections(view: View) -> list[Section]:
    """The page's headings with what stands beneath each; text before the first heading is under "" of level 0."""
    found: list[Section] = []
    heading, at = Block(tag="h0"), ""
    paragraphs: list[str] = []
    items: list[str] = []

    def close() -> None:
        if heading.text or paragraphs or items:
            found.append(
                Section(
                    heading=heading.text,
                    level=int(heading.tag[1]),
                    href=heading.href,
                    at=at,
                    paragraphs=tuple(paragraphs),
                    items=tuple(items),
                )
            )

    for block in view.blocks:
        if block.tag in _HEADINGS:
            close()
            heading, at, paragraphs, items = block, "", [], []
        elif block.tag == "time":
            at = at or block.at
        elif block.tag == "li":
            items.append(block.text)
        else:
            paragraphs.append(block.text)
    close()
    return found
