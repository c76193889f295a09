from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from pytest_django import Settings

from enrichment import spending
from enrichment.models import Notice
from enrichment.models.clock import database_now
from enrichment.workflow import mailing
from enrichment.workflow.mailing import Mailer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_notices(settings: Settings) -> None:
    settings.ADMINS = [("ops", "ops@example.com")]
    for place in range(2):
        spending.tell(Notice.Kind.BUDGET, key=f"budget:{place}", text=f"Budget {place} is used up.", now=database_now())


def test_what_the_admins_were_not_told_goes_out_in_one_mail() -> None:
    assert Mailer().tick() == 2

    assert [message.to for message in mail.outbox] == [["ops@example.com"]]
    assert "Budget 0 is used up.\n" in mail.outbox[0].body


def test_the_same_is_not_mailed_twice() -> None:
    Mailer().tick()

    assert Mailer().tick() == 0
    assert len(mail.outbox) == 1


def test_where_no_admin_is_named_nothing_is_mailed(settings: Settings) -> None:
    settings.ADMINS = []

    assert Mailer().tick() == 0
    assert Notice.objects.filter(mailed=None).count() == 2


def test_a_mail_that_fails_is_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise SMTPServerDisconnected

    mailer = Mailer()
    with monkeypatch.context() as broken:
        broken.setattr(mailing, "mail_admins", fail)
        assert mailer.tick() == 0

    assert mailer.tick() == 0  # not at once
    assert Mailer().tick() == 2
