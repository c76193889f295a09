"""How the OpenAPI document describes our ways of saying who one is; drf-spectacular finds these by itself."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "salesintel.accounts.authentication.ApiKeyAuthentication"
    name = ["apiKey", "apiKeyHeader"]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer si_…`."},
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key, in its own header."},
        ]


class LocalScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Nothing is sent for it, so there is nothing to describe."""

    target_class = "salesintel.accounts.authentication.LocalAuthentication"
    name: list[str] = []

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        return []
