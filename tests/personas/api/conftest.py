"""A rep's program with a key, and a stranger's."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from salesintel.accounts.models import ApiKey, User

Call = Callable[..., Any]


def caller(user: User, *scopes: str) -> Call:
    """Sends a request as that user's program; `data` as JSON, other words as the query."""
    _, key = ApiKey.issue(user=user, name="tests", scopes=[*(scopes or ("personas",))])
    client = Client(headers={"Authorization": f"Bearer {key}"})

    def call(method: str, path: str, data: Any = None, /, *, headers: Any = None, **query: Any) -> Any:
        return client.generic(
            method,
            f"/api/v1/{path}",
            b"" if data is None else json.dumps(data),
            content_type="application/json",
            query_params=query,
            headers=headers,
        )

    return call


@pytest.fixture
def mine(rep: User, rules: None) -> Call:
    return caller(rep)


@pytest.fixture
def theirs(stranger: User, rules: None) -> Call:
    return caller(stranger)
