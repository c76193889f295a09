"""What each sentence of the built-in engine takes for granted, and what guarantees it: nothing else may be in one."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from enrichment.analysis import intent, phrases
from enrichment.signals import SIGNALS

SURE = "`Article.sure_signal`: the headline is of that type beyond doubt; of whom and whether it came about is asked"
NAMED = "`findings`: the cited item has the name; whether it is in use is asked"
OF_KIND = (
    "the title or post stands in the cited item and is quoted; what such titles do is said to be often or maybe so"
)
WORD = "`needs.word_of`: the product's own description, or its name, has the word"
VENDORS = "the vendor's context says so, and is quoted or named"
ADVICE = "nothing: it asks, supposes or tells the rep what to do"

# The sentence, without role → what bears what it takes for granted. A row for every sentence, of a signal for all.
TAKEN: dict[str, str] = {
    **{f"{table}.{signal}": SURE for table in ("insights", "actions", "questions", "topics") for signal in SIGNALS},
    "insights.news": ADVICE,
    "actions.news": "the headline is quoted",
    "questions.news": "the headline is quoted",
    "questions.leadership_plain": SURE,
    "more": "the headline is quoted",
    "actions_by_kind.job": "the post is named; who hires, and whether anybody is taken, is asked",
    "actions_by_kind.post": "the post is named; what it means is asked",
    "actions_by_kind.system": NAMED,
    "actions_by_kind.topic": "the topic is named; whether it is one of theirs is asked",
    "actions_by_kind.usage": NAMED,
    "questions_by_kind.challenge": "the text is quoted; whether it is still so is asked",
    "questions_by_kind.challenge_more": "the text is quoted; whether it matters is asked",
    "questions_by_kind.systems": NAMED,
    "questions_by_kind.job": "the post is quoted; whether it is open is asked",
    "questions_by_kind.usage": NAMED,
    "persona_fit.Decision Maker": OF_KIND,
    "persona_fit.Champion": OF_KIND,
    "persona_fit.Technical Buyer": OF_KIND,
    "persona_fit.Influencer": OF_KIND,
    "persona_fit_again.Decision Maker": OF_KIND,
    "persona_fit_again.Champion": OF_KIND,
    "persona_fit_again.Technical Buyer": OF_KIND,
    "persona_fit_again.Influencer": OF_KIND,
    "persona_elsewhere.ask": "the title is quoted; where it is held is asked",
    "vacancy.Decision Maker": OF_KIND,
    "vacancy.Champion": OF_KIND,
    "vacancy.Technical Buyer": OF_KIND,
    "vacancy.Influencer": OF_KIND,
    "ranks.founder": "`part_of_title` read that rank; what is said of it is said to be often so",
    "ranks.chief": "`part_of_title` read that rank; what is said of it is said to be often so",
    "ranks.vice president": "`part_of_title` read that rank; what is said of it may be so",
    "ranks.head": "`part_of_title` read that rank; what is said of it is said to be often so",
    "segments.enterprise": "the rep gave the segment; how it decides is said to be usually so",
    "segments.mid": "the rep gave the segment; how it decides is said to be usually so",
    "segments.small": "the rep gave the segment; how it decides is said to be usually so",
    "seen.news": "`holds`: the quoted headline has the person's name",
    "seen.office": "`holds`: the quoted headline has the office; whose it is nowhere said",
    "seen.post": "the post is quoted; whether it is of the same field is asked",
    "observations.group": f"{NAMED}; the group is that of our list of technologies",
    "observations.others": NAMED,
    "observations.gap": WORD,
    "observations.beside": NAMED,
    "observations.needs": NAMED,
    "observations.unseen": "`findings.unseen`: the named source alone says so, and is said to",
    "observations.usage": f"{NAMED}; {VENDORS}",
    "observations.same_field": NAMED,
    "reasons.challenge": WORD,
    "reasons.topic": f"the cited record is intent data and names the topic; {WORD}",
    "reasons.system": WORD,
    "reasons.job": WORD,
    "reasons.news": WORD,
    "reasons.technology": f"{NAMED}; {WORD}",
    "reasons.named": f"{NAMED}; {WORD}",
    "outcomes.proposition": VENDORS,
    "outcomes.theme": ADVICE,
    "competition.beside": NAMED,
    "competition.open": ADVICE,
    "competition.have": ADVICE,
    "competition.promise": VENDORS,
    "competition.cost": "the text is quoted",
    "competition.tight": SURE,
    "competition.effort": ADVICE,
    "topics.news": "there is a headline",
    "topics.funding_sum": f"{SURE}; the sum stands in the headline",
    "topics.expansion_place": "the place stands in the headline",
    "topics.expansion_kind": "the words stand in the headline and are quoted",
    "topics.leadership_new": f"{SURE}; the office stands in the headline",
    "region.near": "the place stands in the headline and is quoted; that it is in the region may be so",
    "vendor.offers": NAMED,
    "vendor.serves": "the cited items name the markets",
    "vendor.competes": "the cited items name the competitors",
    **{f"intents.{kind}": "nothing: it supposes that there is such a conversation" for kind in intent.KINDS},
}
_BY_ROLE = {"actions", "questions", "actions_by_kind", "questions_by_kind", "persona_fit", "intents"}
_NO_SENTENCES = {"groups"}

# How a sentence is open to being otherwise: it asks, supposes, tells the rep what to do, quotes, or names its source.
_OPEN = re.compile(
    r"\?$|“\{|\b(?:[Aa]sk|[Ii]f|[Ww]hether|may|might|could|would|often|usually|[Ww]hoever)\b"
    r"|\b(?:[Nn]amed in sources|Sources|According to|Intent data|says:)|^(?:Markets|Competitors): "
    r"|^(?:Lead|Open|Offer|Prepare|Show|Review|Call|Check|Do|Leave|Keep|Write|Agree|Make sure|One finding)\b"
)
# What takes for granted that which no headline, post or list of technologies guarantees.
_GRANTED = re.compile(
    r"\b(?:now that|as you grow|is being (?:read|built)|has to have|will have to|who leads the|what it costs"
    r"|the cost of|their new|your new|your growth|the (?:breach|merger|partnership|round|launch)|congratulat\w*"
    r"|(?:are|is) hiring|what people miss|the contract|is likely|are likely|whether that is still)\b",
    re.IGNORECASE,
)


def written() -> Iterator[tuple[str, str]]:
    """(key of `TAKEN`, sentence) of every sentence of the engine."""
    for path, text in phrases.sentences():
        if path[0] not in _NO_SENTENCES:
            yield (
                ".".join(path[:1] if path[0] == "more" else (path[0], path[-1]) if path[0] in _BY_ROLE else path),
                text,
            )


def reasons() -> dict[str, str]:
    """Why it is which conversation, in the words of `intent.toml`."""
    raw = tomllib.loads((Path(phrases.__file__).parents[1] / "data" / "intent.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = raw["because"]
    return found


def test_each_sentence_has_what_it_takes_for_granted_written_down() -> None:
    keys = {key for key, _ in written()}

    assert (sorted(keys - TAKEN.keys()), sorted(TAKEN.keys() - keys)) == ([], [])


def test_each_sentence_asks_supposes_quotes_or_names_its_source() -> None:
    told = {key: text for key, text in written() if not key.startswith(("topics.", "ranks.", "segments."))}

    closed = {key: text for key, text in told.items() if not _OPEN.search(text)}

    assert closed == {}


def test_no_sentence_takes_for_granted_what_no_finding_guarantees() -> None:
    assert [text for _, text in written() if _GRANTED.search(text)] == []


def test_what_is_said_of_a_signal_is_said_of_no_other() -> None:
    told: dict[tuple[str, ...], set[str]] = {}
    for path, text in phrases.sentences():
        if path[0] in {"insights", "actions", "questions"}:
            told.setdefault((*path[:-1], text), set()).add(path[-1])

    assert {said: signals for said, signals in told.items() if len(signals) > 1} == {}


def test_each_reason_for_a_conversation_asks_supposes_or_names_its_source() -> None:
    closed = {sort: text for sort, text in reasons().items() if not _OPEN.search(text) and sort != "said"}

    assert closed == {}
