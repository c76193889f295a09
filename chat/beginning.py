"""A conversation that is begun from a page: once, however often its form is sent, and none beside an empty one."""

import hashlib

from django.db import transaction

from chat.conversation import open_session, talk_of
from chat.models import ChatSession
from salesintel.accounts.models import User


def nonce_of(form: str, *said: str) -> str | None:
    """The name under which what was said is begun once: of the form's own number with that; None without a number."""
    return hashlib.sha256("\0".join((form, *said)).encode()).hexdigest() if form else None


@transaction.atomic
def begin(user: User, *, company: str = "", nonce: str | None = None) -> ChatSession:
    """The conversation that was begun under this nonce; else an empty one of the same company or none; else a new one.

    Raises `AmbiguousCompany` and `NotACompany`, and leaves nothing behind then.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # of two clicks the second waits, and finds it begun
    own = ChatSession.objects.visible_to(user).select_related("company", "user")
    begun = own.filter(nonce=nonce).first() if nonce else None
    if begun is not None:
        return begun
    new = open_session(user)
    talk_of(new, company)
    new.refresh_from_db(fields=["title"])
    empty = _alike(new)
    if empty is not None:
        new.delete()
        new = empty
    ChatSession.objects.filter(pk=new.pk).update(nonce=nonce)
    return new


def _alike(new: ChatSession) -> ChatSession | None:
    """An older one in the same terms in which nothing was said and nothing named."""
    rows = ChatSession.objects.visible_to(new.user).exclude(pk=new.pk).filter(last_seq=0, research=None)
    found = rows.filter(company=new.company, vendor=new.vendor, title=new.title).first()
    return found if found is not None and found.seller == new.seller else None
