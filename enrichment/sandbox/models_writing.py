"""What a model would answer: reads a prompt as it was sent, and writes JSON of the schema that was asked for.

It has only the prompt to go by: sentences are made of the evidence that is shown, and cite its ids.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

EVIDENCE = re.compile(r'<evidence id="([^"]+)"[^>]*>\n(.*?)\n</evidence>', re.DOTALL)
ENTRY = re.compile(r"^([a-z])(\d+): (.+)$", re.MULTILINE)
PRODUCT = re.compile(r'"product": "((?:[^"\\]|\\.)+)"')
TOLD_SCHEMA = re.compile(r"JSON Schema:\n(\{.*\})", re.DOTALL)
QUESTION = "<question>\n"
LETTER_OF = {"insights": "n", "persona_fits": "c", "actions": "o"}  # what a list of sentences is about
MOST = 4  # sentences of a list
MOST_WORDS = 30
QUOTED = 300  # characters of a quotation
MOST_DEPTH = 12
CHARACTERS = 4  # of a token, as one reckons


@dataclass(frozen=True)
class Prompt:
    """What a model is shown."""

    system: str
    user: str

    @cached_property
    def told(self) -> list[tuple[str, str]]:
        """(id, its first line) of each piece of evidence that says something about itself."""
        found = [(key, html.unescape(text.split("\n")[0])) for key, text in EVIDENCE.findall(self.user)]
        return [(key, cut(line)) for key, line in found if line and "(" not in line]  # a person's place in brackets

    @cached_property
    def products(self) -> list[str]:
        return [html.unescape(name) for name in dict.fromkeys(PRODUCT.findall(self.user))]

    def entries(self, letter: str) -> list[tuple[str, str]]:
        """What may be written about, as the prompt numbers it, n0, n1 …, and what it says."""
        found = ENTRY.findall(self.user)
        return [(f"{kind}{number}", cut(html.unescape(text))) for kind, number, text in found if kind == letter]

    @cached_property
    def told_schema(self) -> Any:
        """The schema that stands in the instructions; None where none does."""
        match = TOLD_SCHEMA.search(self.system)
        try:
            return json.loads(match[1]) if match else None
        except ValueError:
            return None


def answer_to(prompt: Prompt, schema: Any) -> str:
    """JSON of the schema; to a question without one sentences, each with the id of its evidence; else a sentence."""
    wanted = schema or prompt.told_schema
    if not isinstance(wanted, dict):
        told = prompt.told[:MOST] if QUESTION in prompt.user else []
        lines = [f"This is what they say: {line}. [{key}]" for key, line in told]
        return "\n".join(lines) or ("NONE" if QUESTION in prompt.user else "The sandbox has read it.")
    return json.dumps(Writer(prompt, wanted.get("$defs", {})).value(wanted), ensure_ascii=False)


@dataclass(frozen=True)
class Writer:
    """Writes values of a schema from a prompt."""

    prompt: Prompt
    definitions: dict[str, Any]

    def value(self, schema: Any, name: str = "", depth: int = 0) -> Any:
        """One value of the schema, which stands under `name`."""
        schema = self.resolved(schema)
        if depth > MOST_DEPTH or not isinstance(schema, dict):
            return None
        if schema.get("enum"):
            return schema["enum"][0]
        match schema.get("type"):
            case "object":
                return self.thing(schema, name, depth)
            case "array":
                return list(self.things(schema.get("items"), name, depth))
            case "string":
                return "Fine"
            case "integer" | "number":
                return 0
            case "boolean":
                return False
        return None

    def resolved(self, schema: Any) -> Any:
        reference = schema.get("$ref", "") if isinstance(schema, dict) else ""
        return self.definitions.get(reference.rpartition("/")[2], {}) if reference else schema

    def thing(self, schema: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
        """An object; a sentence with its evidence is made of the first piece of it."""
        parts = schema.get("properties", {})
        if {"text", "evidence"} <= set(parts):
            return self.sentence(self.prompt.told[0], name) if self.prompt.told else {"text": "", "evidence": []}
        return {key: self.value(part, key, depth + 1) for key, part in parts.items()}

    def things(self, items: Any, name: str, depth: int) -> Iterator[dict[str, Any]]:
        """The members of a list, as many as there is evidence for."""
        parts = set((self.resolved(items) or {}).get("properties", {}))
        if {"about", "verdict"} <= parts:
            yield from map(self.reading, self.prompt.entries("s"))
        elif {"about", "text"} <= parts:
            for entry, line in self.prompt.entries(LETTER_OF.get(name, "n"))[:MOST]:
                yield {"about": entry, "text": f"{line}: this is worth a question."}
        elif {"product", "evidence"} <= parts:
            for product, (key, line) in list(zip(self.prompt.products, self.prompt.told, strict=False))[:2]:
                yield {
                    "product": product,
                    "reason": f"This is what they say: {line}.",
                    "outcome": "",
                    "evidence": [key],
                }
        elif {"text", "evidence"} <= parts:
            for told in self.prompt.told[:MOST]:
                yield self.sentence(told, name)

    def reading(self, entry: tuple[str, str]) -> dict[str, Any]:
        """A strict reader's verdict: each long word of a statement stands in the evidence."""
        shown = html.unescape(" ".join(text for _, text in EVIDENCE.findall(self.prompt.user))).casefold()
        lacking = [word for word in re.findall(r"[a-z]{7,}", entry[1].casefold()) if word not in shown]
        verdict = "unsupported" if lacking else "supported"
        said = set(entry[1].casefold().split())
        line = max(shown.splitlines(), key=lambda each: sum(word in each for word in said), default="")
        quote = line.strip() if verdict == "supported" else ""
        return {"about": entry[0], "verdict": verdict, "words": lacking[:MOST], "quote": quote[:QUOTED]}

    def sentence(self, told: tuple[str, str], name: str) -> dict[str, Any]:
        key, line = told
        text = (
            f"What does this mean for you: {line}?" if name == "talking_points" else f"This is what they say: {line}."
        )
        return {"text": text, "evidence": [key]}


def cut(line: str) -> str:
    """The line's first words, without the mark that ends a sentence."""
    return " ".join(line.split()[:MOST_WORDS]).rstrip(".!?… ")


def tokens(text: str) -> int:
    return max(len(text) // CHARACTERS, 1)
