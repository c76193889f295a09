"""Documents as PDF: a template of ours and data that somebody else may have written.

A template is a `.typ` file beside this one; it reads its data as JSON in `sys.inputs`, where no text is markup. What
documents have in common (paper, header, footer, sources) is in `house.typ`. The extra `pdf` brings the typesetter.
"""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

TEMPLATES = Path(__file__).parent
EXTRA = "pdf"
MISSING = f"PDF needs the extra `{EXTRA}`, which is not installed here: pip install 'salesintel[{EXTRA}]'."
# Control and direction marks, halves of characters, private ones: nobody sees them, or sees what the writer meant.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_JOINERS = "‌‍"  # zero width, but Persian and the scripts of India are misspelt without them


class CannotPrint(Exception):
    """There is no typesetter here; the words name the extra that brings it."""


def to_pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The template `<template>.typ` filled with `data`, which is JSON, as a tagged PDF of A4 pages, dated `at`.

    Letters come from fonts inside the typesetter (Latin, Greek, Cyrillic), others from fonts of the machine. It is
    PDF/UA-1; where the machine has no font for a letter, the document says so on its first page and is no PDF/UA.
    Raises `CannotPrint` where the extra is missing.
    """
    typst = _typesetter()
    given = json.dumps(seen(data), ensure_ascii=False)
    try:
        return _set(typst, template, {"data": given}, at, standards=["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    return _set(typst, template, {"data": given, "boxes": "yes"}, at, standards=[])


def can_print() -> bool:
    """Whether the extra is installed, so that `to_pdf` is worth offering."""
    return find_spec("typst") is not None


def seen(value: Any) -> Any:
    """The JSON value with texts of which a reader sees every character, in the order in which they stand."""
    if isinstance(value, str):
        return "".join(sign for sign in value if _is_seen(sign))
    if isinstance(value, Mapping):
        return {str(name): seen(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [seen(held) for held in value]
    return value


def _is_seen(sign: str) -> bool:
    return sign in "\n\t" or sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN


def _set(typst: ModuleType, template: str, inputs: dict[str, str], at: datetime, *, standards: list[str]) -> bytes:
    printed: bytes = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=int(at.timestamp()),
    )
    return printed


@cache
def _fonts() -> Any:
    """Of the typesetter and of this machine, found once per process."""
    return _typesetter().Fonts()


def _typesetter() -> ModuleType:
    try:
        import typst
    except ImportError as error:
        raise CannotPrint(MISSING) from error
    return typst


__all__ = ["CannotPrint", "can_print", "to_pdf"]
