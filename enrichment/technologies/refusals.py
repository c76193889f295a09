"""What a job's text names and the company does not run: refused, given up, sold, or others' own. Pure."""

import re
from bisect import bisect_left
from collections.abc import Sequence

# Before the name, up to its sentence's beginning.
_NOT_USED = re.compile(
    r"\b(?:do not|don['’]?t|dont|does not|doesn['’]?t|never|no longer|won['’]t|will not) (?:use|run|do|work with"
    r"|need|want|require|touch|have|expect|ask for)\b"
    r"|\bnot? (?:needed|required|necessary)\s?:|\b(?:tech|tools|things|what) we (?:don['’]?t|do not)(?: use)?\s?:"
    r"|\b(?:avoid|without|instead of|rather than|used to (?:run|use|be|have)|no need for|free of|switched off"
    r"|turned off|got rid of|moved off|moved away from|said goodbye to|forget|allergic to|alternatives? to"
    r"|rivals? (?:to|of)|competitors? (?:to|of)|replacement for|considered|evaluated|tried|decided against"
    r"|rejected|dropped|ditched|abandoned|scrapped)\b[^,]*$"
    r"|\b(?:do not|don['’]?t|please never) (?:send|bring|lead with|mention|apply with|show)\b(?: \w+){0,3} $"
    r"|\b(?:nothing|nobody|no team|none of)\b[^,]{0,40} (?:in|on|with|uses?|runs?) $"
    r"|\b(?:no|não|non|nie|ya no) (?:usamos|utilizamos|trabajamos con|trabalhamos com|usiamo|utilizziamo|używamy"
    r"|stosujemy|korzystamy z)\b[^,]*$|\b(?:dejamos|abandonamos|abbandonato|abandonné)\b[^,]*$"
    r"|\bn['’](?:utilisons|employons|avons|exigeons) (?:pas|plus)\b[^,]*$"
    r"|\bne (?:travaillons|tournons|passons) (?:pas|plus)\b[^,]*$"
    r"|\b(?:nicht|kein|nie ma|zamiast|statt|au lieu de|en lugar de|invece di|in plaats van)\s(?:\w+\s)?$"
    r"|\bkein(?:e|en|er)?\s(?:\w+\s)?$|\b(?:[Nn]o|pas de|sin|niet) (?:\w+,? (?:and |or )?)?$|\b[Nn]ot (?:for |a "
    r"|another )?$",
    re.IGNORECASE,
)
_SOLD = re.compile(
    r"\b(?:sell|sells|selling|resell|reselling|resells)\b(?! (?:with|in|through|via|using|on)\b)(?:(?!\b(?:with"
    r"|using|in|through|via|to|log|track)\b).)*$"
    r"|\b(?:beats?|outperforms?|outsells?|better than|versus|vs\.?|up against)\b.*$"
    r"|\bdisplac\w+\b[^,]*$|\bcompet(?:e|es|ing|itors?)\b(?: \w+){0,3} (?:with|against|like|such as|include"
    r"|including|are|on)\b.*$"
    r"|\b(?:customers?|clients?|users|firms|companies|universities|prospects|banks|schools|people|teams) (?:\w+ "
    r"){0,2}?(?:use|using|run|running|on|have|teach|rely|log"
    r"|store)\b.*$"
    r"|(?:^|\s)(?:some|others) (?:run|use|have|on)\b.*$"
    r"|\b(?:klanten|kunden|clientes|clients|clienti|klienci) (?:\w+ ){0,3}?(?:via|nutzen|verwenden|utilisent|usan"
    r"|usano|gebruiken|używają|korzystają z)\b.*$"
    r"|\b(?:suppliers?|subcontractors|freelancers) (?:\w+ ){0,2}?(?:use|run|work (?:in|with)|deliver)\b.*$"
    r"|\b(?:that|who|which) (?:currently |still |now )?(?:use|run)\b.*$|\b(?:licen[cs]es|subscriptions|reseller"
    r"|distributor|partner) (?:for|of)\b.*$",
    re.IGNORECASE,
)
# Behind the name, up to the sentence's end.
_GIVEN_UP = re.compile(
    r"^[^.!?;(]{0,60}\b(?:decided against|(?:was|were|has been|have been) (?:given back|returned|handed back|considered"
    r"|evaluated|trialled"
    r"|tested|stopped|abandoned|dropped|ditched|rejected|turned off|switched off|removed|piloted|shut down"
    r"|decommissioned|uninstalled|not chosen|our past)\b|lost the|is what we left|came second"
    r"|finished second|trial (?:was|ended)|(?:setzen|nutzen|verwenden|brauchen|haben) wir nicht"
    r"|(?:wird|werden) [^.;]{0,25}nicht (?:mehr )?(?:eingesetzt|genutzt|verwendet|benötigt|gebraucht)"
    r"|gebruiken we niet|wordt niet (?:meer )?gebruikt|n['’]est (?:pas|plus) (?:utilisé|requis)|no se (?:usa|utiliza)"
    r"|non (?:si usa|serve|è richiest[oa])|não é (?:usado|necessário)|nie jest (?:używan|wymagan)"
    r"|any longer\b|was cancelled|were cancelled|is gone|are gone|is history|are history|was "
    r"retired|was switched off|not (?:needed|required|necessary|used)"
    r"|is somebody else|need not apply|is banned|went back to|chose|is not for us|lost to|please[,!. ]*no)\b"
    r"|^\W{0,2}(?:is|are|was|were) (?:not|no longer)\b"
    r"|^\W*(?:and )?(?:Sumatra|Bali|Borneo|Flores|Sulawesi|Indonesia)\b"  # Java is an island as well
    r"|^[^,.;]{0,30}\bis irrelevant\b|^\s?(?:evaluated|considered|piloted|trialled|tested|tried) (?:and|but|then)\b",
    re.IGNORECASE,
)
# Without one of these words none of the above is there.
_SIGNS = frozenset(
    "sumatra bali borneo flores sulawesi indonesia deliver "
    "no not don dont doesn won wouldn didn never avoid without instead rather used free switched turned got "
    "decided rejected dropped ditched abandoned"
    " scrapped kein keine keinen keiner pas sin niet longer sell sells selling resell reselling resells displace "
    "displaces displacing displaced compete"
    " competes competing competitor competitors use uses using run running have licences licenses subscriptions "
    "reseller distributor partner cancelled"
    " off goodbye forget allergic alternative alternatives rival rivals replacement considered evaluated tried "
    "banned went chose lost need gone history retired somebody any longer beats beat outperforms outperform outsells "
    "better versus vs against nothing nobody none stopped chosen tender second past given returned trialled tested "
    "usamos utilizamos trabajamos trabalhamos usiamo utilizziamo używamy stosujemy korzystamy dejamos abandonamos "
    "utilisons employons avons exigeons travaillons tournons nicht statt zamiast teach work rely nie "
    "piloted "
    "removed irrelevant left shut decommissioned uninstalled "
    "via nutzen verwenden utilisent usan usano gebruiken używają korzystają others some lieu lugar invece plaats usa "
    "utiliza serve richiesto richiesta".split()
)
_WORD = re.compile(r"[a-zà-ÿżźćńółęąś]+")
_BEGINS = re.compile(
    r"[!?;\n•]|\.(?=\s)|,? (?:but|we use|we run|instead|though|however|and you|you will|your own)\b", re.IGNORECASE
)
_STOPS = re.compile(r"[!?;\n•]|\.(?=\s|$)")
_STILL_USED = re.compile(
    r"\b(?:being (?:dropped|retired|replaced|closed|wound down|switched off)|is dropped for|migrat\w+|moving|leaving"
    r"|replac\w+|dropping|retir(?:e|ing)|phas\w+ out|that['’]s fine|is fine|is ok)\b",
    re.IGNORECASE,
)
_LONGEST = 200  # characters of a sentence before and behind a name


def refused(text: str, starts: Sequence[int]) -> frozenset[int]:
    """Which of the names that begin at `starts` the text refuses, has given up, sells, or says that others use."""
    signs = [word.start() for word in _WORD.finditer(text.lower()) if word[0] in _SIGNS]
    return frozenset(
        start for start in starts if _has_sign(start, start, signs, _LONGEST) and _is_out(text, start, signs)
    )


def _is_out(text: str, start: int, signs: Sequence[int]) -> bool:
    before, behind = _sentence(text, start)
    is_worth_it = _has_sign(start - len(before), start + len(behind), signs)
    return is_worth_it and _is_refused(before, behind)


def _has_sign(begin: int, end: int, signs: Sequence[int], around: int = 0) -> bool:
    """Whether a word that may refuse stands there; spares most names the closer look."""
    at = bisect_left(signs, begin - around)
    return at < len(signs) and signs[at] < end + around


def _sentence(text: str, start: int) -> tuple[str, str]:
    """The sentence's clause before the name, and what follows from the name on."""
    before = text[max(0, start - _LONGEST) : start]
    begin = max((end.end() for end in _BEGINS.finditer(before)), default=0)
    behind = text[start : start + _LONGEST]
    stop = _STOPS.search(behind)
    return before[begin:], behind[: stop.start()] if stop else behind


def _is_refused(before: str, behind: str) -> bool:
    if _STILL_USED.search(before + behind):
        return False
    rest = behind.partition(" ")[2]
    return bool(_NOT_USED.search(before) or _SOLD.search(before) or _GIVEN_UP.search(f" {rest}"))
