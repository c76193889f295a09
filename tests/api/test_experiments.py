import pytest
from rest_framework.test import APIClient

from enrichment.models import Experiment
from enrichment.workflow import experiments
from tests.api.test_usage import client
from tests.enrichment.workflow.trials import WITHOUT, ended, experiment

ADDRESS = "/api/v1/experiments"


@pytest.fixture
def over(rules: None) -> Experiment:
    made = experiment()
    experiments.start(made)
    Experiment.objects.update(planned=20)
    ended(made, "A", [0.08, 0.12] * 5)
    ended(made, "B", [0.04, 0.08] * 5)
    experiments.look(made.pk)
    return made


def test_who_may_see_experiments_reads_what_one_found(over: Experiment) -> None:
    auditor = client("auditor", "view_experiment")

    (listed,) = auditor.get(ADDRESS).json()["results"]
    told = auditor.get(f"{ADDRESS}/cheaper").json()

    assert listed["variants"][1] == {
        "label": "B",
        "isControl": False,
        "share": 50,
        "strategy": None,
        "changes": WITHOUT,
    }
    outcome = told.pop("outcome")
    assert told == listed
    assert (outcome["isFinal"], outcome["comparedBy"]) == (True, "quality")
    assert outcome["verdict"].startswith("B is cheaper by 0.04 USD a run")
    found = outcome["variants"][1]
    assert (found["runs"], found["companies"], found["companiesNeeded"]) == (10, 10, 10)
    assert found["estimates"]["cost"] == {"mean": 0.06, "low": 0.0449, "high": 0.0751}
    assert found["differences"]["cost"]["value"] == -0.04


def test_to_others_there_is_none(api_client: APIClient, over: Experiment) -> None:
    assert api_client.get(ADDRESS).json() == {"results": []}
    assert api_client.get(f"{ADDRESS}/cheaper").status_code == 404
