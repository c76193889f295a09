"""Bodies, decompressed within bounds. Pure."""

import zlib

MAX_BYTES = 5 * 1024 * 1024


class Overflow(Exception):
    """More than `MAX_BYTES`."""


class Garbled(Exception):
    """Not encoded as it says, or cut."""


class Body:
    """Collects a body of at most `MAX_BYTES`, decompressing piece by piece: a gzip bomb is cut before it unfolds."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower()
        if self._encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise Garbled
        self._packed = self._encoding not in {"", "identity"}
        self._inflate = zlib.decompressobj(wbits=47) if self._packed else None  # 47: gzip or zlib, by its header
        self._taken = 0
        self._body = bytearray()

    def take(self, chunk: bytes) -> None:
        self._taken += len(chunk)
        if self._taken > MAX_BYTES:
            raise Overflow
        if self._inflate is None:
            self._body += chunk
        else:
            self._unpack(chunk)

    def _unpack(self, chunk: bytes) -> None:
        while chunk and self._inflate and not self._inflate.eof:
            try:
                self._body += self._inflate.decompress(chunk, MAX_BYTES + 1 - len(self._body))
            except zlib.error as error:
                chunk = self._as_raw(chunk, error)
                continue
            if len(self._body) > MAX_BYTES:
                raise Overflow
            chunk = self._inflate.unused_data
            if chunk.startswith(b"\x1f\x8b"):  # a further gzip member
                self._inflate = zlib.decompressobj(wbits=47)

    def _as_raw(self, chunk: bytes, error: zlib.error) -> bytes:
        """Some servers say deflate and send it without the zlib header."""
        if self._encoding != "deflate" or self._body or self._taken != len(chunk):
            raise Garbled from error
        self._inflate = zlib.decompressobj(wbits=-15)
        self._encoding = "raw deflate"
        return chunk

    def whole(self) -> bytes:
        if self._inflate and self._taken and not self._inflate.eof:
            raise Garbled
        return bytes(self._body)
