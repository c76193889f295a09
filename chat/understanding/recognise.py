"""Which intent a question asks for, what it singles out, and how certain that is."""

import math
import re
from collections.abc import Mapping, Sequence

from chat.understanding.following import followed, goes_on, is_only_more, kept_on, named_alone
from chat.understanding.learning import Learnt, features, learnt
from chat.understanding.lexicon import ELSE, FUNCTION, POLITE
from chat.understanding.marking import PLACE, UNKNOWN, Mark, marked
from chat.understanding.model import GUESS, Context, IntentRule, Slots, Understood
from chat.understanding.naming import about_words, company_named, doubt_of, is_of_vendor, stranger
from chat.understanding.spans import Span, span_in
from chat.understanding.words import words

# Measured by leaving an eighth of the examples out of what is learnt, in turn (`python -m tests.benchmarks questions`):
# of 1,700 nine in ten are understood; of those with a score of `SURE` 95 in 100 are right, below `GUESS` one in three.
# Around these values the figures change by a hundredth.
NEAREST = 2.5  # what an example adds by the share that it has in common with the question
EXACT = 5.0  # and one that says the same word for word
SHARPNESS = 0.9  # of the odds, which count words that depend on each other as if they did not
FEW = 4  # words
UNKNOWING = 0.6  # of the belief is lost where no word is known that says something
ENOUGH = 2.5  # evidence at which half of the odds are believed


def understand(text: str, rules: Sequence[IntentRule], context: Context) -> Understood:
    """The intent that the question asks for. Pure, never raises; case, spaces and punctuation do not matter to it.

    `score` is about the share of such questions that are understood rightly. "" with 0 where nothing speaks for any.
    """
    if not rules:
        return Understood(intent="", score=0.0)
    known = learnt(tuple(rules))
    span = span_in(text, context.today) if context.today else None
    asked = _without(span, text)
    marks = marked(asked, context, known.known)
    if not marks:
        return Understood(intent="", score=0.0)
    company, is_certain = company_named(asked, marks, context, known.known)
    if any(each.mark == UNKNOWN and each.text in words(company) for each in marks):
        marks = marked(asked, context, known.known, other=company)  # it stands where the examples have Acme
    scores, why = scored(marks, known, has_company=bool(context.company or company))
    if not is_certain and len(marks) > FEW and max(scores.values()) < GUESS:
        company = ""  # of a text that nothing is understood of a capital letter says little
    in_light, is_follow_up = followed(scores, marks, context, has_company=bool(company), slugs=known.slugs)
    if not company and max(in_light.values()) < GUESS and context.company:
        in_light = named_alone(in_light, marks)
    about, time = kept_on(about_words(marks, context), span, context, is_follow_up=is_follow_up, to_other=bool(company))
    ranked = sorted(((slug, round(score, 3)) for slug, score in in_light.items()), key=lambda each: (-each[1], each[0]))
    intent, score = ranked[0]
    is_going_on = not company and goes_on(marks, context, intent, about)
    if is_going_on and is_only_more(marks) and not ELSE & {each.text for each in marks}:
        about = context.about  # “more” is of the same, “who else?” of others
    slots = Slots(
        company=company,
        doubt=doubt_of(company, context, known.known) if company else "",
        person=stranger(marks, context),
        is_of_vendor=bool(context.vendor) and not company and is_of_vendor(marks),
        about=about,
        span=time,
        is_follow_up=is_follow_up,
        goes_on=is_going_on,
    )
    return Understood(
        intent=intent if score else "",
        score=score,
        slots=slots,
        others=tuple(each for each in ranked[1:4] if each[1]),
        why=_reasons(why, intent),
    )


def doubt(text: str, rules: Sequence[IntentRule], context: Context) -> str:
    """What else than a company the text may well be, where it is taken for a company's name: see `Slots.doubt`."""
    return doubt_of(text, context, learnt(tuple(rules)).known) if rules else ""


def _without(span: Span | None, text: str) -> str:
    """The text without the time that stands in it as “since March” does; itself where nothing would be left."""
    if span is None or span.words.partition(" ")[0] not in _BEFORE_A_TIME:
        return text
    pattern = r"\s+".join(map(re.escape, span.words.split()))
    rest = re.sub(pattern, " ", text, count=1, flags=re.IGNORECASE)
    return rest if set(words(rest)) - POLITE else text


_BEFORE_A_TIME = frozenset("since in over within during for of from after on past the".split())


def scored(
    marks: Sequence[Mark], known: Learnt, *, has_company: bool = True
) -> tuple[dict[str, float], dict[str, Mapping[str, float]]]:
    """Intent → probability, all together at most 1; and what each feature said."""
    held = features(marks)
    said: dict[str, Mapping[str, float]] = {each: known.weights[each] for each in held if each in known.weights}
    said |= {f"“{' '.join(stems)}”": shares for stems, shares in _words_said(marks, known)}
    totals = dict.fromkeys(known.slugs, 0.0)
    for votes in said.values():
        for slug, weight in votes.items():
            totals[slug] += weight
    for slug, nearness in _nearest(held, known).items():
        totals[slug] += NEAREST * nearness + (EXACT if nearness > 0.99 else 0)
    return _probable(totals, _share_known(marks, has_company=has_company)), said


def _share_known(marks: Sequence[Mark], *, has_company: bool) -> float:
    """How much of the question has a known sense; what is a name for certain counts as known.

    While no company is talked of, a place is none of a company's.
    """
    content = [each for each in marks if each.text not in FUNCTION]
    unknown = sum(each.mark == UNKNOWN or (each.mark == PLACE and not has_company) for each in content)
    return 1 - UNKNOWING * unknown / len(content) if content else 1.0


def _words_said(marks: Sequence[Mark], known: Learnt) -> list[tuple[tuple[str, ...], Mapping[str, float]]]:
    stems = [each.stem for each in marks]
    runs = {tuple(stems[at : at + size]) for size in (1, 2, 3, 4) for at in range(len(stems) - size + 1)}
    return [(run, known.spoken[run]) for run in sorted(runs) if run in known.spoken]


def _nearest(held: frozenset[str], known: Learnt) -> dict[str, float]:
    """How near the nearest example of each intent is: the share of both that they have in common, weighed by rarity."""
    common = math.log(1 + len(known.phrases))
    mine = sum(known.rarity.get(each, common) for each in held)
    best: dict[str, float] = {}
    for (slug, phrase), size in zip(known.phrases, known.sizes, strict=True):
        shared = held & phrase
        if shared:
            both = sum(known.rarity[each] for each in shared)
            best[slug] = max(best.get(slug, 0.0), both / (mine + size - both))
    return best


def _probable(totals: Mapping[str, float], share: float) -> dict[str, float]:
    top = max(totals.values())
    if top <= 0:
        return dict.fromkeys(totals, 0.0)
    odds = {slug: math.exp(SHARPNESS * (total - top)) for slug, total in totals.items()}
    believed = share * top**2 / (top**2 + ENOUGH**2)
    whole = sum(odds.values())
    return {slug: believed * each / whole for slug, each in odds.items()}


def _reasons(said: Mapping[str, Mapping[str, float]], intent: str) -> dict[str, float]:
    """The five features that spoke for it the most."""
    votes = sorted(((votes.get(intent, 0.0), feature) for feature, votes in said.items()), reverse=True)
    return {feature: round(weight, 2) for weight, feature in votes[:5] if weight > 0}
