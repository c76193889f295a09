"""Google's Knowledge Graph: an entry counts by its site, never by its score."""

import json
from urllib.parse import parse_qs, urlsplit

from enrichment.sources.base import BadReply, CompanyRef, KeyRejected, QuotaExhausted, Refused, Throttled
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded


def error(code: int, status: str, message: str = "no", **more: object) -> Answer:
    told = {"error": {"code": code, "message": message, "status": status, **more}}
    return Answer(status=code, body=json.dumps(told).encode())


def answer(*entities: dict[str, object]) -> bytes:
    return json.dumps({"itemListElement": [{"resultScore": 9.5, "result": entity} for entity in entities]}).encode()


class TestGoogleKnowledgeGraph(JsonContract):
    slug = "google_knowledge_graph"
    reply = "google_knowledge_graph.json"
    empty = b'{"@type": "ItemList", "itemListElement": []}'
    credentials = {"api_key": "k3y"}
    refusals = [
        Refusal(error(400, "INVALID_ARGUMENT", details=[{"reason": "API_KEY_INVALID"}]), KeyRejected),
        Refusal(error(400, "INVALID_ARGUMENT", "Unknown type"), Refused),
        Refusal(error(403, "PERMISSION_DENIED"), KeyRejected),
        Refusal(error(429, "RESOURCE_EXHAUSTED", "limit 'Read requests per minute'"), Throttled),
        Refusal(error(429, "RESOURCE_EXHAUSTED", "limit 'Read requests per day'"), QuotaExhausted),
        Refusal(Answer(body=b'{"message": "ok"}'), BadReply),
    ]

    async def test_organizations_of_the_name_are_asked_for_in_one_language(self, http, server):
        await answer_of(self.source, ACME, http)

        query = parse_qs(urlsplit(server.asked[0].path).query)
        assert query == {
            "query": ["Acme Robotics"],
            "languages": ["en"],
            "limit": ["10"],
            "types": ["Organization", "Corporation"],
            "key": ["k3y"],
        }

    def test_the_entry_with_the_companys_site_counts_not_the_one_that_ranks_first(self):
        found = self.read(recorded(self.reply))

        assert {o.dataset: o.value for o in found.observations} == {
            "company_name": "Acme Robotics",
            "company_domain": "acme.example",
            "company_overview": "Acme Robotics is a maker of arms for warehouses, based in Boston.",
        }
        assert (found.name, found.domain, found.dropped) == ("Acme Robotics", "acme.example", 1)

    def test_an_entry_without_a_site_is_not_taken_for_a_company_whose_site_is_known(self):
        found = self.read(answer({"name": "Acme Robotics"}))

        assert (found.observations, found.dropped) == ((), 1)

    def test_where_no_site_is_known_the_only_entry_of_the_name_counts(self):
        nameless = CompanyRef(name="Acme Robotics Inc")
        one = {"name": "Acme Robotics", "url": "https://acme.example/"}

        assert self.read(answer(one), nameless).domain == "acme.example"
        assert self.read(answer(one, {"name": "Acme Robotics"}), nameless).observations == ()

    def test_texts_in_a_list_of_languages_are_read_too(self):
        entry = {"name": [{"@language": "en", "@value": "Acme Robotics"}], "url": "https://acme.example/"}

        assert self.read(answer(entry)).name == "Acme Robotics"
