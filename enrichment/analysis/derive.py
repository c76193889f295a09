"""Named functions that compute a statement from facts; grounding calls them again to check what an engine wrote.

Pure.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from enrichment.analysis.findings import Job, Named
from enrichment.analysis.titles import part_of_title
from enrichment.signals.size import Size, size_of_dismissals, size_of_expansion, size_of_hiring, size_of_sum
from enrichment.technologies import by_name

GROUPS = ("frontend", "backend", "infrastructure", "analytics", "collaboration", "security")


def head_count_band(value: Any) -> str | None:
    """The size in words: {"low": 251, "high": 500} is "251-500 employees", an exact 500 "~500 employees"."""
    low, high = (value.get("low"), value.get("high")) if isinstance(value, Mapping) else (None, None)
    if not _is_count(low) or (high is not None and not _is_count(high)):
        return None
    if high is None:
        return f"{low:,}+ employees"
    return f"~{low:,} employees" if low == high else f"{low:,}-{high:,} employees"


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def buying_role(title: str) -> str:
    return part_of_title(title)[0]


# Words in a category that a source gave → the group it belongs to, where our own list does not know the technology.
_GROUP_OF_CATEGORY = {
    "security": ("security", "identity", "sso", "iam", "firewall", "antivirus", "captcha", "waf", "siem", "endpoint"),
    "analytics": ("analytics", "tag manager", "business intelligence", "a/b", "tracking", "marketing automation",
                  "advertising", "personalization", "data warehouse", "heatmap", "cdp", "customer data"),
    "collaboration": ("collaboration", "crm", "chat", "email", "project", "document", "productivity", "help desk",
                      "helpdesk", "support", "video", "hr", "survey", "office", "messaging", "itsm"),
    "frontend": ("frontend", "front-end", "javascript framework", "javascript librar", "ui framework", "css", "font",
                 "static site", "mobile framework", "javascript graphics"),
    "infrastructure": ("infrastructure", "cdn", "hosting", "cloud", "paas", "iaas", "container", "web server", "dns",
                       "load balanc", "ci", "monitoring", "observability", "reverse prox", "operating system",
                       "devops"),
    "backend": ("backend", "back-end", "database", "programming language", "web framework", "cms", "ecommerce",
                "e-commerce", "payment", "message queue", "search engine", "api", "erp", "cache", "cach"),
}  # fmt: skip


def group_of(technology: Named) -> str | None:
    """Which of the six groups a technology belongs to: by our own list, else the source's group, else its category."""
    if known := by_name(technology.name):
        return known.group
    if technology.group in GROUPS:
        return technology.group
    category = technology.category.casefold()
    for group, words in _GROUP_OF_CATEGORY.items():
        if any(re.search(rf"\b{re.escape(word)}", category) for word in words):
            return group
    return None


def _each(words: str, before: str = "") -> re.Pattern[str]:
    """What a price is for: "per user", "a month", "/ request"."""
    return re.compile(rf"(?:\b(?:per|a|each|for)|/)\s?{before}(?:{words})s?\b", re.IGNORECASE)


# What a price is charged by, as its list says it; the first that a line names counts.
_CHARGED_BY = (
    ("per user", _each("user|seat|member|person|employee|agent|colleague")),
    (
        "by use",
        _each(
            "record|request|call|transaction|signature|message|event|document|minute|GB",
            before=r"(?:a |[\d,.]+ ?[km]? |million |thousand )*",
        ),
    ),
    ("per machine", _each("host|server|node|device|robot|site|endpoint")),
    ("by subscription", _each("month|year|quarter")),
)
_FREE = re.compile(r"(?<!-)\bfree\b(?! of\b| trial\b)", re.IGNORECASE)
_ON_REQUEST = re.compile(r"\bon request\b|\bcustom pricing\b|\bcontact (?:us|sales)\b", re.IGNORECASE)


def pricing_model(lines: Sequence[str]) -> str | None:
    """How a price list charges: "Per user; also by use; with a free offer". None where no line tells."""
    by = [next((name for name, pattern in _CHARGED_BY if pattern.search(line)), "") for line in lines]
    known = dict.fromkeys(name for name in by if name)
    first, *others = [name for name, _ in _CHARGED_BY if name in known] or [""]
    parts = [first.capitalize(), f"also {' and '.join(others)}" if others else ""]
    parts.append("with a free offer" if any(_FREE.search(line) for line in lines) else "")
    parts.append("partly on request" if any(_ON_REQUEST.search(line) for line in lines) else "")
    words = "; ".join(part for part in parts if part)
    return words[:1].upper() + words[1:] or None


# How much a signal says by itself that something will be bought.
_WEIGHT = {
    "security_incident": 3,
    "leadership": 2,
    "funding": 2,
    "acquisition": 2,
    "expansion": 2,
    "hiring": 2,
    "regulation": 2,
    "layoffs": 1,
    "partnership": 1,
    "product": 1,
}
_AT_THE_TOP = re.compile(r"\b(?:C[EIFTRSP]O|CISO|[Cc]hief [A-Z]\w+)\b")


def urgency(signal: str, headline: str, day: date | None, as_of: date) -> str:
    """high, medium or low: the signal's weight, more for what is large or a chief, less for what is small or old.

    Up to 30 days count one more, 31 to 90 nothing, to 180 or undated one less, older two less; 4 is high, 3 medium.
    What is large is said in `signals/size.py`: of layoffs 1,000 people or a tenth of them, of hiring 500 people, of an
    expansion ten sites, of anything else about $100 million.
    """
    score = _WEIGHT.get(signal, 0) + _size(signal, headline)
    if signal == "leadership" and _AT_THE_TOP.search(headline):
        score += 1
    age = (as_of - day).days if day else 120
    score += 1 if age <= 30 else 0 if age <= 90 else -1 if age <= 180 else -2
    return "high" if score >= 4 else "medium" if score >= 3 else "low"


def _size(signal: str, headline: str) -> Size:
    match signal:
        case "layoffs":
            return size_of_dismissals(headline)
        case "hiring":
            return size_of_hiring(headline)
        case "expansion":
            return size_of_expansion(headline)
        case _:
            return size_of_sum(headline) or Size.ORDINARY


def open_position(job: Job) -> str:
    """What is known of an open post: "Open position in Berlin, posted 2026-03-01"."""
    place = f" in {job.location}" if job.location else ""
    posted = f", posted {job.day.isoformat()}" if job.day else ""
    return f"Open position{place}{posted}"
