"""What a caller may do: the scope that a view asks for, which a key must hold and a logged-in person has."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # rest_framework.views imports this module, as the settings tell it to, before it has an APIView.
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Lets a caller in whose key holds the view's `required_scope`. A view without one lets nobody in.

    `scopes` of a view names methods that need another one.

    A login session holds every scope. `admin` also wants a member of the staff, whatever the key says.
    """

    message = "Your API key lacks the scope that this needs."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        scope = getattr(view, "scopes", {}).get(request.method, getattr(view, "required_scope", None))
        if scope is None or not request.user.is_authenticated:
            return False
        if scope == "admin" and not request.user.is_staff:
            return False
        return request.auth is None or scope in getattr(request.auth, "scopes", ())
