"""What may stand at each place of a report, and how it is checked.

A place is a pointer with `*` for any index; a check is named as the claim names it: `verbatim`, `inferred`, or
`derived:` and a function's name. A place that is not in the table holds nothing. Checks bind a record's fields to one
another: a date is that of its headline, a title that of its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from enrichment.analysis import articles, findings, values
from enrichment.analysis.context import Context, Leaf
from enrichment.analysis.derive import GROUPS, buying_role, group_of, head_count_band, open_position, pricing_model
from enrichment.analysis.text import holds, normal, tidy

Check = Callable[[Context, Leaf], bool]


def asked_company(context: Context, leaf: Leaf) -> bool:
    """The name that was asked for, or a name that the company itself goes by in the fact."""
    names = [context.task.company, *(item.value for item in context.items("company_name"))]
    return any(isinstance(name, str) and normal(name) == normal(str(leaf.value)) for name in names)


def asked_domain(context: Context, leaf: Leaf) -> bool:
    return context.task.domain is not None and leaf.value == context.task.domain


def of_fact(dataset: str, key: str | None = None, *, span: bool = False, is_name: bool = False) -> Check:
    """A value (or, with `key`, that field of a record) that the dataset has from the cited evidence.

    With `is_name` it has the form of a name, too.
    """

    def check(context: Context, leaf: Leaf) -> bool:
        if is_name and not values.is_name(tidy(str(leaf.value)), longest=120):
            return False
        for item in context.items(dataset, cited_by=leaf.claim):
            value = item.value.get(key) if key and isinstance(item.value, dict) else None if key else item.value
            if _same(value, leaf.value) or (span and isinstance(value, str) and _begins(value, leaf.value)):
                return True
        return False

    return check


def _same(value: Any, shown: Any) -> bool:
    if isinstance(value, str) and isinstance(shown, str):
        return normal(value) == normal(shown)
    return type(value) is type(shown) and value == shown


def _begins(whole: str, shown: Any) -> bool:
    """Whether `shown` is the whole text cut short, as `tidy` cuts it."""
    return isinstance(shown, str) and len(shown) >= 40 and holds(whole, shown.rstrip("….").rstrip())


def size(context: Context, leaf: Leaf) -> bool:
    return any(
        head_count_band(item.value) == leaf.value for item in context.items("employee_count", cited_by=leaf.claim)
    )


# --- News -------------------------------------------------------------------------------------------------------------


def _article(context: Context, leaf: Leaf, key: str = "headline") -> articles.Article | None:
    headline = leaf.parent.get(key) if isinstance(leaf.parent, dict) else None
    article = context.articles.get(normal(headline)) if isinstance(headline, str) else None
    return article if article and context.cites(leaf.claim, article.evidence) else None


def headline(context: Context, leaf: Leaf) -> bool:
    return _article(context, leaf) is not None


def iso_date(context: Context, leaf: Leaf) -> bool:
    article = _article(context, leaf)
    return article is not None and article.day is not None and leaf.value == article.day.isoformat()


def publisher(context: Context, leaf: Leaf) -> bool:
    article = _article(context, leaf)
    return article is not None and bool(article.publisher) and leaf.value == article.publisher


def signal_type(context: Context, leaf: Leaf) -> bool:
    article = _article(context, leaf)
    return article is not None and leaf.value == article.signal


# --- Technology -------------------------------------------------------------------------------------------------------


def technology_of(group: str) -> Check:
    def check(context: Context, leaf: Leaf) -> bool:
        found = context.technologies.get(normal(str(leaf.value)))
        return found is not None and context.cites(leaf.claim, found.evidence) and group_of(found) == group

    return check


def in_use(context: Context, leaf: Leaf) -> bool:
    found = context.technologies.get(normal(str(leaf.value)))
    return found is not None and context.cites(leaf.claim, found.evidence)


# --- People -----------------------------------------------------------------------------------------------------------


def _person(context: Context, leaf: Leaf) -> findings.Person | None:
    name = leaf.parent.get("name") if isinstance(leaf.parent, dict) else None
    person = context.people.get(normal(name)) if isinstance(name, str) else None
    return person if person and context.cites(leaf.claim, person.evidence) else None


def _job(context: Context, leaf: Leaf) -> findings.Job | None:
    """The open post that a contact without a name stands for."""
    title = leaf.parent.get("title") if isinstance(leaf.parent, dict) and leaf.parent.get("name") is None else None
    posts = context.jobs.get(normal(title), []) if isinstance(title, str) else []
    return next((job for job in posts if context.cites(leaf.claim, job.evidence)), None)


def person_name(context: Context, leaf: Leaf) -> bool:
    person = _person(context, leaf)
    return person is not None and normal(person.name) == normal(str(leaf.value))


def person_title(context: Context, leaf: Leaf) -> bool:
    person = _person(context, leaf)
    if person is None:
        return _job(context, leaf) is not None
    return bool(leaf.value) and person.title == leaf.value


def person_email(context: Context, leaf: Leaf) -> bool:
    person = _person(context, leaf)
    return person is not None and bool(leaf.value) and person.email == leaf.value


def person_profile(context: Context, leaf: Leaf) -> bool:
    person = _person(context, leaf)
    return person is not None and bool(leaf.value) and person.profile_url == leaf.value


def part_played(context: Context, leaf: Leaf) -> bool:
    person, job = _person(context, leaf), _job(context, leaf)
    title = person.title if person else job.title if job else None
    return title is not None and leaf.value == buying_role(title)


def post(context: Context, leaf: Leaf) -> bool:
    job = _job(context, leaf)
    return job is not None and leaf.value == open_position(job)


def described(context: Context, leaf: Leaf) -> bool:
    """The description that the record of the same product has."""
    name = leaf.parent.get("name") if isinstance(leaf.parent, dict) else None
    for item in context.items("products", cited_by=leaf.claim):
        record = item.value if isinstance(item.value, dict) else {}
        text = record.get("description")
        if _same(record.get("name"), name) and (_same(text, leaf.value) or _begins(str(text), leaf.value)):
            return True
    return False


# --- Products and opportunities ---------------------------------------------------------------------------------------


def vendor_product(context: Context, leaf: Leaf) -> bool:
    """A product of the vendor's, offered because of something that was found."""
    vendor = context.task.vendor
    offered = vendor is not None and any(product.name == leaf.value for product in vendor.products)
    return offered and bool(leaf.claim.evidence)


def dataset_of(context: Context, leaf: Leaf) -> bool:
    return bool(leaf.claim.evidence) and bool(context.items(str(leaf.value), cited_by=leaf.claim))


def priced_by(context: Context, leaf: Leaf) -> bool:
    """The model that all lines of the price list together tell."""
    lines = [item for item in context.items("pricing_model") if isinstance(item.value, str)]
    evidence = {key for item in lines for key in item.evidence}
    return context.cites(leaf.claim, evidence) and leaf.value == pricing_model([item.value for item in lines])


def _opportunity(context: Context, leaf: Leaf, key: str, value: Any) -> bool:
    signal = leaf.parent.get("signal") if isinstance(leaf.parent, dict) else None
    found = context.opportunities.get(normal(signal), []) if isinstance(signal, str) else []
    return any(
        getattr(chance, key) == value and value and context.cites(leaf.claim, chance.evidence) for chance in found
    )


def opportunity(context: Context, leaf: Leaf) -> bool:
    return _opportunity(context, leaf, "signal", leaf.value)


def finding_kind(context: Context, leaf: Leaf) -> bool:
    return _opportunity(context, leaf, "source", leaf.value)


def opportunity_urgency(context: Context, leaf: Leaf) -> bool:
    return _opportunity(context, leaf, "urgency", leaf.value)


def rule_action(context: Context, leaf: Leaf) -> bool:
    return _opportunity(context, leaf, "action", leaf.value)


# --- Intent -----------------------------------------------------------------------------------------------------------


def intent_part(key: str) -> Check:
    """The kind, the confidence or the approach of the conversation that the findings speak of."""

    def check(context: Context, leaf: Leaf) -> bool:
        found = context.intent
        return context.cites(leaf.claim, found.evidence) and leaf.value == getattr(found, key)

    return check


def intent_reason(context: Context, leaf: Leaf) -> bool:
    return any(
        reason.text == leaf.value and context.cites(leaf.claim, reason.evidence) for reason in context.intent.because
    )


# --- The tables -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """The places of one body. `keys`: list → fields whose loss, or lack altogether, takes the item with it."""

    places: Mapping[str, Mapping[str, Check | None]]  # None: an inferred sentence, checked as prose
    keys: Mapping[str, tuple[str, ...]]


_INFERRED: Mapping[str, Check | None] = {"inferred": None}


def _company(at: str, names: Mapping[str, str]) -> dict[str, Mapping[str, Check | None]]:
    """The company's basics, under the body's own names for them."""
    checks: dict[str, Mapping[str, Check | None]] = {
        "name": {"derived:company_name": asked_company, "verbatim": of_fact("company_name", is_name=True)},
        "domain": {"derived:company_domain": asked_domain, "verbatim": of_fact("company_domain")},
        "industry": {"verbatim": of_fact("industry", is_name=True)},
        "size": {"derived:head_count_band": size},
        "headquarters": {"verbatim": of_fact("headquarters", is_name=True)},
        "description": {"verbatim": of_fact("company_overview", span=True)},
    }
    return {f"{at}{names.get(name, name)}": check for name, check in checks.items()}


CUSTOMER = Table(
    {
        **_company("customer/", {}),
        "intent/kind": {"derived:intent": intent_part("kind")},
        "intent/confidence": {"derived:intent": intent_part("confidence")},
        "intent/because/*": {"derived:intent": intent_reason},
        "intent/approach": {"derived:intent": intent_part("approach")},
        "news_signals/*/headline": {"verbatim": headline},
        "news_signals/*/date": {"derived:iso_date": iso_date},
        "news_signals/*/source": {"verbatim": publisher},
        "news_signals/*/insight": _INFERRED,
        "news_signals/*/signal_type": {"derived:signal_type": signal_type},
        **{f"tech_stack/{group}/*": {"verbatim": technology_of(group)} for group in GROUPS},
        "tech_stack/observations/*": _INFERRED,
        "target_contacts/*/name": {"verbatim": person_name},
        "target_contacts/*/title": {"verbatim": person_title},
        "target_contacts/*/email": {"verbatim": person_email},
        "target_contacts/*/profile_url": {"verbatim": person_profile},
        "target_contacts/*/role": {"derived:buying_role": part_played},
        "target_contacts/*/persona_fit": _INFERRED,
        "target_contacts/*/signal": {"derived:open_position": post, "inferred": None},
        "recommended_products/*/product": {"derived:vendor_product": vendor_product},
        "recommended_products/*/reason": _INFERRED,
        "recommended_products/*/outcome": _INFERRED,
        "recommended_products/*/dataset_source": {"derived:dataset_of": dataset_of},
        "competitor_context/known_usage/*": {"verbatim": in_use},
        "competitor_context/pain_points/*": {"verbatim": of_fact("business_challenges", "challenge", span=True)},
        "competitor_context/positioning_advantage": _INFERRED,
        "competitor_context/objection_handling/*": _INFERRED,
        "talking_points/*": _INFERRED,
        "opportunity_signals/*/signal": {"verbatim": opportunity, "derived:opportunity": opportunity},
        "opportunity_signals/*/source": {"derived:finding_kind": finding_kind},
        "opportunity_signals/*/urgency": {"derived:urgency": opportunity_urgency},
        "opportunity_signals/*/action": {"derived:signal_rule": rule_action, "inferred": None},
    },
    {
        "news_signals": ("headline",),
        "target_contacts": ("name", "title"),
        "recommended_products": ("product", "reason"),
        "opportunity_signals": ("signal",),
    },
)

VENDOR = Table(
    {
        **_company("", {"name": "companyName", "size": "companySize"}),
        "products/*": {"verbatim": of_fact("products", "name")},
        "productDetails/*/name": {"verbatim": of_fact("products", "name")},
        "productDetails/*/description": {"verbatim": described},
        "targetMarkets/*": {"verbatim": of_fact("target_markets")},
        "competitors/*": {"verbatim": of_fact("competitors")},
        "valuePropositions/*": {"verbatim": of_fact("value_propositions")},
        "positioning": _INFERRED,
        "competitorFocus/*": {"verbatim": of_fact("competitor_focus")},
        "pricingModel": {"derived:pricing_model": priced_by},
        "pricing/*": {"verbatim": of_fact("pricing_model")},
        "customers/*": {"verbatim": of_fact("customers")},
        "integrations/*": {"verbatim": of_fact("integrations")},
    },
    {"productDetails": ("name",)},
)


def of_record(context: Context, leaf: Leaf) -> bool:
    """A leaf under `datasets/<slug>`: its whole item is an item of that fact, from the cited evidence."""
    dataset, shown = str(leaf.path[1]), leaf.whole
    return any(item.value == shown for item in context.items(dataset, cited_by=leaf.claim))


GENERIC = Table({**_company("company/", {}), "datasets/**": {"verbatim": of_record}}, {})


REPLY = Table({"sentences/*": _INFERRED}, {})  # an answer to a question, or what is said of a contact


def table_of(purpose: str) -> Table:
    return _TABLES.get(purpose, GENERIC)


_TABLES = {"customer_intelligence": CUSTOMER, "vendor_context": VENDOR, "chat_answer": REPLY, "persona": REPLY}
