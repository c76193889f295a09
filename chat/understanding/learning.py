"""What the examples of the intents teach: how much each word, or pair of words, speaks for each intent.

Weights are log odds against the mean of all intents (naive Bayes with Laplace's smoothing, every intent alike probable
however many examples it has). They are learnt when rules are first seen, some hundredths of a second, and kept.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chat.understanding import lexicon
from chat.understanding.marking import COMPANY, PERSON, PLACE, RIVAL, UNKNOWN, VENDOR, Mark, marked
from chat.understanding.model import Context, IntentRule
from chat.understanding.words import stem, words

# How each was measured stands in recognise.py.
SMOOTH = 0.4
LITTLE = 0.3  # how much words like "the" and "who" count, and names, and pairs of these
FRAME = 0.25  # and how a question is put
PAIR = 0.6  # what another pair of words adds to its words, which say a part of it already
WORD = 4.5  # what a row's word adds, shared among the intents that have it


@dataclass(frozen=True, slots=True)
class Learnt:
    """`weights`: feature → intent → weight. `phrases`: intent and features of each example. `known`: words met."""

    slugs: tuple[str, ...]
    weights: Mapping[str, Mapping[str, float]]
    rarity: Mapping[str, float]
    phrases: tuple[tuple[str, frozenset[str]], ...]
    sizes: tuple[float, ...]  # of each phrase, in rarity
    spoken: Mapping[tuple[str, ...], Mapping[str, float]]
    known: frozenset[str]


_NAMES = frozenset({UNKNOWN, COMPANY, VENDOR, PERSON, PLACE})  # whose words teach nothing


def features(marks: Sequence[Mark]) -> frozenset[str]:
    """The words and pairs of neighbours of a question, "^" before its first word and "$" after its last."""
    shown = [each.shown for each in marks]
    pairs = {f"{one} {two}" for one, two in zip(["^", *shown], [*shown, "$"], strict=True)}
    return frozenset(shown) | _frame(marks) | {each.stem for each in marks if each.mark not in _NAMES} | pairs


def _frame(marks: Sequence[Mark]) -> frozenset[str]:
    """How the question is put, and of whom: "why should they" and "why would Acme" are both why~they."""
    said = [lexicon.FRAMES.get(each.text) or _WHO.get(each.mark) or "" for each in marks]
    heads = [each.text for each in marks if each.text in lexicon.HEADS][:1] or ["^"]
    subjects = list(dict.fromkeys(each for each in said if each))[:3]
    found = {f"{heads[0]}~{each}" for each in subjects[:1]}
    return frozenset(found | {f"{one}+{two}" for one in subjects for two in subjects if one < two})


_WHO = {COMPANY: "they", VENDOR: "we", PERSON: "person"}


@lru_cache(maxsize=4)
def learnt(rules: tuple[IntentRule, ...]) -> Learnt:
    """What these rules teach."""
    known = frozenset(_every_word(rules))
    phrases = tuple(
        (rule.slug, features(marked(phrase, Context(), known))) for rule in rules for phrase in rule.phrases
    )
    spoken = _spoken(rules, phrases)
    weights = _weights(phrases, tuple(rule.slug for rule in rules))
    counted = Counter(feature for _, held in phrases for feature in held)
    rarity = {feature: math.log(1 + len(phrases) / count) for feature, count in counted.items()}
    sizes = tuple(sum(rarity[each] for each in held) for _, held in phrases)
    slugs = tuple(rule.slug for rule in rules)
    return Learnt(slugs, weights, rarity, phrases, sizes, spoken, known)


def _every_word(rules: Iterable[IntentRule]) -> Iterable[str]:
    for rule in rules:
        for text in (*rule.phrases, *rule.words):
            yield from words(text)
    for held in (
        lexicon.FUNCTION,
        lexicon.AREAS,
        lexicon.TITLES,
        lexicon.TIMES,
        lexicon.TOPICS,
        lexicon.POLITE,
        lexicon.MORE,
    ):
        yield from held
    yield from (*lexicon.OPEN, *lexicon.WE, *lexicon.THEY, *lexicon.PERSON)


def _spoken(
    rules: Iterable[IntentRule], phrases: Sequence[tuple[str, frozenset[str]]]
) -> dict[tuple[str, ...], dict[str, float]]:
    """Stems of the rows' words → the intents that have them, each by its share, and by how few others say it, too."""
    used: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for slug, held in phrases:
        for feature in held:
            used[feature][slug] += 1
    having: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for rule in rules:
        for text in rule.words:
            having[tuple(stem(word) for word in words(text))].add(rule.slug)
    return {
        stems: {slug: WORD / len(slugs) * _purity(used.get(" ".join(stems), Counter()), slug) for slug in slugs}
        for stems, slugs in having.items()
        if stems
    }


def _purity(used: Mapping[str, int], slug: str) -> float:
    return (used.get(slug, 0) + 2) / (sum(used.values()) + 2)


def _weights(phrases: Sequence[tuple[str, frozenset[str]]], slugs: tuple[str, ...]) -> dict[str, dict[str, float]]:
    sizes = Counter(slug for slug, _ in phrases)
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for slug, held in phrases:
        for feature in held:
            counted[feature][slug] += 1
    return {feature: _odds(counts, sizes, slugs, feature) for feature, counts in counted.items()}


def _odds(
    counts: Mapping[str, int], sizes: Mapping[str, int], slugs: tuple[str, ...], feature: str
) -> dict[str, float]:
    shares = {slug: (counts.get(slug, 0) + SMOOTH) / (sizes[slug] + 2 * SMOOTH) for slug in slugs if sizes[slug]}
    mean = sum(shares.values()) / len(shares)
    scale = _scale(feature)
    return {slug: scale * math.log(share / mean) for slug, share in shares.items()}


def _scale(feature: str) -> float:
    if "~" in feature or "+" in feature:
        return FRAME
    one, _, two = feature.partition(" ")
    content = [each for each in (one, two) if each and each not in {"^", "$"} and not _says_little(each)]
    if not content:
        return LITTLE
    return PAIR if two else 1.0


def _says_little(word: str) -> bool:
    return word in _FUNCTION or (word.startswith("‹") and word != RIVAL)


_FUNCTION = frozenset(stem(word) for word in lexicon.FUNCTION)
