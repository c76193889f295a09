"""Names of other scripts as they are written in Latin letters, so that either spelling finds the other. Pure.

Cyrillic, Greek, Japanese and Korean are written as `enrichment.naming` writes them; what is left, say Chinese, Arabic
and Thai, letter by letter as `anyascii` does. Where a script leaves vowels out, a spelling in Latin letters is not met.
"""

from functools import lru_cache

from enrichment.naming.scripts import in_latin, is_latin
from enrichment.naming.spelling import name_key

SPELLING = "spelling"  # who says so: nobody, it was computed


@lru_cache(maxsize=4096)
def latin_of(name: str) -> str:
    """The key of a name in Latin letters: "ОАО Газпром" → "gazprom"; "" for one that is Latin already."""
    if is_latin(name):
        return ""
    from anyascii import anyascii  # its tables are read with it

    return name_key(anyascii(in_latin(name_key(name))))
