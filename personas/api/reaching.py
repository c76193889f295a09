"""How a view reaches a row, and how what is refused is told: another's row is as one that there is not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request

from enrichment.api.base import caller_of
from personas.models import Contact, Deal, File, Interaction
from personas.records import AddressTaken, Gone, IdTaken, Refused, Suppressed
from salesintel.problems import Problem, invalid, problems

SCOPE = "personas"
READS = problems(401, 403, 404, 503)
CHANGES = problems(400, 401, 403, 404, 409, 413, 415, 503)
# Columns → the wire's names, where camel case is not all.
NAMES = {"company_name": "company", "parties": "contacts", "deal": "dealId", "file": "fileId", "contact": "contactId"}


def seen_contact(request: Request, contact_id: UUID) -> Contact:
    """A contact that the caller may see. Raises `Http404`."""
    rows = Contact.objects.visible_to(caller_of(request)).select_related("owner", "company")
    found: Contact = get_object_or_404(rows, pk=contact_id)
    return found


def own_contact(request: Request, contact_id: UUID) -> Contact:
    """A contact of the caller's own. Raises `Http404`, and `PermissionDenied` for one that is shared with them."""
    contact = seen_contact(request, contact_id)
    if contact.owner_id != caller_of(request).pk:
        raise PermissionDenied("Only the person whose contact it is may do this.")
    return contact


def seen(request: Request, rows: Any, pk: UUID) -> Any:
    """A row of the queryset's that the caller may see. Raises `Http404`."""
    return get_object_or_404(rows.visible_to(caller_of(request)), pk=pk)


def may_edit(request: Request, row: Contact | Deal | File | Interaction) -> None:
    """Raises `PermissionDenied` for what the caller may only see."""
    if not type(row).objects.editable_by(caller_of(request)).filter(pk=row.pk).exists():
        raise PermissionDenied("This is shared with you for reading; ask whose it is to let you change it.")


@contextmanager
def refusals(request: Request, *, owner: int) -> Iterator[None]:
    """Tells what cannot be taken in the API's words."""
    try:
        yield
    except AddressTaken as error:
        is_own = owner == caller_of(request).pk
        words = str(error) if is_own else "Another contact of theirs has this address."
        raise Problem(409, words, errors={"email": [words]}) from error
    except IdTaken as error:
        raise Problem(409, str(error), errors={wire(error.field): [str(error)]}) from error
    except Gone as error:
        raise Problem(404, str(error)) from error
    except Suppressed as error:
        raise Problem(409, str(error)) from error
    except Refused as error:
        raise invalid({wire(error.field): [str(error)]}) from error


def wire(column: str) -> str:
    """What the API calls a column."""
    first, *rest = NAMES.get(column, column).split("_")
    return first + "".join(map(str.capitalize, rest))


def renamed(given: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """What was sent, by column."""
    return {columns[name]: value for name, value in given.items() if name in columns}
