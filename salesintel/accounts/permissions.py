"""What a caller may do: the scope that a view asks for, which a key must hold and a logged-in person has."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from salesintel.accounts.models import ApiKey


class HasScope(BasePermission):
    """Lets a caller in whose key holds the view's `required_scope`. A view without one lets nobody in."""

    message = "Your API key lacks the scope that this needs."

    def has_permission(self, request: Request, view: APIView) -> bool:
        scope = getattr(view, "required_scope", None)
        if scope is None or not request.user.is_authenticated:
            return False
        return not isinstance(request.auth, ApiKey) or scope in request.auth.scopes
