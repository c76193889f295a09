"""Every address that changes something leaves an entry: each is walked over, or it says why it leaves none."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from enrichment.automation.watches.digest import unsubscribe_url
from enrichment.models import UserNotice, WebhookEndpoint
from personas.models import Import
from salesintel.accounts.models import ApiKey, User
from salesintel.audit.models import Entry
from tests import factories
from tests.api.matrix import DOCUMENTED
from tests.enrichment.delivery.conftest import due, message

API = "api/v1/"
RUN, BULK, WATCH = f"{API}runs/<uuid:request_id>", f"{API}bulk/<uuid:bulk_id>", f"{API}watches/<uuid:watch_id>"
CONTACT = f"{API}contacts/<uuid:contact_id>"
COMPANY, HOOK = f"{API}companies/<int:company_id>", f"{API}webhooks/<uuid:webhook_id>"
# Another name of what leaves an entry: the same function does it.
SAME = {
    f"POST {API}company/<path:domain>/vendor-context": f"POST {API}runs",
    f"POST {API}vendor/enrich": f"POST {API}runs",
    f"POST {API}analysis/async": f"POST {API}runs",
    f"POST {COMPANY}/suggestions/<int:suggestion_id>": "watched; tests/api/test_suggestions.py",
    "POST mcp": "its tools are the API's; tests/mcp",
    "POST companies/<int:company_id>/merge/": f"POST {COMPANY}/merge",
    "POST companies/<int:company_id>/parts/<int:part_id>/": f"POST {COMPANY}/split",
    "POST companies/<int:company_id>/facts/<slug:dataset>/": f"POST {COMPANY}/corrections",
    "POST companies/<int:company_id>/suggestions/<int:suggestion_id>/": "watched; tests/api/test_suggestions.py",
    f"POST {API}hooks/crm/<str:token>": f"POST {API}contacts",
    "POST bulk/": f"POST {API}bulk",
    "POST bulk/<uuid:bulk_id>/steer/": f"POST {BULK}/start",
    "POST bulk/<uuid:bulk_id>/lines/<int:number>/": f"PATCH {BULK}/lines/<int:line>",
    "POST watches/add/": f"POST {API}watches",
    "POST watches/<uuid:watch_id>/steer/": f"POST {WATCH}/check",
    "POST requests/<uuid:request_id>/again/": "POST requests/",
    "POST requests/<uuid:request_id>/fill/<slug:dataset>/": "POST requests/",
    "POST webhooks/": f"POST {API}webhooks",
    "POST webhooks/<uuid:webhook_id>/": f"PATCH {HOOK}",
    "POST webhooks/<uuid:webhook_id>/switch/": f"PATCH {HOOK}",
    "POST webhooks/<uuid:webhook_id>/rotate/": f"POST {HOOK}/rotate",
    "POST webhooks/<uuid:webhook_id>/delete/": f"DELETE {HOOK}",
    "POST webhooks/<uuid:webhook_id>/test/": f"POST {HOOK}/test",
    "POST webhooks/deliveries/<uuid:delivery_id>/replay/": f"POST {API}webhooks/deliveries/<uuid:delivery_id>/replay",
    "POST account/keys/<int:key_id>/revoke/": f"DELETE {API}keys/<int:key_id>",
    "POST account/keys/<int:key_id>/rotate/": f"POST {API}keys/<int:key_id>/rotate",
    "POST contacts/<uuid:contact_id>/edit/": f"PATCH {CONTACT}",
    "POST contacts/<uuid:contact_id>/happened/": f"POST {CONTACT}/interactions",
    "POST contacts/<uuid:contact_id>/deals/": f"POST {API}deals",
    "POST contacts/<uuid:contact_id>/deals/<uuid:deal_id>/": f"PATCH {API}deals/<uuid:deal_id>",
    "POST contacts/<uuid:contact_id>/share/": f"POST {API}grants",
    "POST contacts/<uuid:contact_id>/erase/": f"DELETE {CONTACT}",
    "POST contacts/sharing/": f"POST {API}grants",
    "POST contacts/sharing/<int:grant_id>/stop/": f"DELETE {API}grants/<int:grant_id>",
    "POST contacts/import/": f"POST {API}imports",
    "POST contacts/personas/": f"POST {API}persona-batches",
    "POST contacts/personas/<uuid:batch_id>/steer/": f"POST {API}persona-batches/<uuid:batch_id>/start",
    "POST contacts/import/<uuid:import_id>/read/": f"PATCH {API}imports/<uuid:import_id>",
    "POST contacts/import/<uuid:import_id>/steer/": f"POST {API}imports/<uuid:import_id>/start",
    "PUT login/": "POST login/",
    "PUT account/password/": "POST account/password/",
}
OWN_RANGE = "what somebody takes to be usual, for themselves alone"
CHAT = "a person's own conversation, where it is kept itself; what it asks for is recorded as a request"
NONE = {
    "POST watches/<uuid:watch_id>/next-chapter/": "turns a page of the invented world; 404 where there is none",
    f"POST {API}chat/sessions": CHAT,
    f"PATCH {API}chat/sessions/<uuid:session_id>": CHAT,
    f"DELETE {API}chat/sessions/<uuid:session_id>": CHAT,
    f"POST {API}chat/sessions/<uuid:session_id>/messages": CHAT,
    f"POST {API}chat/sessions/<uuid:session_id>/stop": CHAT,
    f"POST {API}chat/sessions/<uuid:session_id>/restore": CHAT,
    f"PUT {API}chat/messages/<uuid:message_id>/feedback": CHAT,
    f"POST {API}chat/question": CHAT,
    "POST api/chat/question": CHAT,
    f"POST {API}intelligence/customer": CHAT,
    "POST api/intelligence/customer": CHAT,
    "POST chat/new/": CHAT,
    "POST chat/<uuid:session_id>/say/": CHAT,
    "POST chat/<uuid:session_id>/stop/": CHAT,
    "POST chat/<uuid:session_id>/name/": CHAT,
    "POST chat/<uuid:session_id>/delete/": CHAT,
    "POST chat/<uuid:session_id>/restore/": CHAT,
    "POST chat/messages/<uuid:message_id>/judge/": CHAT,
    f"POST {API}benchmarks": OWN_RANGE,
    f"PATCH {API}benchmarks/<uuid:benchmark_id>": OWN_RANGE,
    f"DELETE {API}benchmarks/<uuid:benchmark_id>": OWN_RANGE,
    f"POST {API}customers/search": "reads",
    f"POST {API}plans": "reads: what a plan would be, nothing is kept",
    f"POST {API}notices/read-all": "when somebody read what they were told is in the row",
    f"POST {API}notices/<int:notice_id>/read": "the same",
    "POST notices/read/": "the same",
    "POST notices/<int:notice_id>/read/": "the same",
    "POST requests/<uuid:request_id>/used/": "counts of nobody's use",
}
EXPORT = f"GET {API}people/<str:person_id>/export"
WORDS = {
    **{f"POST {RUN}/{word}": word for word in ("pause", "resume", "cancel", "retry")},
    EXPORT: "export person",
    f"POST {WATCH}/check": "check",
    f"PUT {API}digest": "subscribe",
    f"PATCH {BULK}/lines/<int:line>": "mend",
    f"DELETE {BULK}/lines/<int:line>": "leave out",
}


def changing(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[str]:
    """`METHOD route` of every address that takes more than reading; the documents' names are other names of the API's.

    The admin's pages save watched rows, and its actions say what they do (tests/admin).
    """
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith("admin/") or route in (*DOCUMENTED, "api/customers/search"):
            continue
        if isinstance(pattern, URLResolver):
            yield from changing(pattern.url_patterns, route)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
        yield from (f"{verb.upper()} {route}" for verb in ("post", "put", "patch", "delete") if hasattr(view, verb))


class Walk:
    """Somebody who may do everything, and what each of their steps left in the log."""

    def __init__(self, user: User) -> None:
        self.user, self.client = user, Client()
        self.client.force_login(user)
        self.left: dict[str, list[str]] = {}

    def step(self, name: str, body: dict[str, Any] | None = None, **ids: object) -> HttpResponse:
        """Ask for `METHOD route`, JSON for the API and a form for a page; nothing else may be refused."""
        method, route = name.split(" ")
        url = "/" + "".join(
            str(ids[part.split(":")[1].split(">")[0]]) + part.split(">")[1] if ":" in part else part
            for part in route.split("<")
        )
        before = Entry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        if "file" in (body or {}):
            answer = self.client.post(
                url, {**(body or {}), "file": SimpleUploadedFile("people.csv", (body or {})["file"])}
            )
        elif route.startswith(API):
            answer = self.client.generic(method, url, json.dumps(body or {}), content_type="application/json")
        else:
            answer = self.client.post(url, body or {})
        assert answer.status_code < 400, (name, answer.content.decode()[:500])
        self.left[name] = list(Entry.objects.filter(pk__gt=before).order_by("pk").values_list("action", flat=True))
        return answer

    def requests(self) -> None:
        brief = {"prospectCompany": "acmecorp.com", "vendorCompany": "okta.com", "userPersona": {"role": "AE"}}
        self.step(f"POST {API}customer/intelligence", brief)
        asked = self.step(f"POST {API}runs", {"company": "initech.com", "consumer": "profile"}).json()["requestId"]
        for word in ("pause", "resume", "cancel", "retry"):
            self.step(f"POST {RUN}/{word}", request_id=asked)
        for word in ("pause", "resume", "cancel", "retry"):
            self.step(f"POST requests/<uuid:request_id>/{word}/", request_id=asked)
        form = {"company": "acmecorp.com", "vendor": "okta.com", "role": "AE"}
        self.step("POST requests/", form)
        rated = factories.answered(self.user).pk
        self.step(f"PUT {RUN}/rating", {"stars": 4}, request_id=rated)
        self.step(f"DELETE {RUN}/rating", request_id=rated)
        self.step("POST requests/<uuid:request_id>/rating/", {"stars": "3"}, request_id=rated)

    def lists(self) -> None:
        named = [{"name": "Acme Corp"}, {"domain": "8.8.8.8"}, {"domain": "9.9.9.9"}]
        sent = {"consumer": "profile", "companies": named}
        bulk = self.step(f"POST {API}bulk", sent).json()["id"]
        self.step(f"PATCH {BULK}/lines/<int:line>", {"domain": "initech.com"}, bulk_id=bulk, line=2)
        self.step(f"DELETE {BULK}/lines/<int:line>", bulk_id=bulk, line=3)
        for word in ("start", "pause", "resume", "cancel", "retry"):
            self.step(f"POST {BULK}/{word}", bulk_id=bulk)

    def watches(self) -> None:
        watch = self.step(f"POST {API}watches", {"company": "acmecorp.com"}).json()["id"]
        self.step(f"POST {WATCH}/check", watch_id=watch)
        self.step(f"PATCH {WATCH}", {"paused": True}, watch_id=watch)
        self.step(f"DELETE {WATCH}", watch_id=watch)
        self.step(f"PUT {API}digest", {"every": "daily"})
        self.step("POST watches/digest/", {"every": "weekly"})
        token = unsubscribe_url(self.user).rstrip("/").rsplit("/", 1)[1]
        self.step("POST digest/stop/<str:token>/", token=token)

    def companies_and_people(self) -> None:
        acme, apex = factories.company("Zeta", "zeta.example"), factories.company("Eta", "eta.example")
        pin = {
            "dataset": "industry",
            "value": "Payments",
            "reason": "Asked them.",
            "evidenceUrl": "https://zeta.example",
        }
        self.step(f"POST {COMPANY}/corrections", pin, company_id=acme.pk)
        self.step(f"DELETE {COMPANY}/corrections/<slug:dataset>", company_id=acme.pk, dataset="industry")
        self.step(f"POST {COMPANY}/merge", {"into": acme.pk}, company_id=apex.pk)
        self.step(f"POST {COMPANY}/split", {"company": apex.pk}, company_id=acme.pk)
        answered = factories.entry(acme)
        for name in ("Jane Doe", "John Roe"):
            value = {"name": name, "email": f"{name.split()[0].lower()}@zeta.example"}
            factories.observation(acme, "key_contacts", value=value, entry=answered)
        people = self.client.get("/api/v1/people", {"company": "zeta.example"}).json()["results"]
        self.step(EXPORT, person_id=people[0]["id"])
        self.step(f"DELETE {API}people/<str:person_id>", person_id=people[0]["id"])
        self.step(f"POST {API}people/opt-outs", {"email": "somebody@else.example"})

    def webhooks(self) -> None:
        hook = self.step(f"POST {API}webhooks", {"url": "https://hooks.example.com/in"}).json()["id"]
        self.step(f"PATCH {HOOK}", {"description": "CRM"}, webhook_id=hook)
        self.step(f"POST {HOOK}/rotate", webhook_id=hook)
        self.step(f"POST {HOOK}/test", webhook_id=hook)
        delivery = due(WebhookEndpoint.objects.get(pk=hook), 7)
        delivery.state = delivery.State.FAILED
        delivery.save()
        self.step(f"POST {API}webhooks/deliveries/<uuid:delivery_id>/replay", delivery_id=delivery.pk)
        self.step(f"DELETE {HOOK}", webhook_id=hook)

    def contacts(self) -> None:
        User.objects.create_user("colleague")
        contact = self.step(f"POST {API}contacts", {"name": "Dana", "email": "dana@zeta.example"}).json()["id"]
        self.step(f"PATCH {CONTACT}", {"title": "CISO"}, contact_id=contact)
        call = {"type": "call", "occurredAt": "2026-03-02T12:00:00Z"}
        row = self.step(f"POST {CONTACT}/interactions", call, contact_id=contact).json()["id"]
        self.step(f"POST {CONTACT}/interactions/batch", {"interactions": [call, call]}, contact_id=contact)
        self.step(f"PATCH {API}interactions/<uuid:interaction_id>", {"subject": "Offer"}, interaction_id=row)
        self.step(f"DELETE {API}interactions/<uuid:interaction_id>", interaction_id=row)
        file = self.step(f"POST {CONTACT}/files", {"name": "offer.pdf"}, contact_id=contact).json()["id"]
        self.step(f"DELETE {API}files/<uuid:file_id>", file_id=file)
        deal = self.step(f"POST {API}deals", {"name": "Renewal"}).json()["id"]
        self.step(f"PATCH {API}deals/<uuid:deal_id>", {"stage": "offer"}, deal_id=deal)
        self.step(f"DELETE {API}deals/<uuid:deal_id>", deal_id=deal)
        grant = self.step(f"POST {API}grants", {"username": "colleague"}).json()["id"]
        self.step(f"DELETE {API}grants/<int:grant_id>", grant_id=grant)
        persona = self.step(f"POST {CONTACT}/personas", {"method": "basic"}, contact_id=contact).json()["id"]
        self.step(f"PUT {API}personas/<uuid:persona_id>/feedback", {"stars": 4}, persona_id=persona)
        self.step("POST contacts/<uuid:contact_id>/generate/", {"method": "basic"}, contact_id=contact)
        self.step("POST personas/<uuid:persona_id>/rate/", {"stars": "5"}, persona_id=persona)
        self.step("POST contacts/new/", {"name": "Ola Berg"})
        crm = self.step(f"POST {API}crm-hooks", {"system": "hubspot"}).json()["id"]
        self.step(f"POST {API}crm-hooks/<uuid:hook_id>/rotate", hook_id=crm)
        self.step(f"PATCH {API}crm-hooks/<uuid:hook_id>", {"enabled": False}, hook_id=crm)
        self.step(f"DELETE {API}crm-hooks/<uuid:hook_id>", hook_id=crm)
        self.step(f"POST {API}contacts/notices", {"contacts": [contact]})
        self.step(f"DELETE {CONTACT}", contact_id=contact)
        self.step(f"POST {API}contacts/take-in-again", {"email": "dana@zeta.example"})

    def batches(self) -> None:
        one = f"{API}persona-batches/<uuid:batch_id>"
        self.step(f"POST {API}contacts", {"name": "Dana Whitfield"})
        made = self.step(f"POST {API}persona-batches", {"method": "basic"}).json()["id"]
        for step in ("start", "pause", "resume", "cancel"):
            self.step(f"POST {one}/{step}", batch_id=made)

    def imports(self) -> None:
        sent = self.step(f"POST {API}imports", {"file": b"Name\nDana\n", "kind": "contacts"}).json()
        row = Import.objects.get(pk=sent["id"])
        one = f"{API}imports/<uuid:import_id>"
        self.step(f"PATCH {one}", {"timeZone": "UTC"}, import_id=row.pk)
        self.step(f"POST {one}/start", import_id=row.pk)
        self.step(f"POST {one}/cancel", import_id=row.pk)
        row.importchanges.create(what="contact", record=row.pk, row=2, is_new=True)
        self.step(f"POST {one}/undo", import_id=row.pk)

    def account(self) -> None:
        self.step(f"POST {API}keys", {"name": "CRM"})
        key = ApiKey.objects.latest("pk").pk
        self.step(f"POST {API}keys/<int:key_id>/rotate", key_id=key)
        self.step(f"DELETE {API}keys/<int:key_id>", key_id=key)
        self.step("POST account/keys/", {"name": "CRM", "scopes": ["read"]})
        self.step("POST account/", {"role": "SE", "time_zone": "UTC"})
        new = {"new_password1": "battery staple 9", "new_password2": "battery staple 9"}
        self.step("POST account/password/", {"old_password": "correct horse", **new})
        self.step("POST logout/")
        self.step("POST login/", {"username": self.user.username, "password": "battery staple 9"})

    def what_nobody_records(self) -> None:
        notice = UserNotice.objects.create(user=self.user, announcement=message(self.user, 3)).pk
        self.step(f"POST {API}customers/search", {"query": "Acme"})
        self.step(f"POST {API}plans", {"company": "acmecorp.com", "consumer": "profile"})
        self.step(f"POST {API}notices/<int:notice_id>/read", notice_id=notice)
        self.step(f"POST {API}notices/read-all")


@pytest.fixture
def walked(rules: None) -> dict[str, list[str]]:
    """By step: what it left in the log."""
    walk = Walk(User.objects.create_superuser("chief", "chief@example.com", "correct horse", role="AE"))
    walk.requests()
    walk.lists()
    walk.watches()
    walk.companies_and_people()
    walk.webhooks()
    walk.contacts()
    walk.imports()
    walk.batches()
    walk.what_nobody_records()
    walk.account()
    return walk.left


def test_every_address_that_changes_something_leaves_an_entry_or_says_why_not(walked: dict[str, list[str]]) -> None:
    known, targets = {*SAME, *NONE, *walked}, {same for same in SAME.values() if ";" not in same}

    assert set(changing()) - known == set()
    assert known - set(changing()) == {EXPORT}
    assert targets - walked.keys() == set()
    assert [step for step, left in walked.items() if not left and step not in NONE] == []
    assert {step: left[0] for step, left in walked.items() if step in WORDS} == WORDS


@pytest.mark.parametrize(
    ("command", "arguments", "action"),
    [
        ("prune", [], "prune"),
        ("rotate_keys", [], "rotate keys"),
        ("forget_source", ["serp_news"], "forget"),
        ("erase_person", ["--at", "zeta.example", "--export"], "export person"),
    ],
)
def test_a_command_that_changes_rows_that_nobody_watches_leaves_an_entry(
    rules: None, command: str, arguments: list[str], action: str
) -> None:
    factories.observation(factories.company("Zeta", "zeta.example"), "key_contacts", value={"name": "Jane Doe"})
    before = set(Entry.objects.values_list("pk", flat=True))

    call_command(command, *arguments, stdout=(told := StringIO()))

    entry = Entry.objects.exclude(pk__in=before).get(action=action)
    assert told.getvalue()
    assert entry.via == "command"
    assert "Jane" not in str(Entry.objects.filter(pk=entry.pk).values_list()[0])


def test_an_action_of_the_admin_on_rows_that_nobody_watches_leaves_an_entry(rules: None, admin_client: Client) -> None:
    kept = factories.entry(factories.company())

    admin_client.post("/admin/enrichment/cacheentry/", {"action": "expire", "_selected_action": [kept.pk]})

    entry = Entry.objects.get(action="expire")
    assert (entry.model, entry.object_id, entry.via) == ("enrichment.CacheEntry", str(kept.pk), "admin")
