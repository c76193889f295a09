"""What is known of a file of records before anything is written."""

# ImportRefused
# ├── Unreadable      nothing can be read of the file
# ├── InvalidChoice   what was said of it is not possible; `errors` by field
# └── NotNow          what is asked does not fit the state that the import is in

import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from typing import Any

LARGEST = 32 * 1024 * 1024  # bytes of a file
MOST_ROWS = 100_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000  # characters; what is longer is cut
PIECE = 500  # rows that are written in one transaction

Row = list[str]

# What parsers of mail, zip, XML and workbooks raise over bytes that are spoilt, often beside what they promise: an
# `AttributeError` deep in `email`, a `TypeError` of openpyxl's. No fault of the database's or of the machine's is among
# them.
SPOILT = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MessageError, RuntimeError, SyntaxError,
    TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class ImportRefused(Exception):
    """The import cannot be taken, or not be steered so; nothing was changed."""


class Unreadable(ImportRefused):
    pass


class InvalidChoice(ImportRefused):
    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__("; ".join(" ".join(words) for words in errors.values()))
        self.errors = {name: list(words) for name, words in errors.items()}


class NotNow(ImportRefused):
    pass


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in a file: its header, and its rows with their numbers, each as texts.

    A row's number is the line on which it begins in a CSV file, and its own in a workbook; the first is 1.
    """

    header: Row
    rows: Iterable[tuple[int, Row]]
    read_as: dict[str, str] = field(default_factory=dict)  # encoding, delimiter, sheet: what was guessed


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell, and what to write instead. `column`: as the file calls it; "" for the row."""

    column: str
    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A row as it would be written: values by field, with what is wrong. `keys`: what makes it the same as another."""

    number: int
    values: dict[str, Any]
    faults: tuple[Fault, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How cells are read: which column is which field, and what only a person can know."""

    kind: str
    columns: Mapping[str, tuple[int, ...]]  # field → places of its columns
    header: Row
    date_order: Mapping[int, str] = field(default_factory=dict)  # by column: dmy or mdy
    zone: str = "UTC"
    source: str = "file"
