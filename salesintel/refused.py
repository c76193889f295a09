"""What the framework refuses before a view has seen it, in our words: they name what was sent and the way out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rest_framework import exceptions

LONGEST = 60  # characters of what was sent that are repeated
MOST_TOLD = 5  # faults that one sentence tells; `errors` has all

NO_KEY = "Send an API key in the header “Authorization: Bearer <key>” or “X-API-Key: <key>”; Account has them."
NOT_YOURS = "There is nothing here, or it is not yours: look at the id, and whose key you sent."
NO_ADDRESS = "There is no such address; /api/docs/ lists all of them."
NOT_ALLOWED = "You lack the right to do this; an admin grants it."
NO_CSRF = (
    "A login session writes with its CSRF token alone: send the cookie “csrftoken” in the header “X-CSRFToken”,"
    " or an API key instead of the session."
)


def words_of(exc: exceptions.APIException, context: Mapping[str, Any]) -> str:
    """The sentence for `exc`. `context` has the `view` and the `request`, where they are known."""
    view, request = context.get("view"), context.get("request")
    match exc:
        case exceptions.NotAuthenticated():
            return NO_KEY
        case exceptions.NotFound():
            return NOT_YOURS
        case exceptions.PermissionDenied() if str(exc.detail).startswith("CSRF Failed"):
            return NO_CSRF
        case exceptions.PermissionDenied() if exc.detail == exceptions.PermissionDenied.default_detail:
            return NOT_ALLOWED
        case exceptions.MethodNotAllowed() if view and request:
            methods = [name for name in view.allowed_methods if name != "OPTIONS"]
            return f"{_short(request.method)} is not taken at this address; send {_listed(methods)}."
        case exceptions.NotAcceptable() if view:
            return _not_acceptable(view, request)
        case exceptions.UnsupportedMediaType() if view and request:
            types = _listed([parser.media_type for parser in view.parser_classes])
            came = (
                f"“{_short(request.content_type)}” is not read here"
                if request.content_type
                else "Nothing says what came"
            )
            return f"{came}; send {types}, and say so in the header “Content-Type”."
    return str(exc.detail) if isinstance(exc.detail, str) else ""


def _not_acceptable(view: Any, request: Any) -> str:
    asked = request.GET.get("format") if request else None
    if asked:
        forms = _listed(dict.fromkeys(form.format for form in view.renderer_classes))
        return f"“format={_short(asked)}” is not to be had here; say {forms}, or leave it out."
    types = _listed(dict.fromkeys(form.media_type for form in view.renderer_classes))
    return f"The answer is to be had as {types}; name that in the header “Accept”, or leave the header out."


def sentence_of(errors: Mapping[str, Sequence[str]], whole: str) -> str:
    """What is wrong, each with its field, the first `MOST_TOLD` of it; `whole` stands for no field."""
    told = [text if field == whole else f"{_short(field)}: {text}" for field, texts in errors.items() for text in texts]
    more = len(told) - MOST_TOLD
    count = [f"{len(told)} things are not valid."] if len(told) > 1 else []
    rest = [f"And {more} more, in errors."] if more > 0 else []
    return " ".join([*count, *told[:MOST_TOLD], *rest])


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _short(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode()
    return f"{plain[:LONGEST]}…" if len(plain) > LONGEST else plain
