"""What an input does not document changes nothing: each is offered every column of every table."""

import importlib
import pkgutil
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

import chat.api
import enrichment.api
import personas.api
from enrichment.api.base import Input
from salesintel.accounts.models import User

pytestmark = pytest.mark.once

for package in (enrichment.api, chat.api, personas.api):
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)


def all_below(base: type) -> set[type]:
    return {found for each in base.__subclasses__() for found in (each, *all_below(each))}


INPUTS = sorted(all_below(Input), key=lambda each: each.__name__)
COLUMNS = sorted({name for model in apps.get_models() for f in model._meta.fields for name in (f.name, f.attname)})


def test_there_are_inputs_and_columns_to_offer():
    assert len(INPUTS) > 20
    assert len(COLUMNS) > 200


@pytest.mark.parametrize("made", INPUTS, ids=lambda made: made.__name__)
def test_an_input_refuses_every_column_that_it_does_not_name(made: type[Input]):
    offered = [name for name in COLUMNS if name not in made().fields]

    untold = [name for start in range(0, len(offered), 20) for name in untold_of(made, offered[start : start + 20])]

    # An input may tell of the first alone, with the field that was likely meant: each of the others is offered alone.
    assert [name for name in untold if untold_of(made, [name])] == []


def untold_of(made: type[Input], names: list[str]) -> list[str]:
    """Those of the names, all offered at once, that are not refused by name."""
    with pytest.raises(ValidationError) as refused:
        made(data=dict.fromkeys(names, "x")).is_valid(raise_exception=True)
    return [name for name in names if "Unknown field" not in str(refused.value.detail.get(name))]


def test_no_serializer_writes_rows_by_itself():
    assert [each for each in all_below(serializers.ModelSerializer) if not each.__module__.startswith("rest_f")] == []


def test_whatever_reads_a_body_is_such_an_input():
    packages = ("enrichment", "salesintel", "chat", "personas")
    ours = [each for each in all_below(serializers.Serializer) if each.__module__.startswith(packages)]

    lenient = [each.__name__ for each in ours if each.__name__.endswith("In") and not issubclass(each, Input)]

    assert sorted(lenient) == ["CustomerIn", "SearchResultIn"]  # as searches give them; the rest is not read


def test_the_account_page_changes_what_it_shows_and_nothing_else(rules: None, user: User):
    shown = {"role", "segment", "region", "vendor", "time_zone"}
    before: dict[str, Any] = User.objects.values().get(pk=user.pk)
    client = Client()
    client.force_login(user)
    before["last_login"] = User.objects.get().last_login
    offered = {name: "1" for name in before if name not in shown}

    answer = client.post("/account/", {**offered, "role": "SE", "region": "APAC", "time_zone": "UTC"})

    after = User.objects.values().get(pk=user.pk)
    assert answer.status_code == 302
    assert {name for name in before if before[name] != after[name]} <= shown
    assert (after["role"], after["region"]) == ("SE", "APAC")
