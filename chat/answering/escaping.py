"""Collected text made inert: as Markdown or HTML it is text, and nothing else. Pure."""

import re

from chat.answering.words import one_line

# What would begin a link, an image, emphasis, code, a table, HTML or an entity wherever it stands.
_ANYWHERE = re.compile(r"[\\`*_\[\]<>|~]|&(?=#|\w+;)")
_ADDRESS = re.compile(r"(?<=\w):(?=//|[^\s\d])|(?<=www)\.|@(?=\w)", re.IGNORECASE)  # what renderers make links of
_BARE_DOMAIN = re.compile(r"(?<=[^\W_])\.(?=[a-z]{2,}(?![^\W_]))", re.IGNORECASE)
_BLOCK = re.compile(r"^(?:[#+=:-]|\d{1,9}(?=[.)]))")  # what would begin a heading, a list or a rule


def inert(text: str) -> str:
    r"""`text` on one line, with a backslash before every mark that Markdown, HTML or a maker of links would read.

    "[a](https://b.example)" → "\[a\](https\://b\.example)". Control and direction marks are left out.
    """
    line = one_line(text)
    line = _ANYWHERE.sub(lambda found: f"\\{found[0]}", line)
    line = _ADDRESS.sub(lambda found: f"\\{found[0]}", line)
    line = _BARE_DOMAIN.sub(r"\\.", line)
    found = _BLOCK.match(line)
    if found is None:
        return line
    return f"{found[0]}\\{line[found.end() :]}" if found[0].isdigit() else f"\\{line}"
