"""A prompt, read back: all that a model knows of a task. Trial engines work from this and from nothing else."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_ITEM = re.compile(r'<evidence id="(?P<id>[^"]+)"[^>]*>\n(?P<text>.*?)\n</evidence>', re.DOTALL)
_FACT = re.compile(r"^(?P<dataset>[a-z_]+) \[(?P<ids>[^\]]*)\]: (?P<value>.*)$", re.MULTILINE)
_ENTRY = re.compile(r"^(?P<key>[nco]\d+): (?P<text>.*)$", re.MULTILINE)
_VENDOR = re.compile(r"<vendor>\n(?P<context>.*?)\n</vendor>", re.DOTALL)
_LABEL = re.compile(r"^(?P<label>[A-Z][a-z' ]+): (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """A text of the prompt and the evidence that it stands under; `about` is what it is: a dataset, n0, c2, "item"."""

    about: str
    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The two texts that a model is sent."""

    system: str
    user: str

    def label(self, name: str) -> str:
        """What stands behind "Company:", "Vendor:", "Rep's role:"; empty where nothing does."""
        return next((_plain(found["text"]) for found in _LABEL.finditer(self.user) if found["label"] == name), "")

    def items(self) -> Iterator[Line]:
        """Every line of the fenced items."""
        for found in _ITEM.finditer(self.user):
            for text in found["text"].splitlines():
                yield Line("item", _plain(text), (_plain(found["id"]),))

    def facts(self) -> Iterator[Line]:
        """Every fact's value, as JSON."""
        for found in _FACT.finditer(self.user):
            ids = tuple(_plain(key.strip()) for key in found["ids"].split(",") if key.strip())
            yield Line(found["dataset"], _plain(found["value"]), ids)

    def entries(self, letter: str) -> Iterator[Line]:
        """What is to be written about: `n` for news, `c` for contacts, `o` for opportunities."""
        for found in _ENTRY.finditer(self.user):
            if found["key"].startswith(letter):
                yield Line(found["key"], _plain(found["text"]), ())

    def vendor(self) -> dict[str, Any]:
        """The vendor's context; empty where there is none, or it was cut."""
        found = _VENDOR.search(self.user)
        try:
            context = json.loads(_plain(found["context"])) if found else {}
        except ValueError:
            return {}
        return context if isinstance(context, dict) else {}

    def question(self) -> str:
        """What stands between the fences of a question; empty where none is asked."""
        return _plain(self.user.partition("<question>\n")[2].partition("\n</question>")[0])

    def products(self) -> list[str]:
        told = self.vendor().get("products") or ()
        return [str(product["product"]) for product in told if isinstance(product, dict) and product.get("product")]


def _plain(text: str) -> str:
    return html.unescape(text)
