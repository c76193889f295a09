"""Whether a text says that whoever wrote it leaves a system: "run adoption of Teams Phone while we leave Avaya". Pure.

Such a system is in use, but it is nothing to connect to or to show at work.
"""

import re
from functools import lru_cache

_BEFORE = (
    r"leav(?:e|es|ing)|replac(?:e|es|ing)|retir(?:e|es|ing)|sunset(?:s|ting)?|decommission(?:s|ing)?|ditch(?:es|ing)?"
    r"|drop(?:s|ping)?|phas(?:e|es|ing) out|get(?:s|ting)? rid of|goodbye to|successor (?:to|of)|replacement (?:for|of)"
    r"|(?:mov|migrat|switch|com|transition)\w* (?:\w+ ){0,4}?(?:off|from|away from)|migration (?:off|from)|exit from"
)
_BEHIND = (
    r"(?:is|are|was|were|being|will be|gets?) (?:\w+ ){0,2}?(?:replaced|retired|phased out|switched off|decommissioned"
    r"|dropped|leaving|going away|sunset)|gives? way|giving way|goes away|retires?\b|on (?:its|the) way out"
)
_NEAR = r"(?:(?:our|the|an?|its|their|old|own|legacy|ageing|beloved|on-prem(?:ises)?|current|existing|present) ){0,3}"
_LIST = r"(?:[\w.-]+(?:, | and | or )){0,2}"  # "moving off Jenkins and Puppet"


@lru_cache(maxsize=4096)
def is_leaving(text: str, name: str) -> bool:
    """Whether a clause of the text names the system as what is left, replaced or retired."""
    called = rf"(?<!\w){re.escape(name)}(?!\w)"
    left = rf"\b(?:{_BEFORE}) {_NEAR}{_LIST}{called}|{called}(?: \w+)? (?:{_BEHIND})"
    return bool(name) and re.search(left, " ".join(text.split()), re.IGNORECASE) is not None
