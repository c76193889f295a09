"""Who may use which address: every route of the product, and the probes' way to build its URL.

A new route is added here first, in the knowledge of who may use it; test_permission_matrix.py fails until it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.urls import URLPattern, URLResolver, get_resolver


class Who(StrEnum):
    ANYBODY = "anybody"
    READ = "a key with the scope read, or a session"
    ENRICH = "a key with the scope enrich, or a session"
    PERSONAS = "a key with the scope personas, or a session"
    ADMIN = "a key with the scope admin, or a session, of a member of the staff with the right"
    OWNER = "a session, or a key with the scope admin of a member of the staff, about one's own account"
    PERSON = "whoever is logged in"
    STAFF = "staff"
    CRM = "a CRM that signs with the secret of a hook (tests/personas/hooks)"
    MONITOR = (
        "a program on this machine, or with the token of SALESINTEL_METRICS_TOKEN (tests/salesintel/test_metrics.py)"
    )


# The versioned API; the documents' addresses are the same views.
API = {
    "company/<path:domain>/lookup": ("GET", Who.READ),
    "company/<path:domain>/vendor-context": ("POST", Who.ENRICH),
    "customer/intelligence": ("POST", Who.ENRICH),
    "vendor/enrich": ("POST", Who.ENRICH),
    "analysis/async": ("POST", Who.ENRICH),
    "analysis/status/<uuid:request_id>": ("GET", Who.READ),
    "customers/search": ("POST", Who.READ),
    "runs": ("POST", Who.ENRICH),
    "runs/<uuid:request_id>": ("GET", Who.READ),
    "runs/<uuid:request_id>/trace": ("GET", Who.READ),
    "runs/<uuid:request_id>/events": ("GET", Who.READ),
    "runs/<uuid:request_id>/cancel": ("POST", Who.ENRICH),
    "runs/<uuid:request_id>/pause": ("POST", Who.ENRICH),
    "runs/<uuid:request_id>/resume": ("POST", Who.ENRICH),
    "runs/<uuid:request_id>/retry": ("POST", Who.ENRICH),
    "runs/<uuid:request_id>/rating": ("GET", Who.READ),
    "plans": ("POST", Who.READ),
    "watches": ("GET", Who.READ),
    "watches/<uuid:watch_id>": ("GET", Who.READ),
    "watches/<uuid:watch_id>/check": ("POST", Who.ENRICH),
    "watches/<uuid:watch_id>/changes": ("GET", Who.READ),
    "digest": ("GET", Who.READ),
    "bulk": ("GET", Who.READ),
    "bulk/<uuid:bulk_id>": ("GET", Who.READ),
    "bulk/<uuid:bulk_id>/lines/<int:line>": ("PATCH", Who.ENRICH),
    "bulk/<uuid:bulk_id>/results": ("GET", Who.READ),
    "bulk/<uuid:bulk_id>/start": ("POST", Who.ENRICH),
    "bulk/<uuid:bulk_id>/pause": ("POST", Who.ENRICH),
    "bulk/<uuid:bulk_id>/resume": ("POST", Who.ENRICH),
    "bulk/<uuid:bulk_id>/cancel": ("POST", Who.ENRICH),
    "bulk/<uuid:bulk_id>/retry": ("POST", Who.ENRICH),
    "chat/sessions": ("GET", Who.READ),
    "chat/sessions/<uuid:session_id>": ("GET", Who.READ),
    "chat/sessions/<uuid:session_id>/messages": ("GET", Who.READ),
    "chat/sessions/<uuid:session_id>/events": ("GET", Who.READ),
    "chat/sessions/<uuid:session_id>/stop": ("POST", Who.ENRICH),
    "chat/sessions/<uuid:session_id>/restore": ("POST", Who.ENRICH),
    "chat/messages/<uuid:message_id>/feedback": ("PUT", Who.ENRICH),
    "chat/question": ("POST", Who.ENRICH),
    "chat/sessions/<uuid:session_id>/export": ("GET", Who.READ),
    "intelligence/customer": ("POST", Who.ENRICH),
    "keys": ("GET", Who.OWNER),
    "keys/<int:key_id>": ("DELETE", Who.OWNER),
    "keys/<int:key_id>/rotate": ("POST", Who.OWNER),
    "usage": ("GET", Who.READ),
    "companies": ("GET", Who.READ),
    "companies/<int:company_id>": ("GET", Who.READ),
    "companies/<int:company_id>/facts": ("GET", Who.READ),
    "companies/<int:company_id>/corrections": ("GET", Who.READ),
    "companies/<int:company_id>/corrections/<slug:dataset>": ("DELETE", Who.ADMIN),
    "companies/<int:company_id>/merge": ("POST", Who.ADMIN),
    "companies/<int:company_id>/split": ("POST", Who.ADMIN),
    "companies/<int:company_id>/suggestions": ("GET", Who.READ),
    "companies/<int:company_id>/suggestions/<int:suggestion_id>": ("POST", Who.ADMIN),
    "usage/ratings": ("GET", Who.READ),
    "usage/trends": ("GET", Who.READ),
    "people": ("GET", Who.READ),
    "people/opt-outs": ("POST", Who.ADMIN),
    "people/<str:person_id>": ("GET", Who.READ),
    "people/<str:person_id>/export": ("GET", Who.ADMIN),
    "sources/scorecard": ("GET", Who.READ),
    "experiments": ("GET", Who.READ),
    "experiments/<slug:slug>": ("GET", Who.READ),
    "webhooks": ("GET", Who.READ),
    "webhooks/<uuid:webhook_id>": ("GET", Who.READ),
    "webhooks/<uuid:webhook_id>/rotate": ("POST", Who.ENRICH),
    "webhooks/<uuid:webhook_id>/test": ("POST", Who.ENRICH),
    "webhooks/<uuid:webhook_id>/deliveries": ("GET", Who.READ),
    "webhooks/deliveries/<uuid:delivery_id>/replay": ("POST", Who.ENRICH),
    "notices": ("GET", Who.READ),
    "notices/read-all": ("POST", Who.READ),
    "notices/<int:notice_id>/read": ("POST", Who.READ),
    "contacts": ("GET", Who.PERSONAS),
    "contacts/notices": ("GET", Who.PERSONAS),
    "contacts/take-in-again": ("POST", Who.PERSONAS),
    "contacts/<uuid:contact_id>": ("GET", Who.PERSONAS),
    "contacts/<uuid:contact_id>/interactions": ("GET", Who.PERSONAS),
    "contacts/<uuid:contact_id>/interactions/batch": ("POST", Who.PERSONAS),
    "contacts/<uuid:contact_id>/files": ("GET", Who.PERSONAS),
    "contacts/<uuid:contact_id>/export": ("GET", Who.PERSONAS),
    "contacts/<uuid:contact_id>/personas": ("GET", Who.PERSONAS),
    "personas/<uuid:persona_id>": ("GET", Who.PERSONAS),
    "personas/<uuid:persona_id>/changes": ("GET", Who.PERSONAS),
    "personas/<uuid:persona_id>/feedback": ("PUT", Who.PERSONAS),
    "personas/<uuid:persona_id>/export": ("GET", Who.PERSONAS),
    "contacts/<uuid:contact_id>/metrics": ("GET", Who.PERSONAS),
    "contacts/<uuid:contact_id>/similar": ("GET", Who.PERSONAS),
    "patterns": ("GET", Who.PERSONAS),
    "patterns/<uuid:pattern_id>/contacts": ("GET", Who.PERSONAS),
    "contacts/<uuid:contact_id>/predictions": ("GET", Who.PERSONAS),
    "predictors": ("GET", Who.PERSONAS),
    "personas/report": ("GET", Who.PERSONAS),
    "benchmarks": ("GET", Who.PERSONAS),
    "benchmarks/general": ("GET", Who.PERSONAS),
    "benchmarks/<uuid:benchmark_id>": ("PATCH", Who.PERSONAS),
    "interactions/<uuid:interaction_id>": ("GET", Who.PERSONAS),
    "files/<uuid:file_id>": ("DELETE", Who.PERSONAS),
    "deals": ("GET", Who.PERSONAS),
    "deals/<uuid:deal_id>": ("GET", Who.PERSONAS),
    "persona-batches": ("GET", Who.PERSONAS),
    "persona-batches/<uuid:batch_id>": ("GET", Who.PERSONAS),
    "persona-batches/<uuid:batch_id>/lines": ("GET", Who.PERSONAS),
    "persona-batches/<uuid:batch_id>/start": ("POST", Who.PERSONAS),
    "persona-batches/<uuid:batch_id>/pause": ("POST", Who.PERSONAS),
    "persona-batches/<uuid:batch_id>/resume": ("POST", Who.PERSONAS),
    "persona-batches/<uuid:batch_id>/cancel": ("POST", Who.PERSONAS),
    "imports": ("GET", Who.PERSONAS),
    "imports/<uuid:import_id>": ("GET", Who.PERSONAS),
    "imports/<uuid:import_id>/start": ("POST", Who.PERSONAS),
    "imports/<uuid:import_id>/cancel": ("POST", Who.PERSONAS),
    "imports/<uuid:import_id>/undo": ("POST", Who.PERSONAS),
    "imports/<uuid:import_id>/errors": ("GET", Who.PERSONAS),
    "imports/<uuid:import_id>/errors.csv": ("GET", Who.PERSONAS),
    "grants": ("GET", Who.PERSONAS),
    "crm-hooks": ("GET", Who.PERSONAS),
    "crm-hooks/<uuid:hook_id>": ("GET", Who.PERSONAS),
    "crm-hooks/<uuid:hook_id>/rotate": ("POST", Who.PERSONAS),
    "hooks/crm/<str:token>": ("POST", Who.CRM),
    "grants/<int:grant_id>": ("DELETE", Who.PERSONAS),
    "health": ("GET", Who.ANYBODY),
    "health/ready": ("GET", Who.ANYBODY),
}
# Further methods of the same addresses.
MORE = (
    ("chat/sessions", ("POST", Who.ENRICH)),
    ("chat/sessions/<uuid:session_id>", ("PATCH", Who.ENRICH)),
    ("chat/sessions/<uuid:session_id>", ("DELETE", Who.ENRICH)),
    ("chat/sessions/<uuid:session_id>/messages", ("POST", Who.ENRICH)),
    ("watches", ("POST", Who.ENRICH)),
    ("watches/<uuid:watch_id>", ("PATCH", Who.ENRICH)),
    ("watches/<uuid:watch_id>", ("DELETE", Who.ENRICH)),
    ("digest", ("PUT", Who.ENRICH)),
    ("bulk", ("POST", Who.ENRICH)),
    ("bulk/<uuid:bulk_id>/lines/<int:line>", ("DELETE", Who.ENRICH)),
    ("keys", ("POST", Who.OWNER)),
    ("people/<str:person_id>", ("DELETE", Who.ADMIN)),
    ("companies/<int:company_id>/corrections", ("POST", Who.ADMIN)),
    ("contacts", ("POST", Who.PERSONAS)),
    ("contacts/notices", ("POST", Who.PERSONAS)),
    ("contacts/<uuid:contact_id>", ("PATCH", Who.PERSONAS)),
    ("contacts/<uuid:contact_id>", ("DELETE", Who.PERSONAS)),
    ("contacts/<uuid:contact_id>/interactions", ("POST", Who.PERSONAS)),
    ("contacts/<uuid:contact_id>/files", ("POST", Who.PERSONAS)),
    ("contacts/<uuid:contact_id>/personas", ("POST", Who.PERSONAS)),
    ("interactions/<uuid:interaction_id>", ("PATCH", Who.PERSONAS)),
    ("interactions/<uuid:interaction_id>", ("DELETE", Who.PERSONAS)),
    ("deals", ("POST", Who.PERSONAS)),
    ("deals/<uuid:deal_id>", ("PATCH", Who.PERSONAS)),
    ("deals/<uuid:deal_id>", ("DELETE", Who.PERSONAS)),
    ("persona-batches", ("POST", Who.PERSONAS)),
    ("imports", ("POST", Who.PERSONAS)),
    ("imports/<uuid:import_id>", ("PATCH", Who.PERSONAS)),
    ("grants", ("POST", Who.PERSONAS)),
    ("benchmarks", ("POST", Who.PERSONAS)),
    ("benchmarks/<uuid:benchmark_id>", ("DELETE", Who.PERSONAS)),
    ("crm-hooks", ("POST", Who.PERSONAS)),
    ("crm-hooks/<uuid:hook_id>", ("PATCH", Who.PERSONAS)),
    ("crm-hooks/<uuid:hook_id>", ("DELETE", Who.PERSONAS)),
    ("runs/<uuid:request_id>/rating", ("PUT", Who.ENRICH)),
    ("runs/<uuid:request_id>/rating", ("DELETE", Who.ENRICH)),
    ("webhooks", ("POST", Who.ENRICH)),
    ("webhooks/<uuid:webhook_id>", ("PATCH", Who.ENRICH)),
    ("webhooks/<uuid:webhook_id>", ("DELETE", Who.ENRICH)),
)
DOCUMENTED = (
    "company/<path:domain>/lookup",
    "company/<path:domain>/vendor-context",
    "customer/intelligence",
    "vendor/enrich",
    "analysis/async",
    "analysis/status/<uuid:request_id>",
    "health",
    "health/ready",
)
PAGES = {
    "": ("GET", Who.PERSON),
    "companies/suggestions/": ("GET", Who.PERSON),
    "companies/<int:company_id>/": ("GET", Who.PERSON),
    "companies/<int:company_id>/merge/": ("GET", Who.PERSON),
    "companies/<int:company_id>/parts/<int:part_id>/": ("GET", Who.PERSON),
    "companies/<int:company_id>/facts/<slug:dataset>/": ("GET", Who.PERSON),
    "companies/<int:company_id>/suggestions/<int:suggestion_id>/": ("POST", Who.PERSON),
    "contacts/": ("GET", Who.PERSON),
    "contacts/new/": ("GET", Who.PERSON),
    "contacts/patterns/": ("GET", Who.PERSON),
    "contacts/report/": ("GET", Who.PERSON),
    "contacts/<uuid:contact_id>/": ("GET", Who.PERSON),
    "contacts/sharing/": ("GET", Who.PERSON),
    "contacts/sharing/<int:grant_id>/stop/": ("POST", Who.PERSON),
    "contacts/<uuid:contact_id>/edit/": ("GET", Who.PERSON),
    "contacts/<uuid:contact_id>/happened/": ("GET", Who.PERSON),
    "contacts/<uuid:contact_id>/deals/": ("GET", Who.PERSON),
    "contacts/<uuid:contact_id>/deals/<uuid:deal_id>/": ("GET", Who.PERSON),
    "contacts/<uuid:contact_id>/share/": ("GET", Who.PERSON),
    "contacts/<uuid:contact_id>/erase/": ("GET", Who.PERSON),
    "contacts/<uuid:contact_id>/generate/": ("POST", Who.PERSON),
    "personas/<uuid:persona_id>/rate/": ("POST", Who.PERSON),
    "watches/": ("GET", Who.PERSON),
    "watches/add/": ("POST", Who.PERSON),
    "watches/<uuid:watch_id>/next-chapter/": ("POST", Who.PERSON),
    "watches/digest/": ("POST", Who.PERSON),
    "watches/<uuid:watch_id>/": ("GET", Who.PERSON),
    "watches/<uuid:watch_id>/steer/": ("POST", Who.PERSON),
    "digest/stop/<str:token>/": ("GET", Who.ANYBODY),
    "bulk/": ("GET", Who.PERSON),
    "bulk/<uuid:bulk_id>/": ("GET", Who.PERSON),
    "bulk/<uuid:bulk_id>/live/": ("GET", Who.PERSON),
    "bulk/<uuid:bulk_id>/lines/<int:number>/": ("POST", Who.PERSON),
    "bulk/<uuid:bulk_id>/steer/": ("POST", Who.PERSON),
    "chat/": ("GET", Who.PERSON),
    "chat/new/": ("POST", Who.PERSON),
    "chat/<uuid:session_id>/": ("GET", Who.PERSON),
    "chat/<uuid:session_id>/live/": ("GET", Who.PERSON),
    "chat/<uuid:session_id>/say/": ("POST", Who.PERSON),
    "chat/<uuid:session_id>/stop/": ("POST", Who.PERSON),
    "chat/<uuid:session_id>/name/": ("POST", Who.PERSON),
    "chat/<uuid:session_id>/delete/": ("POST", Who.PERSON),
    "chat/<uuid:session_id>/restore/": ("POST", Who.PERSON),
    "chat/messages/<uuid:message_id>/judge/": ("POST", Who.PERSON),
    "contacts/personas/": ("GET", Who.PERSON),
    "contacts/personas/<uuid:batch_id>/": ("GET", Who.PERSON),
    "contacts/personas/<uuid:batch_id>/live/": ("GET", Who.PERSON),
    "contacts/personas/<uuid:batch_id>/steer/": ("POST", Who.PERSON),
    "contacts/import/": ("GET", Who.PERSON),
    "contacts/import/<uuid:import_id>/": ("GET", Who.PERSON),
    "contacts/import/<uuid:import_id>/live/": ("GET", Who.PERSON),
    "contacts/import/<uuid:import_id>/read/": ("POST", Who.PERSON),
    "contacts/import/<uuid:import_id>/steer/": ("POST", Who.PERSON),
    "plan/": ("GET", Who.PERSON),
    "costs/": ("GET", Who.PERSON),
    "trends/": ("GET", Who.PERSON),
    "quote/": ("GET", Who.PERSON),
    "requests/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/": ("GET", Who.PERSON),
    "requests/<uuid:request_id>/live/": ("GET", Who.PERSON),
    "requests/<uuid:request_id>/cancel/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/pause/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/resume/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/retry/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/again/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/quote/": ("GET", Who.PERSON),
    "requests/<uuid:request_id>/brief/": ("GET", Who.PERSON),
    "requests/<uuid:request_id>/rating/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/used/": ("POST", Who.PERSON),
    "requests/<uuid:request_id>/fill/<slug:dataset>/": ("GET", Who.PERSON),
    "requests/<uuid:request_id>/brief/renewal/": ("GET", Who.PERSON),
    "requests/<uuid:request_id>/brief.json": ("GET", Who.PERSON),
    "notices/": ("GET", Who.PERSON),
    "notices/bell/": ("GET", Who.PERSON),
    "notices/read/": ("POST", Who.PERSON),
    "notices/<int:notice_id>/read/": ("POST", Who.PERSON),
    "webhooks/": ("GET", Who.PERSON),
    "webhooks/<uuid:webhook_id>/": ("GET", Who.PERSON),
    "webhooks/<uuid:webhook_id>/switch/": ("POST", Who.PERSON),
    "webhooks/<uuid:webhook_id>/rotate/": ("POST", Who.PERSON),
    "webhooks/<uuid:webhook_id>/delete/": ("POST", Who.PERSON),
    "webhooks/<uuid:webhook_id>/test/": ("POST", Who.PERSON),
    "webhooks/deliveries/<uuid:delivery_id>/": ("GET", Who.PERSON),
    "webhooks/deliveries/<uuid:delivery_id>/replay/": ("POST", Who.PERSON),
    "account/": ("GET", Who.PERSON),
    "account/password/": ("GET", Who.PERSON),
    "account/keys/": ("GET", Who.PERSON),
    "account/keys/<int:key_id>/revoke/": ("GET", Who.PERSON),
    "account/keys/<int:key_id>/rotate/": ("GET", Who.PERSON),
    "login/": ("GET", Who.ANYBODY),
    "logout/": ("POST", Who.ANYBODY),
}
# The handshake of a socket is a GET of its address, and goes the way of all requests.
SOCKETS = {
    "ws/runs/<uuid:request_id>/": ("GET", Who.READ),
    "ws/chat/<uuid:session_id>/": ("GET", Who.READ),
}
# One address for agents; what a tool needs beyond reading it asks for itself (tests/mcp).
AGENTS = {"mcp": ("POST", Who.READ)}
MONITORS = {"metrics": ("GET", Who.MONITOR)}
DESCRIPTION = {"api/schema/": ("GET", Who.ANYBODY), "api/docs/": ("GET", Who.ANYBODY)}
ADMIN = {"admin/login/": ("GET", Who.ANYBODY), "admin/logout/": ("POST", Who.ANYBODY)}

MATRIX: dict[str, tuple[str, Who]] = {
    **{f"api/v1/{route}": rule for route, rule in API.items()},
    **{route: API[route] for route in DOCUMENTED},
    "api/customers/search": API["customers/search"],
    "api/chat/question": API["chat/question"],
    "api/intelligence/customer": API["intelligence/customer"],
    **PAGES,
    **SOCKETS,
    **AGENTS,
    **MONITORS,
    **DESCRIPTION,
    **ADMIN,
}


@dataclass(frozen=True, slots=True)
class Route:
    """An address of the product. `who` is None for a route that nobody has thought about."""

    route: str
    method: str
    who: Who | None

    def url(self, **values: object) -> str:
        """The address with its parameters filled in."""
        samples = {"domain": "acmecorp.com", "company_id": 1, "object_id": 1, "url": "x", "app_label": "enrichment"}

        def fill(found: re.Match[str]) -> str:
            return str((samples | values).get(found["name"], 1))

        plain = re.sub(
            r"<(?:\w+:)?(?P<name>\w+)>", fill, re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", self.route)
        )
        return "/" + plain.replace("^", "").replace("$", "").replace("\\Z", "")


def routes() -> Iterator[Route]:
    """Every route of the URL map. All of the admin is for staff unless the matrix says otherwise."""
    for route in _walk(get_resolver().url_patterns, ""):
        method, who = MATRIX.get(route, ("GET", Who.STAFF if route.startswith("admin/") else None))
        yield Route(route, method, who)
        for of, more in MORE:
            if route == f"api/v1/{of}":
                yield Route(route, *more)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route
