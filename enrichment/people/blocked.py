"""Recognises people by the digests of their marks in whatever is collected or kept, and takes them out of it.

What a name is worth depends on where it stands: it counts only in what belongs to the person's own company, for
elsewhere it may be a namesake's. A mail address and a profile count everywhere. A name of one word is recognised where
a record gives it as the name, not in running text.
"""

import html
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from enrichment.people import marks
from enrichment.people.digests import digest

ERASED = "[erased]"
A_STATEMENT = 300  # characters up to which a text that names somebody goes as a whole, with what it says of them
# What a record needs to be shown at all, and what tells nobody who it was about.
_HARMLESS = frozenset("source kind origin support publishedAt collectedAt observedAt date signal_type dataset".split())
_FIRST_AND_LAST = (("first_name", "last_name"), ("firstName", "lastName"), ("firstname", "lastname"))


@dataclass(frozen=True, slots=True)
class Blocked:
    """Digests of marks; `lengths` are how many words their names have."""

    secret: bytes = b""
    names: frozenset[str] = frozenset()
    lengths: frozenset[int] = frozenset()
    emails: frozenset[str] = frozenset()
    profiles: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.emails or self.profiles)

    def has_name(self, name: str) -> bool:
        return bool(self.names) and self._digest("name", marks.name_key(name)) in self.names

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the text names one of them, in order, without overlaps."""
        if not self:
            return []
        found = [(a, b) for key, a, b in marks.emails(text) if self._digest("email", key) in self.emails]
        found += [(a, b) for key, a, b in marks.profiles(text) if self._digest("profile", key) in self.profiles]
        found += self._names(text) if self.names else []
        united: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if united and start <= united[-1][1]:
                united[-1] = (united[-1][0], max(end, united[-1][1]))
            else:
                united.append((start, end))
        return united

    def masked(self, text: str) -> str:
        """The text with “[erased]” in the place of whoever it names."""
        for start, end in reversed(self.spans(text)):
            text = text[:start] + ERASED + text[end:]
        return text

    def is_record(self, value: Any) -> bool:
        """Whether a JSON object is one of them: a field of it is nothing but their name, address or profile."""
        if not isinstance(value, Mapping):
            return False
        return any(self._is_mark(text) for text in (*_texts(value), *_full_names(value)))

    def names_in(self, value: Any) -> bool:
        """Whether a JSON value names one of them anywhere."""
        if not self:
            return False
        if isinstance(value, str):
            return self._is_mark(value) or bool(self.spans(value))
        if isinstance(value, Mapping):
            return self.is_record(value) or any(self.names_in(part) for pair in value.items() for part in pair)
        return isinstance(value, list | tuple) and any(map(self.names_in, value))

    def redacted(self, value: Any) -> Any:
        """A JSON value of the same shape without them: a record that is theirs is blanked, as is a short statement."""
        if not self:
            return value
        if isinstance(value, str):
            if self._is_mark(value):
                return ERASED
            return (ERASED if len(value) <= A_STATEMENT else self.masked(value)) if self.spans(value) else value
        if isinstance(value, Mapping):
            if self.is_record(value):
                return {name: part if name in _HARMLESS else _blank(part, name) for name, part in value.items()}
            return {
                self.masked(name): "" if _is_link(name, part) and self.spans(part) else self.redacted(part)
                for name, part in value.items()
            }
        return [self.redacted(part) for part in value] if isinstance(value, list | tuple) else value

    def without(self, value: Any) -> Any:
        """A JSON value whose lists have no item that names them."""
        if isinstance(value, list):
            return [item for item in value if not self.names_in(item)]
        return self.redacted(value)

    def fragments(self, value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
        """(JSON Pointer, part) of the smallest records and texts that name them."""
        if self.is_record(value) or (isinstance(value, str) and self.names_in(value)):
            yield pointer, value
        elif isinstance(value, Mapping):
            for name, part in value.items():
                yield from self.fragments(part, f"{pointer}/{name}")
        elif isinstance(value, list | tuple):
            for place, part in enumerate(value):
                yield from self.fragments(part, f"{pointer}/{place}")

    def _names(self, text: str) -> Iterator[tuple[int, int]]:
        found = marks.words(text)
        seen: dict[str, bool] = {}
        for length in self.lengths - {1}:
            for first in range(len(found) - length + 1):
                window = found[first : first + length]
                key = marks.key_of([word.plain for word in window])
                if key not in seen:
                    seen[key] = self._digest("name", key) in self.names
                if seen[key]:
                    yield window[0].start, window[-1].end

    def _is_mark(self, text: str) -> bool:
        if len(text) > A_STATEMENT:
            return False
        tried: tuple[tuple[str, Callable[[str], str], frozenset[str]], ...] = (
            ("name", marks.name_key, self.names),
            ("email", marks.email_key, self.emails),
            ("profile", marks.profile_key, self.profiles),
        )
        return any(known and (key := make(text)) and self._digest(kind, key) in known for kind, make, known in tried)

    def _digest(self, kind: str, value: str) -> str:
        return digest(self.secret, kind, value)


NOBODY = Blocked()


def readable(body: bytes) -> Any:
    """A response as a JSON value, or as text where it is none, so that people are recognised in it."""
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return html.unescape(text.replace("\\/", "/"))


def _texts(record: Mapping[str, Any]) -> Iterator[str]:
    return (part for part in record.values() if isinstance(part, str))


def _full_names(record: Mapping[str, Any]) -> Iterator[str]:
    for first, last in _FIRST_AND_LAST:
        if isinstance(record.get(first), str) and isinstance(record.get(last), str):
            yield f"{record[first]} {record[last]}"


def _blank(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return ERASED if value and not _is_link(name, value) else ""
    if isinstance(value, Mapping):
        return {name: _blank(part, name) for name, part in value.items()}
    return [_blank(part, name) for part in value] if isinstance(value, list | tuple) else value


def _is_link(name: str, value: Any) -> bool:
    """Whether a field holds an address, which a page would make a link of."""
    return isinstance(value, str) and name.casefold().endswith(("url", "link"))
