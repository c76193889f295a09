"""What a caller may do: the scope that a view asks for, which a key must hold and a logged-in person has."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from salesintel.accounts.models import ApiKey

if TYPE_CHECKING:
    # rest_framework.views imports this module, as the settings tell it to, before it has an APIView.
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Lets a caller in whose key holds the view's `required_scope`. A view without one lets nobody in.

    `scopes` of a view names methods that need another one.

    A login session holds every scope. `admin` also wants a member of the staff, whatever the key says. What is lacking
    is told in `message`.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        scope = scope_of(request, view)
        if scope is None or not request.user.is_authenticated:
            return False
        words = _lacking(scope, request)
        if words:
            self.message = words  # an instance is of one request
        return not words


def scope_of(request: Request, view: "APIView") -> str | None:
    """The scope that the view asks for with this request's method."""
    return getattr(view, "scopes", {}).get(request.method, getattr(view, "required_scope", None))


def _lacking(scope: str, request: Request) -> str:
    """What the caller would need to be let in, "" where nothing is lacking."""
    is_held = request.auth is None or scope in getattr(request.auth, "scopes", ())
    is_staff = scope != "admin" or request.user.is_staff
    if is_held and is_staff:
        return ""
    if is_held and request.auth is None:
        return "Only a member of the staff may do this."
    if is_held:
        return f"Your API key holds the scope “{scope}”, but whom it acts for is not a member of the staff."
    words = (
        f"Your API key lacks the scope “{scope}”"
        if isinstance(request.auth, ApiKey)
        else f"Without an API key you lack the scope “{scope}”"
    )
    return words + ("; make one that has it on Account." if is_staff else ", which wants a member of the staff, too.")
