"""Which mails answer each other: by Message-ID, References and In-Reply-To, as JWZ threads them; never by subject.

Who repeats a subject does not answer by that, so mails without references stand alone.
"""

from collections.abc import Iterable
from itertools import pairwise


def roots(letters: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    """By id, the id that names its thread: the eldest that its chain of references leads to.

    `letters`: (id, references with the eldest first). Mails that name a common ancestor share it, also one that is not
    in this mailbox. A circle, which only a forger writes, is one thread.
    """
    parent: dict[str, str] = {}
    for own, references in letters:
        chain = [each for each in (*references, own) if each]
        for elder, younger in pairwise(chain):
            above, below = _root(parent, elder), _root(parent, younger)
            if above != below:
                parent[below] = above
        if chain:
            _root(parent, chain[0])
    return {each: _root(parent, each) for each in list(parent)}


def _root(parent: dict[str, str], one: str) -> str:
    """The head of its thread; the way there is shortened as it is gone."""
    parent.setdefault(one, one)
    root = one
    while parent[root] != root:
        root = parent[root]
    while parent[one] != root:
        parent[one], one = root, parent[one]
    return root
