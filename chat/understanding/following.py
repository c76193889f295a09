"""Follow-ups: what a question means by the one before it."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from chat.understanding import lexicon
from chat.understanding.marking import AREA, COMPANY, PERSON, PRODUCT, RIVAL, TITLE, UNKNOWN, VENDOR, Mark
from chat.understanding.model import SURE, Context
from chat.understanding.spans import Span
from chat.understanding.words import words

PEOPLE, WHY, FIT = "decision_makers", "why", "vendor_fit"
OF_PEOPLE = frozenset({PEOPLE, "opener", "talking_points", "objections"})  # these may be asked for one person
OF_PRODUCTS = frozenset(
    {
        "technology_stack",
        "current_vendor_use",
        "vendor_fit",
        "integration_points",
        "competitive_comparison",
        "objections",
    }
)
OVERVIEW = "company_overview"  # what was told of a company that was just chosen
ALONE = 0.6  # of a text of a name alone, or of a person and words that ask for nothing that is known
CERTAIN = 0.9  # of a question that has nothing of its own: only what was asked before gives it a sense
SHORT = 6  # words: a longer question with "same" or "else" says itself what it asks
MOST = 9  # words: one that is longer still singles something out
LEANING = 0.35  # of the probability goes to the intent before, where "and …" begins a question that is unsure by itself


def followed(
    scores: Mapping[str, float], marks: Sequence[Mark], context: Context, *, has_company: bool, slugs: Collection[str]
) -> tuple[Mapping[str, float], bool]:
    """The scores in the light of what was asked before; and whether that decided."""
    said = [each.text for each in marks]
    before = _before(said, context)
    if before in slugs and is_only_more(marks):
        return {slug: CERTAIN if slug == before else (1 - CERTAIN) * score for slug, score in scores.items()}, True
    if context.intent not in slugs:
        return scores, False
    leads = said[0] in {"and", "also", "or", "but"} or said[:2] in (["what", "about"], ["how", "about"])
    asks_for_more = bool(lexicon.MORE_OF_IT & set(said)) and len(said) <= SHORT
    if max(scores.values()) >= SURE and not leads and not asks_for_more:
        return scores, any(each.mark == PERSON for each in marks)
    meant = _elliptic(marks, said, context, has_company=has_company)
    if meant in slugs:
        rest = 1 - CERTAIN
        return {slug: CERTAIN if slug == meant else rest * score for slug, score in scores.items()}, True
    if leads and max(scores.values()) < SURE:
        leaning = {slug: (1 - LEANING) * score for slug, score in scores.items()}
        leaning[context.intent] += LEANING
        return leaning, True
    return scores, leads or any(each.mark == PERSON for each in marks)


def is_only_more(marks: Sequence[Mark]) -> bool:
    """Whether nothing is said but that there is to be more: “who else?”, “any others?”, “go on”."""
    said = [each.text for each in marks]
    if len(said) > SHORT or any(each.mark for each in marks if each.text not in lexicon.ASKING_ON):
        return False
    is_meant = set(said) & lexicon.GOES_ON or any(pair in lexicon.GO_ON for pair in pairwise(said))
    return bool(is_meant) and set(said) <= lexicon.ASKING_ON


def _before(said: Sequence[str], context: Context) -> str:
    """The intent that there may be more of: of a company that was only chosen yet its overview, or its people."""
    chosen = (PEOPLE if "who" in said else OVERVIEW) if context.company else ""
    return context.intent or chosen


def goes_on(marks: Sequence[Mark], context: Context, intent: str, about: Sequence[str]) -> bool:
    """Whether the question is for what was not said yet of what was asked before: “any other news?” after news."""
    said = [each.text for each in marks]
    if is_only_more(marks):
        return bool(intent) and intent == _before(said, context)
    asks = set(said) & lexicon.ELSE or said[:1] == ["more"] or said[:2] == ["any", "more"]
    return bool(asks) and intent == context.intent and not about and len(said) <= MOST


def named_alone(scores: Mapping[str, float], marks: Sequence[Mark]) -> Mapping[str, float]:
    """The scores of a text that says little beside a name: a person asks for people, what we sell for how it fits."""
    named = {each.mark for each in marks if each.text not in lexicon.PERSON}
    plain = {each.text for each in marks if not each.mark} - lexicon.FUNCTION - lexicon.POLITE
    meant = PEOPLE if PERSON in named else FIT if VENDOR in named and not plain and UNKNOWN not in named else ""
    return {**scores, meant: ALONE} if meant in scores else scores


def kept_on(
    about: tuple[str, ...], span: Span | None, context: Context, *, is_follow_up: bool, to_other: bool
) -> tuple[tuple[str, ...], Span | None]:
    """What a follow-up singles out: what it leaves open is as before, of another company but for people and places."""
    if not is_follow_up:
        return about, span
    if to_other and not about:
        of_theirs = {word for name in (*context.people, *context.staff, *context.places) for word in words(name)}
        about = tuple(each for each in context.about if not set(each.split()) <= of_theirs)
    return about, span or context.span


def _elliptic(marks: Sequence[Mark], said: Sequence[str], context: Context, *, has_company: bool) -> str:
    """The intent of a question that says only what is different from the one before, or asks for more; else ""."""
    own = [each for each in marks if each.text not in lexicon.POLITE and each.text not in lexicon.THEY]
    named = {each.mark for each in own} - {""}
    plain = [each.text for each in own if not each.mark]
    if "why" in plain and "now" in said:
        return ""
    if "why" in plain and set(plain) <= {"why", "so"} and not named - {PERSON, COMPANY}:
        return WHY
    if set(plain) - lexicon.MORE - lexicon.OPEN - lexicon.TIMES - {"same", "question", "thing", "else", "who"}:
        return ""
    if UNKNOWN in named and not has_company:
        return ""
    if named & {TITLE, PERSON}:
        return context.intent if context.intent in OF_PEOPLE else PEOPLE
    if named & {PRODUCT, RIVAL, VENDOR}:
        return context.intent if context.intent in OF_PRODUCTS else ""
    if "who" in plain and context.intent not in {PEOPLE, "competitors"}:
        return PEOPLE if AREA in named else ""
    return context.intent
