"""HTML as the text that a reader sees. Nothing is fetched; scripts, styles and pictures are left out."""

import re
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg"})
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "ul", "ol", "hr"}
)
LARGEST = 400_000  # characters


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.unseen = 0
        self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _BREAKS:
            self.quoted += tag == "blockquote"
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(self.unseen - 1, 0)
        elif tag in _BREAKS:
            self.quoted = max(self.quoted - (tag == "blockquote"), 0)
            self._break()

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.out.append(re.sub(r"\s+", " ", data))

    def _break(self) -> None:
        """A line that is quoted begins with the mark by which quotes are told in plain text."""
        self.out.append("\n" + "> " * min(self.quoted, 3))


def text_of_html(html: str) -> str:
    """`html` as text: a line for each block, quotes marked with `> `."""
    reader = _Reader()
    try:
        reader.feed(html[:LARGEST])
        reader.close()
    except (AssertionError, ValueError):  # what the parser cannot read is cut there
        pass
    lines = [line.rstrip() for line in "".join(reader.out).split("\n")]
    lines = [line.strip(" ") if not line.startswith(">") else line for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line if line.strip("> ") else "" for line in lines)).strip()
