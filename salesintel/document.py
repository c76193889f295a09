"""The OpenAPI document, as it is served and as it is committed.

It is committed as docs/openapi.yaml, so that a change of the API is seen as one; beside it, as docs/openapi-fields.txt,
every name that a major version has ever promised. `manage.py openapi` writes both.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from salesintel.openapi import JSON, operations

COMMITTED = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
PROMISED = Path(settings.BASE_DIR) / "docs" / "openapi-fields.txt"


@cache
def document() -> dict[str, Any]:
    """The whole document, as plain JSON values."""
    described = import_string("salesintel.urls.described")  # which has this module's view
    made = SchemaGenerator(patterns=described).get_schema(request=None, public=True)
    found: dict[str, Any] = json.loads(json.dumps(made, default=_plain))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def as_yaml() -> str:
    """The document as it is committed."""
    return yaml.dump(document(), sort_keys=False, allow_unicode=True, width=120)


class Kept(BaseRenderer):
    """A renderer that writes the document once in a process: it takes a third of a second, and anybody may ask."""

    written: ClassVar[dict[type, str | bytes]] = {}

    def render(self, data: Any, *args: Any, **kwargs: Any) -> str | bytes:
        if data is not document():
            return super().render(data, *args, **kwargs)
        if type(self) not in self.written:
            self.written[type(self)] = super().render(data, *args, **kwargs)
        return self.written[type(self)]


class DocumentView(SpectacularAPIView):
    """The document, made once in a process."""

    authentication_classes = ()

    renderer_classes = [type(f"Kept{each.__name__}", (Kept, each), {}) for each in SpectacularAPIView.renderer_classes]

    def _get_schema_response(self, request: Request) -> Response:
        return Response(document(), headers={"Cache-Control": "no-cache"})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        from enrichment.api.caching import unless_unchanged

        return unless_unchanged(request, super().dispatch(request, *args, **kwargs))


# --- What was promised ------------------------------------------------------------------------------------------------


def fields() -> set[str]:
    """Everything by name that programs may rely on: `GET /api/v1/usage ?by`, `POST /api/v1/runs 202 requestId`."""
    found: set[str] = set()
    for method, path, operation in operations(document()):
        where = f"{method.upper()} {path}"
        found |= {f"{where} {status}" for status in operation["responses"]}
        found |= {f"{where} ?{each['name']}" for each in operation.get("parameters", [])}
        found |= {f"{where} body {name}" for name in _names_in(operation.get("requestBody", {}))}
        for status, response in operation["responses"].items():
            found |= {f"{where} {status} {name}" for name in _names_in(response)}
    return found


def promised() -> tuple[str, set[str]]:
    """The major version and its fields, as they were committed; ("", nothing) where nothing was."""
    version, *names = PROMISED.read_text().splitlines() if PROMISED.exists() else [""]
    return version, set(names)


def lost() -> set[str]:
    """Fields that this major version has promised and does not give any more."""
    version, names = promised()
    return names - fields() if version == _major() else set()


def promise() -> None:
    """Add today's fields to those that are promised; a new major version begins anew."""
    version, names = promised()
    kept = names if version == _major() else set()
    PROMISED.write_text("\n".join([_major(), *sorted(kept | fields())]) + "\n")


def _major() -> str:
    version: str = document()["info"]["version"]
    return f"version {version.partition('.')[0]}"


def _names_in(message: dict[str, Any]) -> Iterator[str]:
    for content_type, content in message.get("content", {}).items():
        if content_type == JSON:
            yield from _names(content.get("schema", {}), "", ())


def _names(schema: dict[str, Any], prefix: str, within: tuple[str, ...]) -> Iterator[str]:
    """Dotted names below `schema`; `[]` stands for the items of a list."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in within:
            yield from _names(document()["components"]["schemas"][name], prefix, (*within, name))
        return
    for word in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(word, ()):
            yield from _names(each, prefix, within)
    if "items" in schema:
        yield from _names(schema["items"], f"{prefix}[]", within)
    for name, each in schema.get("properties", {}).items():
        path = f"{prefix}.{name}".strip(".")
        yield path
        yield from _names(each, path, within)
