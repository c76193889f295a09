"""Takes mail addresses and telephone numbers out of texts that do not need them. Pure."""

import re

# Bounded, so that a hostile text cannot make it slow.
EMAIL = re.compile(r"[\w.+'’&-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# With a country's code, with an area's in brackets, or in groups of 3, 3 and 4 digits: a date, a sum or an id is none.
_NUMBER = re.compile(
    r"""(?<![\w.+-])(?:
    \+\d{1,3}[ .()/-]{0,2}(?:\d[ .()/-]{0,2}){6,12}\d
    |\(0?\d{2,5}\)[ ]?\d{3,4}[ .-]?\d{3,5}
    |\d{3}[ .-]\d{3}[ .-]\d{4}
    )(?![\w-])""",
    re.VERBOSE,
)
_PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]{1,30}\.){0,3}linkedin\.com(?::\d{1,5})?/(?:in|pub)/[^\s\"'<>\\)\]]+", re.IGNORECASE
)
# What PostgreSQL adds to an error: the values of the row that it is about.
_DETAIL = re.compile(r"^(\s*DETAIL:).*$", re.MULTILINE)


def masked(text: str) -> str:
    """The text with “(address)” and “(number)” in the place of mail addresses and telephone numbers."""
    if "@" in text:
        text = EMAIL.sub("(address)", text)
    return _NUMBER.sub("(number)", text)


def masked_for_log(text: str) -> str:
    """The same without addresses of people's profiles and the rows that a database's errors quote."""
    return masked(_DETAIL.sub(r"\1 (values)", _PROFILE.sub("(profile)", text)))
