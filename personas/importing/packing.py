"""Rows of a file as they are kept: in pieces, packed and encrypted."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from typing import Any

from personas.importing.model import PIECE
from personas.models import Import, ImportPiece

Numbered = list[Any]  # its number, then what it is: cells of a table, or a letter
TOGETHER = 10  # pieces in one statement


def pieces_of(parent: Import, rows: Sequence[Numbered]) -> Iterator[ImportPiece]:
    for number, start in enumerate(range(0, len(rows), PIECE)):
        some = rows[start : start + PIECE]
        yield ImportPiece(parent=parent, number=number, count=len(some), body=packed(some))


def packed(rows: Sequence[Numbered]) -> str:
    return b64encode(zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 3)).decode()


def unpacked(piece: ImportPiece) -> list[Numbered]:
    found: list[Numbered] = json.loads(zlib.decompress(b64decode(piece.body)))
    return found


def store(parent: Import, rows: Sequence[Numbered]) -> None:
    ImportPiece.objects.bulk_create(pieces_of(parent, rows), batch_size=TOGETHER)
