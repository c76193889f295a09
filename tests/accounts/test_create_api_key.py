"""`manage.py create_api_key`, run as a person runs it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from salesintel.accounts.models import ApiKey, digest
from tests.terminal import ended


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_key_alone_is_on_standard_output(user):
    out = printed("rep", "--name", "CRM")

    row = ApiKey.objects.get(user=user)
    assert digest(out.removesuffix("\n")) == row.digest
    assert (row.name, row.scopes, row.expires_at) == ("CRM", ["read", "enrich"], None)


def test_scopes_and_days_are_as_asked(user):
    printed("rep", "--name", "CRM", "--scope", "read", "--scope", "read", "--days", "30")

    row = ApiKey.objects.get()
    assert row.scopes == ["read"]
    assert abs(row.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


def test_the_scope_admin_is_for_a_member_of_the_staff(user):
    with pytest.raises(CommandError, match="rep is not a member of the staff, whom the scope admin wants"):
        printed("rep", "--name", "CRM", "--scope", "read", "--scope", "admin")
    assert not ApiKey.objects.exists()

    user.is_staff = True
    user.save()
    printed("rep", "--name", "CRM", "--scope", "admin")

    assert ApiKey.objects.get().scopes == ["admin"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["rep", "--name", "CRM"], 0, "It is not shown again"),
        (["nobody", "--name", "CRM"], 1, "There is no active user 'nobody'."),
        (["rep"], 2, "--name"),
        (["rep", "--name", " "], 2, "80 characters"),
        (["rep", "--name", "CRM", "--scope", "everything"], 2, "everything"),
        (["rep", "--name", "CRM", "--days", "0"], 2, "'0' is not a number of days"),
        (["rep", "--name", "CRM", "--days", "9" * 5000], 2, "is not a number of days"),
    ],
    ids=["done", "unknown user", "no name", "blank name", "unknown scope", "no days", "absurd days"],
)
def test_the_exit_code_and_one_clear_line_tell_how_it_went(user, capsys, arguments, code, told):
    run = ended(capsys, "create_api_key", *arguments)

    assert (run.code, bool(run.out)) == (code, code == 0)
    assert told in run.err
    assert "Traceback" not in run.err
