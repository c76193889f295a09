"""Words without their endings, so that forms of one word can be compared."""

_STOP_WORDS = (
    "a about after all also an and any are as ask at be because been before but by can could do does during for"
    " from get had has have how if in into is it its may more most much must need new no not now of on once one only"
    " or our out over own same shall should show so some than that the their them then there these they this those"
    " through to today under up use used uses using very was we were what when where which while who whom why will"
    " with within without work would you your"
)
STOP = frozenset(_STOP_WORDS.split())  # words that carry no meaning of their own

_IRREGULAR = {
    form: base
    for base, forms in {
        "become": "became", "begin": "began begun", "break": "broke broken", "bring": "brought", "build": "built",
        "buy": "bought", "choose": "chose chosen", "deal": "dealt", "draw": "drew drawn", "drive": "drove driven",
        "fall": "fell fallen", "feel": "felt", "find": "found", "freeze": "froze frozen", "give": "gave given",
        "grow": "grew grown", "hold": "held", "keep": "kept", "lead": "led", "leave": "left", "lend": "lent loan loans",
        "lose": "lost", "meet": "met", "pay": "paid", "rise": "rose risen", "sell": "sold", "send": "sent",
        "speak": "spoke spoken", "spend": "spent", "stand": "stood", "take": "took taken", "teach": "taught",
        "win": "won", "write": "wrote written", "choice": "choices",
    }.items()
    for form in forms.split()
}  # fmt: skip


def base_of(word: str) -> str:
    """The base of an irregular form: "take" of "taken", "rebuild" of "rebuilt"; any other word as it is."""
    if word.startswith("re") and word[2:] in _IRREGULAR:
        return f"re{_IRREGULAR[word[2:]]}"
    return _IRREGULAR.get(word, word)


def is_past(word: str) -> bool:
    """Whether it is a form of the past, as far as its letters tell."""
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > 4)


def roots(words: frozenset[str]) -> frozenset[str]:
    """The words themselves and without their endings, short ones too: "typed" and "type" have one in common."""
    return words | frozenset(map(root_of, words))


def root_of(word: str) -> str:
    """The word without its ending, an irregular form's base without its own: "grown" and "growing" give "grow"."""
    word = base_of(word)
    for ending in ("ations", "ation", "ings", "ing", "ions", "ion", "ies", "ed", "es", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _single(word[: -len(ending)]) if ending in ("ed", "ing") else word[: -len(ending)]
    return word


def _single(stem: str) -> str:
    """Without the doubled letter of “planned” and “stopping”."""
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz" else stem


def stems(words: frozenset[str]) -> frozenset[str]:
    """The words that carry meaning, without their endings."""
    return frozenset(stem_of(word) for word in words - STOP)


def stem_of(word: str) -> str:
    """The word without its ending, where at least four letters are left."""
    for ending in ("ings", "ing", "ers", "er", "ies", "es", "ed", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
