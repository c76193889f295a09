"""Editing rules: history, revert, what other processes are told, what is refused."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from enrichment.models import AnalysisEngine, Dataset, DatasetSource, Provider, RulesVersion, SalesRole, Source

pytestmark = pytest.mark.once

SECRET = "sk-very-secret-0001"


class Fields(HTMLParser):
    """What a browser would send if a form were sent as it was shown."""

    def __init__(self, page):
        super().__init__()
        self.data, self.select, self.area = {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name")
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            if kind not in ("submit", "button", "image"):
                self.data.setdefault(name, []).append(given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select" and name:
            self.select = name
            self.data.setdefault(name, [])
        elif tag == "option" and self.select and "selected" in given:
            self.data[self.select].append(given.get("value", ""))
        elif tag == "textarea" and name:
            self.area = name
            self.data[name] = [""]

    def handle_data(self, text):
        if self.area:
            self.data[self.area][0] += text

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        if tag == "textarea":
            self.data[self.area] = [self.data[self.area][0].removeprefix("\n")]
            self.area = None


def change_address(row):
    return reverse(f"admin:enrichment_{row._meta.model_name}_change", args=[row.pk])


def send(client, row, **changed):
    """Open the row's form, change some fields, send it as a browser would."""
    data = Fields(client.get(change_address(row)).content.decode()).data
    data = {name: values for name, values in data.items() if not name.startswith("_")}
    data |= {name: value if isinstance(value, list) else [value] for name, value in changed.items()}
    return client.post(change_address(row), {name: values for name, values in data.items() if values != [None]})


def version():
    return RulesVersion.now()[1]


@pytest.fixture
def provider(rules):
    return Provider.objects.get(slug="serpapi")


@pytest.fixture
def source(rules):
    return Source.objects.get(slug="serp_news")


def test_a_changed_rule_is_kept_with_who_changed_it(admin_client, source):
    answer = send(admin_client, source, cost="0.03")

    past = source.history.first()
    assert answer.status_code == 302
    assert f"{past.cost:f}" == "0.03"
    assert past.history_user.username == "admin"


def test_an_unchanged_form_changes_nothing(admin_client, source):
    before = Source.objects.filter(pk=source.pk).values().get()

    answer = send(admin_client, source)

    assert answer.status_code == 302
    assert Source.objects.filter(pk=source.pk).values().get() == before


def test_the_list_of_sources_says_which_of_them_rest_on_a_guess(admin_client, rules):
    page = admin_client.get(reverse("admin:enrichment_source_changelist") + "?q=firmographics").content.decode()

    assert "Unconfirmed: no product of this name is documented." in page


def test_a_rule_is_reverted_to_an_earlier_version(admin_client, source):
    first = source.history.first() or source.history.create()
    send(admin_client, source, cost="0.03")
    past = reverse("admin:enrichment_source_simple_history", args=[source.pk, first.pk])
    data = Fields(admin_client.get(past).content.decode()).data

    answer = admin_client.post(past, {name: v for name, v in data.items() if not name.startswith("_")})

    source.refresh_from_db()
    assert answer.status_code == 302
    assert f"{source.cost:f}" == "0.02"


def test_reverting_brings_back_the_many_to_many_of_then_and_says_that_rules_changed(admin_client, source):
    domain = Dataset.objects.get(slug="company_domain")
    send(admin_client, source, needs=[str(domain.pk)])
    then = source.history.first()
    send(admin_client, source, needs=[])
    assert list(source.needs.all()) == []
    past = reverse("admin:enrichment_source_simple_history", args=[source.pk, then.pk])
    data = Fields(admin_client.get(past).content.decode()).data
    before = version()

    admin_client.post(past, {name: v for name, v in data.items() if not name.startswith("_")})

    assert list(source.needs.all()) == [domain]
    assert version() > before


def test_a_change_of_a_many_to_many_alone_says_that_rules_changed_after_it_is_stored(admin_client, rules):
    role = SalesRole.objects.get(slug="AE")
    dataset = Dataset.objects.get(slug="products")
    saved_row_only = version() + 1

    send(admin_client, role, extra_datasets=[str(dataset.pk)])

    assert list(role.extra_datasets.all()) == [dataset]
    assert version() > saved_row_only


def test_priority_and_reliability_are_edited_in_the_list(admin_client, rules):
    cell = DatasetSource.objects.get(dataset__slug="tech_stack", source__slug="company_website")
    address = reverse("admin:enrichment_datasetsource_changelist") + "?dataset__id__exact=" + str(cell.dataset_id)
    data = Fields(admin_client.get(address).content.decode()).data
    place = next(name.split("-")[1] for name, value in data.items() if name.endswith("-id") and value == [str(cell.pk)])
    before = version()

    admin_client.post(address, data | {f"form-{place}-priority": "9", f"form-{place}-reliability": "0.5", "_save": "1"})

    cell.refresh_from_db()
    assert (cell.priority, cell.reliability) == (9, 0.5)
    assert cell.history.first().history_user.username == "admin"
    assert version() > before


def test_a_share_above_one_is_refused_in_words(admin_client, rules):
    dataset = Dataset.objects.get(slug="industry")

    page = send(admin_client, dataset, quality_threshold="1.2").content.decode()

    assert "less than or equal to 1.0" in page


# --- Credentials ------------------------------------------------------------------------------------------------------


def test_credentials_are_stored_and_never_shown(admin_client, provider):
    send(admin_client, provider, new_credentials='{"api_key": "' + SECRET + '"}')

    provider.refresh_from_db()
    pages = [
        admin_client.get(change_address(provider)),
        admin_client.get(reverse("admin:enrichment_provider_history", args=[provider.pk])),
        admin_client.get(reverse("admin:enrichment_provider_changelist")),
    ]
    assert provider.credentials == {"api_key": SECRET}
    assert all(SECRET not in page.content.decode() for page in pages)


def test_blank_credentials_keep_what_is_stored(admin_client, provider):
    Provider.objects.filter(pk=provider.pk).update(credentials={"api_key": SECRET})

    send(admin_client, provider, concurrency="3")

    provider.refresh_from_db()
    assert (provider.credentials, provider.concurrency) == ({"api_key": SECRET}, 3)


def test_stored_credentials_can_be_forgotten(admin_client, provider):
    Provider.objects.filter(pk=provider.pk).update(credentials={"api_key": SECRET})

    send(admin_client, provider, forget_credentials="on")

    provider.refresh_from_db()
    assert provider.credentials == {}


@pytest.mark.parametrize(
    "given", ['{"api_key": ', '["' + SECRET + '"]', '{"other": "' + SECRET + '"}', '{"api_key": 7}']
)
def test_credentials_that_cannot_work_are_refused_and_not_repeated(given, admin_client, provider):
    page = send(admin_client, provider, new_credentials=given)

    provider.refresh_from_db()
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
    assert provider.credentials == {}


def test_reverting_a_provider_keeps_its_credentials(admin_client, provider):
    first = provider.history.first()
    Provider.objects.filter(pk=provider.pk).update(credentials={"api_key": SECRET})
    past = reverse("admin:enrichment_provider_simple_history", args=[provider.pk, first.pk])
    data = Fields(admin_client.get(past).content.decode()).data

    admin_client.post(past, {name: v for name, v in data.items() if not name.startswith("_")})

    provider.refresh_from_db()
    assert provider.credentials == {"api_key": SECRET}


def test_a_provider_switched_off_in_its_form_is_off(admin_client, provider):
    send(admin_client, provider, enabled=None)

    provider.refresh_from_db()
    assert provider.enabled is False


def test_the_builtin_engine_is_not_deleted(admin_client, rules):
    engine = AnalysisEngine.objects.get(kind="builtin")

    answer = admin_client.post(reverse("admin:enrichment_analysisengine_delete", args=[engine.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert AnalysisEngine.objects.filter(pk=engine.pk).exists()


def test_who_switches_the_builtin_engine_off_is_told_what_that_means(admin_client, rules):
    engine = AnalysisEngine.objects.get(kind="builtin")

    send(admin_client, engine, enabled=None)

    page = admin_client.get(change_address(engine)).content.decode()
    assert "a run whose models all fail ends without a report" in page


def test_a_provider_that_is_closed_to_new_customers_says_so_and_is_off(rules, admin_client):
    source = Source.objects.get(slug="clearbit_company")

    provider = admin_client.get(change_address(source.provider)).content.decode()
    listing = admin_client.get(reverse("admin:enrichment_source_changelist") + "?q=clearbit").content.decode()

    assert source.enabled is False
    assert "Closed to new customers since it was sold: legacy keys only" in provider
    assert "Closed to new customers: legacy keys only" in listing
