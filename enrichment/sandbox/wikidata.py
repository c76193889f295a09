"""Wikidata's API: search, items and labels. Errors come with status 200."""

from dataclasses import dataclass
from typing import Any

from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply, text_reply
from enrichment.sandbox.searching import plain
from enrichment.sandbox.wikidata_items import claims, is_listed, item_of, labels_of_values
from enrichment.sandbox.world import Company, World

KINDS = {"wbsearchentities": "wikidata_search", "wbgetentities": "wikidata"}
MOST_IDS = 50


@dataclass(slots=True)
class Wikidata:
    """The action API."""

    def kind_of(self, request: Request) -> str:
        return KINDS.get(request.field("action"), "wikidata_other")

    def answer(self, request: Request, moment: Moment) -> Reply:
        if "/" not in request.headers.get("user-agent", "").partition("(")[2]:
            return self.refuse(403)
        match request.field("action"):
            case "wbsearchentities":
                return search(request, moment.world)
            case "wbgetentities":
                return entities(request, moment)
        return failure("badvalue", 'Unrecognized value for parameter "action".')

    def refuse(self, status: int) -> Reply:
        return text_reply(f"<html><title>Error {status}</title></html>", status, kind_of_text="html", takes=0.2)

    def reset(self) -> None:
        """The item base remembers nothing."""


def failure(code: str, info: str) -> Reply:
    content = {"error": {"code": code, "info": info, "*": "See the API's help."}, "servedby": "sandbox"}
    return json_reply(content, headers=(("mediawiki-api-error", code),), takes=0.2)


def search(request: Request, world: World) -> Reply:
    """Items whose label or alias begins with the words; namesakes that are no companies come first at times."""
    wanted = plain(request.field("search"))
    if not wanted:
        return failure("param-missing", 'The "search" parameter must be set.')
    found = [hit(f"Q{stranger_of(name)}", name, "family name") for name in homonyms(world) if begins(name, wanted)]
    named = [c for c in world if is_listed(c) and any(begins(name, wanted) for name in c.names)]
    found += [hit(item_of(company), company.name, described(company)) for company in named]
    limit = int(request.field("limit", "7"))
    return json_reply({"searchinfo": {"search": wanted}, "search": found[:limit], "success": 1}, takes=0.3)


def begins(name: str, wanted: str) -> bool:
    return f"{plain(name)} ".startswith(f"{wanted} ")


def hit(item: str, label: str, description: str) -> dict[str, Any]:
    return {
        "id": item,
        "title": item,
        "concepturi": f"http://www.wikidata.org/entity/{item}",
        "repository": "wikidata",
        "url": f"//www.wikidata.org/wiki/{item}",
        "label": label,
        "description": description,
        "match": {"type": "label", "language": "en", "text": label},
    }


def homonyms(world: World) -> tuple[str, ...]:
    """Names of companies that are somebody's family name as well."""
    return tuple(company.name for company in world if not pick(3, "homonym", company.domain))


def stranger_of(name: str) -> int:
    return 80_000_000 + int(digest("homonym", name)[:6], 16)


def described(company: Company) -> str:
    return f"{company.country} {company.industry.lower()} company"


def entities(request: Request, moment: Moment) -> Reply:
    ids = [name for name in request.field("ids").split("|") if name]
    if not ids or len(ids) > MOST_IDS:
        return failure("param-missing" if not ids else "toomanyvalues", "Give one to fifty ids.")
    with_claims = "claims" in request.field("props", "claims")
    found = {name: entity(name, moment, with_claims=with_claims) for name in ids}
    return json_reply({"entities": found, "success": 1}, takes=0.3)


def entity(name: str, moment: Moment, *, with_claims: bool) -> dict[str, Any]:
    company = next((c for c in moment.world if item_of(c) == name and is_listed(c)), None)
    if company is None:
        return of_other(name, moment.world)
    said = labelled(name, company.name) | {
        "descriptions": {"en": {"language": "en", "value": described(company)}},
        "aliases": {"en": [{"language": "en", "value": alias} for alias in company.names[1:]]}
        if company.names[1:]
        else [],
    }
    return said | ({"claims": claims(company, moment.at)} if with_claims else {})


def of_other(name: str, world: World) -> dict[str, Any]:
    """An item that is no company: a family name, or what companies' statements name."""
    label = next((n for n in homonyms(world) if f"Q{stranger_of(n)}" == name), "") or labels_of_values(world).get(
        name, ""
    )
    return (
        labelled(name, label) | {"descriptions": [], "aliases": [], "claims": []}
        if label
        else {"id": name, "missing": ""}
    )


def labelled(name: str, label: str) -> dict[str, Any]:
    return {"type": "item", "id": name, "labels": {"en": {"language": "en", "value": label}}}
