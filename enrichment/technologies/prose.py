"""The technologies that a job's text names. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from enrichment.technologies.model import Technology
from enrichment.technologies.refusals import refused
from enrichment.technologies.rules import FIRST_WORD, Spelling, rules

LONGEST_TEXT = 50_000
ENOUGH = 3  # technologies by which a text is about technology
SHORTEST_ALONE = 4  # letters
SHORTEST_UNMISTAKABLE = 6  # letters
LONGEST_JOINT = 40  # characters between two members of a list: ", and a little bit of "

_GOES_ON = re.compile(r"[\w+#]|\.\w|&\w")  # "Java" is not in "JavaScript", nor "Okta" in "okta.com", nor "R" in "R&D"
# "Java 17", "Vue3", "C++20", "Python 3.11+", "Scala 2.13/3", "SQL Server 2019", "Magento 2.x"
_VERSION = re.compile(r"\s?v?\d{1,4}(?:\.\d+)*(?:\.x)?\+?(?:\s?/\s?\d{1,4}(?:\.\d+)*)?(?![\w%])")
_VERSIONED = frozenset({"languages", "frameworks", "databases"})  # groups whose names bear figures: "Python3"
_AND = r"(?:and|or|and/or|plus|with|und|oder|sowie|et|ou|y|e|i|en|och|nebo|a)"
_SOME = (
    r"(?:(?:some|an?|a (?:little|bit of|touch of|sprinkle of)|ideally|preferably|maybe|perhaps|even|modern|basic|also"
    r"|our|the) )?"
)
_JOINT = re.compile(
    rf"\s(?:for|as) (?:[a-z]+ ){{0,2}}[a-z]+, (?:and )?|\s?[,/;|+&•·(]\s?(?:{_AND} |& )?{_SOME}|\s(?:{_AND}|&"
    rf"|on)\s{_SOME}|\s?[\[(]?e\.g\. |\s?\n\s?(?:[-*•·] ?)?|\s?[*•·–-]\s"
)
_ENDS = re.compile(
    rf"\s?(?:[,./;:|()•·\]?!–—\"]|$|\n)|\s(?:{_AND}|&|\+)\s|\s(?:experience|skills?|knowledge|code|shop|stack"
    rf"|estate|team|dashboards|reports|tickets|is|for|on|in|as|from|but|when|while|if|of|welcome|preferred|required"
    rf"|desired|desirable|expected|wanted|helpful|useful|optional|nice|today|now|currently|later|soon|upstream"
    rf"|downstream|behind|underneath|beneath|everywhere|throughout|this|next|last|until|since|where|who|that|which"
    rf"|through|via|at|into|by|across|integrations?|systems?|store|instances?|environments?|scenarios?|subscriptions?"
    rf"|indispensable"
    rf"|souhait\w+|requis\w*|exig\w+|appréci\w+|erforderlich|wünschenswert|deseable|imprescindible|valorabl\w+"
    rf"|requerid\w+|obbligatori\w|gradit\w|gewenst|vereist|wymagan\w+|mile|ist|sind|est|sont|es|sería|é|è)\b"
    rf"|-(?:based|managed|orchestrated|backed|hosted|Datenbank|Server|Kenntnisse|Entwickl\w+|Plattform|Umgebung|System)"
)
_LED = re.compile(
    r"\b(?:written in|coded in|built (?:in|with|on)|program in|develop in|developed in|code in|script(?:ing)? in"
    r"|using|know|known?ing|learn"
    r"|proficien(?:t|cy) (?:in|with)|fluent in|uses?|works? with|working with|experienced? (?:in|with|of)|powered "
    r"by|(?:runs|running|deployed) on|knowledge of|expertise in"
    r"|familiar(?:ity)? with|skilled in|skills in|stack:|tools:|tech:|technologies:|mit|avec|con|kenntnisse in"
    r"|erfahrung (?:mit|in)|maîtrisez|in favou?r of|migrat\w+ (?:to|from)|mov(?:e|es|ing) to|switch\w* to|leaving"
    r"|writ(?:e|es|ing)|(?:out|on top|instances|version) of|replac(?:ed|ing) (?:by|with)|replacing|over to|advanced"
    r"|strong|solid|excellent|basic|good|fluent|confident"
    r"|manejo de|uso di|conoscenza di|conocimientos? (?:de|en)|connaissances? (?:de|en)|conhecimentos? (?:de|em)"
    r"|dominio de|domínio de|maîtrise de|kennis van|ervaring met|erfarenhet av|kunskaper i|znajomość|obsługa"
    r"|znajomości|umgang mit|gute)\s$|\b(?:maîtrise|connaissance|utilisation|usage) d['’]$",
    re.IGNORECASE,
)
_LEADERS = frozenset(
    "in with on use uses using know learn by of stack: tools: tech: technologies: mit avec con maîtrisez to from "
    "leaving replacing write writes writing advanced strong solid excellent basic good fluent confident de di en em "
    "van met av i gute znajomość obsługa znajomości d' d’".split()
)
_LONGEST_LEAD = 28  # characters of what `_LED` looks for
_TRADE = re.compile(
    r"\s(?:[Dd]evelop(?:ers?|ment)|[Ee]ngineers?|[Pp]rogramm(?:ers?|ing)|[Cc]odebases?|(?:micro)?services?"
    r"|[Bb]ackends?|[Ff]rontends?|[Cc]ode|[Ss]tack|[Ss]hop|monolith"
    r"|[Ss]cripts?|[Ss]cripting|[Aa]pps?|API|[Ll]ibraries|pipelines|tests|apps|streams|workers|components|screens)\b"
)
_KEEPERS = re.compile(r"\s(?:[Aa]dmin(?:istrator|istration|s)?|[Dd]evelopers?|[Ee]ngineers?|DBA|[Aa]rchitect)\b")
_PRAISED = re.compile(
    r"\s(?:(?:knowledge|experience|expertise|skills?|users?|background|fluency|know-how)\b|(?:is|are"
    r"|would be) (?:also )?(?:an? |very )?(?:big |strong |real "
    r"|huge )?"
    r"(?:our|used|plus|bonus|nice to|welcome|required|must|desirable|helpful|useful|advantage|asset|essential)\b)"
)
_ITEM = re.compile(r"[:*•(]\s?$|\n[-–]\s?$")
_CLOSES = re.compile(r"\s?[,;)/\n]|\s(?:and|or|und|oder|et|y)\s|\.?$")
_WORD_BEFORE = re.compile(r"(?:^|(?<=[\s(„“\"]))([^\s(„“\"]+)[\s(]$")
_NEXT_WORD = re.compile(r"\s?-?\s?(\w+)")
_LOWER_WORD = re.compile(r"[a-zà-ÿ][\w'’/-]*,?")
_VERBS = frozenset(
    "Access Aurora Beam Box Braze Bridge Close Coda Drift Drip Epic Excel Exchange Express Float Flow Flux Front "
    "Gin Glue Harness Hive Iterable Keep"
    " Lead Lever Linear Make Maze Mode Node Nomad Outlook Outreach Play Prefect Puppet React Remote Remix Rust "
    "Sage Scout Segment Sketch"
    " Spring Swift Teams Tempo Tornado Unity Access Stripe Synapse Front Ping Sigma Palo Premiere Realm Rocket "
    "Rails Helm Chef Phoenix Express".split()
)
# What follows a name that is a verb as well where it is none: "Excel will be open most days".
_IS_SUBJECT = re.compile(
    r"\s(?:is|are|was|will|has|does|for|runs|feeds?|handles?|holds?|lives?|sits?|keeps?|dashboards)\b"
)
# Names that mean something else wherever nothing speaks of technology.
_TRAPS = frozenset(
    "Asana Loki Lacework Entrust Ubuntu Mercurial Aruba Arista Descript docker django kafka redis".split()
)
_BEFORE_A_TOOL = frozenset("in with via through into using run use administer maintain manage to".split())
_NOT_BEFORE_A_NAME = frozenset(
    "and or plus und et y oder of called named the a an this that these those its your my his her their every "
    "each no any".split()
)  # "the Express" is no framework


class _Hit(NamedTuple):
    """A spelling where it stands in the text; `stop` is behind the version."""

    start: int
    stop: int
    spelling: Spelling
    is_sure: bool
    is_spelt: bool  # in the case that the name is written in


def in_text(text: str) -> tuple[Technology, ...]:
    """The technologies that a job's text names, in order, with versions and in any list; not what it refuses or sells.

    Names that are ordinary words as well (Go, Notion, Segment, React) count where nothing else can be meant: in their
    unmistakable spellings ("Golang", "Express.js"), in a list with a technology ("Python, Go and Rust"), after
    "written in" and the like, before "developer" and the like, and written large in the midst of a sentence ("notes in
    Notion"). So do names in small letters ("postgres, redis"). What is not used, sold, or used by others is left out:
    `refusals.py`. Reads the first 50,000 characters.
    """
    text = text[:LONGEST_TEXT]
    hits = list(_hits(text))
    meant = list(_meant(text, hits))
    out = refused(text, [hit.start for hit in meant])
    return tuple(dict.fromkeys(hit.spelling.technology for hit in meant if hit.start not in out))


def _hits(text: str) -> Iterator[_Hit]:
    known = rules()
    lowered = text.lower()
    lowered = lowered if len(lowered) == len(text) else text
    end = 0
    for start in FIRST_WORD.finditer(text):
        at = start.start()
        if at < end:
            continue
        word = start[0]
        small = word.lower()
        spellings = known.folded.get(small)
        if spellings is None:
            if not small[-1].isdigit() or not (spellings := known.folded.get(small.rstrip("0123456789"))):
                continue
            word = word.rstrip("0123456789")  # "Python3"
        candidates = known.words.get(word)
        hit = _exact(text, at, candidates) if candidates else None
        if hit is None or _may_go_on(text, hit):
            hit = _in_other_case(lowered, text, at, spellings, longer_than=hit)
        if hit is not None:
            yield hit
            end = hit.stop


def _exact(text: str, at: int, spellings: Sequence[Spelling]) -> _Hit | None:
    for spelling in spellings:
        if text.startswith(spelling.text, at):
            stop = _stop(text, at + len(spelling.text), spelling)
            if stop:
                return _Hit(at, stop, spelling, spelling.is_sure, is_spelt=True)
    return None


def _may_go_on(text: str, hit: _Hit) -> bool:
    """Whether another word follows, with which it may be a longer name."""
    return text[hit.stop : hit.stop + 1] in {" ", "/", "-", "."} and text[hit.stop + 1 : hit.stop + 2].isalnum()


def _in_other_case(
    lowered: str, text: str, at: int, spellings: Sequence[tuple[str, Spelling]], *, longer_than: _Hit | None
) -> _Hit | None:
    """A longer name than the one found, in other letters: "Github actions"; else the one found.

    It is sure where it has several words, a sign or a large letter in its midst ("mongodb"), else to be settled.
    """
    least = len(longer_than.spelling.text) if longer_than else 1  # a letter alone is a name in its own case only
    for small, spelling in spellings:
        if len(small) <= least:
            break
        if lowered.startswith(small, at):
            stop = _stop(text, at + len(small), spelling)
            if stop:
                is_sure = spelling.is_sure and _is_unmistakable(spelling.text)
                return _Hit(at, stop, spelling, is_sure, is_spelt=False)
    return longer_than


def _is_unmistakable(name: str) -> bool:
    """Whether a name is no word in any letters: "Github actions", "mongodb", but not "snowflake"."""
    if len(name) < SHORTEST_UNMISTAKABLE:
        return False
    return not name.isalpha() or not (name[1:].islower() or name.isupper())


def _stop(text: str, end: int, spelling: Spelling) -> int | None:
    """Where the name ends, its version with it; None where it goes on as another word."""
    follows = text[end : end + 3]
    if not follows or follows[0] in ",;)":
        return end
    may_be_version = spelling.technology.chat_group in _VERSIONED and any(map(str.isdigit, follows))
    version = _VERSION.match(text, end) if may_be_version else None
    if version and not (len(spelling.text) == 1 and not text[end].isspace()):  # "C1" is a level of a language
        return version.end()
    return None if _GOES_ON.match(text, end) else end


def _meant(text: str, hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """The sure ones, and of the ambiguous ones those that their surroundings settle."""
    sure = [hit.is_sure and not _is_trap(hit) for hit in hits]
    sure = [is_sure or _is_settled(text, hit) for hit, is_sure in zip(hits, sure, strict=True)]
    if all(sure):
        return iter(hits)
    told = {hit.spelling.technology.name for hit, is_sure in zip(hits, sure, strict=True) if is_sure}
    if told or _are_several(text, hits):  # else a name may be a snake, a city or a dish
        sure = [is_sure or _may_be_named(text, hit) for hit, is_sure in zip(hits, sure, strict=True)]
    if len(told) >= ENOUGH:
        sure = [is_sure or _stands_alone(text, hit) for hit, is_sure in zip(hits, sure, strict=True)]
    steps = range(1, len(hits))
    for before, after in (*((at - 1, at) for at in steps), *((at, at - 1) for at in reversed(steps))):
        first, second = sorted((before, after))
        if sure[before] and not sure[after] and _may_be(hits[after]) and _is_list(text, hits[first], hits[second]):
            sure[after] = _is_whole(text, hits[after])
    return (hit for hit, is_sure in zip(hits, sure, strict=True) if is_sure)


def _are_several(text: str, hits: Sequence[_Hit]) -> bool:
    """Whether two names stand where tools stand: "notes in Notion, calls with Gong"."""
    found: set[str] = set()
    for hit in hits:
        before = _WORD_BEFORE.search(text[max(0, hit.start - 40) : hit.start])
        if hit.is_spelt and before is not None and before[1] in _BEFORE_A_TOOL and _is_named(text, hit):
            found.add(hit.spelling.technology.name)
    return len(found) > 1


def _is_trap(hit: _Hit) -> bool:
    return hit.spelling.text in _TRAPS


def _may_be_named(text: str, hit: _Hit) -> bool:
    """Whether it is a technology where the text is about technology at all."""
    if _is_trap(hit):
        return hit.is_spelt
    return hit.is_spelt and (_is_named(text, hit) or (_is_after_item_sign(text, hit) and _is_item(text, hit)))


def _is_after_item_sign(text: str, hit: _Hit) -> bool:
    return bool(_ITEM.search(text[max(0, hit.start - 3) : hit.start]))


def _stands_alone(text: str, hit: _Hit) -> bool:
    """Whether a name that begins a sentence among technologies is one, being no verb: "Notion is where we write"."""
    word = hit.spelling.text
    if not hit.is_spelt or not word[:1].isupper() or len(word) < SHORTEST_ALONE - word.isupper():
        return False
    if word in _VERBS and not _IS_SUBJECT.match(text, hit.stop):
        return False
    before, after = text[max(0, hit.start - 2) : hit.start], _NEXT_WORD.match(text, hit.stop)
    return (not before or before[-2:] in {". ", "! ", "? ", ": ", "; "} or "\n" in before) and (
        after is None or not after[1][:1].isupper()
    )


def _may_be(hit: _Hit) -> bool:
    """Whether a list may settle it: in small letters an ordinary word may be a language or the like, not a product."""
    return hit.is_spelt or hit.spelling.is_sure or hit.spelling.technology.chat_group in _VERSIONED


def _is_settled(text: str, hit: _Hit) -> bool:
    if not hit.is_spelt:
        return hit.spelling.is_sure and _is_led(text, hit)
    if len(hit.spelling.text) > 1 and _PRAISED.match(text, hit.stop):
        return True
    if hit.spelling.technology.chat_group in {"languages", "frameworks"} and _TRADE.match(text, hit.stop):
        return True
    if len(hit.spelling.text) > 1 and hit.spelling.text not in _VERBS and _KEEPERS.match(text, hit.stop):
        return True
    return _is_led(text, hit)


def _is_item(text: str, hit: _Hit) -> bool:
    """Whether an item of a list or what stands in brackets is it alone: "Tools: Notion, Loom"."""
    return bool(_CLOSES.match(text, hit.stop))


def _is_led(text: str, hit: _Hit) -> bool:
    before = text[max(0, hit.start - _LONGEST_LEAD) : hit.start].split()
    if not before or before[-1].casefold() not in _LEADERS:  # spares most names the closer look
        return False
    return bool(_LED.search(text[max(0, hit.start - _LONGEST_LEAD) : hit.start])) and _is_whole(text, hit)


def _is_named(text: str, hit: _Hit) -> bool:
    """Whether it stands as a name within a sentence: written large after a small word, and alone."""
    if not hit.spelling.text[:1].isupper():
        return False
    before = _WORD_BEFORE.search(text[max(0, hit.start - 40) : hit.start])
    if before is None or not _LOWER_WORD.fullmatch(before[1]) or before[1] in _NOT_BEFORE_A_NAME:
        return False
    after = _NEXT_WORD.match(text, hit.stop)
    is_alone = after is None or after[1][:1].islower() or (after[1].isdigit() is False and _is_whole(text, hit))
    return is_alone and (len(hit.spelling.text) > 1 or _is_whole(text, hit))


def _is_list(text: str, first: _Hit, second: _Hit) -> bool:
    """Whether nothing but a comma or the like stands between them."""
    between = text[first.stop : second.start]
    return len(between) <= LONGEST_JOINT and bool(_JOINT.fullmatch(between))


def _is_whole(text: str, hit: _Hit) -> bool:
    """Whether the word stands for itself: "Go, Python", but not "Go to market" nor "Segment Lead"."""
    return bool(_ENDS.match(text, hit.stop)) and not text.startswith((" to market", " to-market"), hit.stop)
