"""What trial M14 would find in a source that trusts its provider: that it can fail."""

import json
import random

from enrichment.sources.base import BadReply
from tests.enrichment.sources.contract import mutated, recorded


def test_a_source_that_trusts_its_provider_falls_over_spoilt_replies():
    reply, fallen = recorded("serp_news.json"), 0
    for seed in range(200):
        body = mutated(reply, random.Random(seed), 3)
        try:
            [item["title"].strip() for item in json.loads(body)["news_results"]]
        except BadReply:
            continue
        except Exception:  # noqa: BLE001 - whatever it is, nobody handles it
            fallen += 1

    assert fallen > 20
