"""Pages as a logged-in rep sees them, over rows that were made for the test."""

import pytest
from django.test import Client

from salesintel.accounts.models import User
from tests import factories


@pytest.fixture
def rep(rules, user):
    """A sales rep of Okta's."""
    user.segment, user.region = "Mid-Market", "EMEA"
    user.save()
    return user


@pytest.fixture
def page(rep):
    """A browser without scripts in which the rep is logged in: `page("/")` gives the answer with its text."""
    return Browser(rep)


@pytest.fixture
def other(rep):
    """A colleague."""
    return User.objects.create_user("other", "other@example.com", "correct horse")


@pytest.fixture
def answered(rep):
    return factories.answered(rep)


@pytest.fixture
def warm(page, django_capture_on_commit_callbacks):
    """`page`; what a process remembers at a commit is remembered, as it is outside of a test's transaction."""

    def shown(address):
        with django_capture_on_commit_callbacks(execute=True):
            return page(address)

    return shown


class Browser:
    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)

    def __call__(self, address, **data):
        return self._with_text(self.client.get(address, data))

    def post(self, address, **data):
        return self._with_text(self.client.post(address, data))

    @staticmethod
    def _with_text(answer):
        answer.text_ = answer.content.decode() if not answer.streaming else ""
        return answer
