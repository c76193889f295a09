"""A rep who sells for Okta, with rules, intents, demo companies and sandbox."""

import pytest

from chat import conversation
from chat.models import ChatSession
from enrichment.sandbox.server import SandboxServer
from salesintel.accounts.models import User
from tests import seeding


@pytest.fixture
def house(transactional_db: None, sandbox: SandboxServer) -> SandboxServer:
    seeding.rules()
    seeding.demo_companies()
    return sandbox


@pytest.fixture
def rep(house: SandboxServer) -> User:
    return User.objects.create_user("rep", "rep@example.com", "correct horse", role="AE", vendor="okta.com")


@pytest.fixture
def session(rep: User) -> ChatSession:
    return conversation.open_session(rep)
