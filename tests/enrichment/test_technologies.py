"""Technologies by name, in pages and in job texts."""

import string
import time
import tomllib
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.technologies import CHAT_GROUPS, GROUPS, Page, by_name, in_page, in_text, known
from enrichment.technologies.model import Technology
from enrichment.technologies.rules import CATEGORIES, FOLDER, rules, rules_from

pytestmark = pytest.mark.once

FILES = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.toml")}


def names(found: Iterable[Technology]) -> list[str]:
    return [technology.name for technology in found]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("node js", "Node.js"),
        ("POSTGRES", "PostgreSQL"),
        ("Amazon Web Services", "AWS"),
        ("Azure Active Directory", "Azure AD"),
        ("c++", "C++"),
        ("C#", "C#"),
    ],
)
def test_names_and_aliases_are_known_in_any_spelling(said: str, name: str):
    found = by_name(said)

    assert found is not None
    assert found.name == name


def test_what_is_not_known_is_none():
    assert by_name("Homegrown Thing") is None
    assert by_name("") is None


def test_a_job_text_names_technologies():
    text = "Node.js and Python with PostgreSQL on AWS/GCP, Kubernetes-native, C++, C# and .NET; Azure AD."

    assert names(in_text(text)) == [
        *("Node.js", "Python", "PostgreSQL", "AWS", "Google Cloud", "Kubernetes", "C++", "C#", ".NET", "Azure AD"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Go to market with us, express yourself, outreach to the segment that we box.",
        "You react fast, notion of quality, heap of work, lever and drift.",
        "See https://www.okta.com/careers or write to jobs@slack.com.",
        "JavaScripts, Pythonic, AWSome, Javanese",
        "",
    ],
)
def test_ordinary_words_are_no_technologies(text: str):
    assert in_text(text) == ()


def test_the_longest_name_is_read():
    assert names(in_text("Azure AD, SAP S/4HANA, Ruby on Rails, Java, JavaScript")) == [
        *("Azure AD", "SAP S/4HANA", "Ruby on Rails", "Java", "JavaScript"),
    ]


def test_a_page_gives_its_technologies_away():
    page = Page(
        html='<div id="__NEXT_DATA__"></div><script id="__NEXT_DATA__" type="application/json"></script>',
        scripts=("https://cdn.segment.com/analytics.js", "/wp-content/themes/x.css"),
        metas={"generator": "WordPress 6.6"},
        headers={"server": "nginx", "cf-ray": "8c0f", "set-cookie": "laravel_session=1; Path=/, JSESSIONID=2; Path=/"},
    )

    assert set(names(in_page(page))) == {
        *("Next.js", "React", "Segment", "WordPress", "PHP", "nginx", "Cloudflare", "Laravel", "Java"),
    }


def test_a_bare_page_gives_nothing_away():
    assert in_page(Page(html="<p>We love Salesforce and React.</p>")) == ()


# --- The rules --------------------------------------------------------------------------------------------------------


def with_row(name: str, **entry: Any) -> dict[str, Any]:
    """The files with one more database."""
    return FILES | {"backend": FILES["backend"] | {"Database": FILES["backend"]["Database"] | {name: entry}}}


def test_the_rules_cover_what_companies_commonly_buy():
    assert len(known()) >= 400


def test_both_groupings_are_total():
    assert {technology.group for technology in known()} == GROUPS
    assert {technology.chat_group for technology in known()} == CHAT_GROUPS


@pytest.mark.parametrize(
    ("name", "group", "chat_group"),
    [
        ("AWS", "infrastructure", "cloud"),
        ("Fastly", "infrastructure", "cdn"),
        ("Mixpanel", "analytics", "analytics"),
        ("TypeScript", "frontend", "languages"),
        ("Django", "backend", "frameworks"),
        ("MongoDB", "backend", "databases"),
        ("Salesforce", "collaboration", "crm"),
        ("Marketo", "analytics", "marketing"),
        ("Slack", "collaboration", "communication"),
        ("Okta", "security", "other"),
        ("SAP", "collaboration", "other"),
    ],
)
def test_a_technology_is_in_a_group_of_either_grouping(name: str, group: str, chat_group: str):
    found = by_name(name)

    assert found is not None
    assert (found.group, found.chat_group) == (group, chat_group)


def test_what_is_implied_is_implied_at_any_depth():
    found = by_name("WooCommerce")

    assert found is not None
    assert found.implies == ("WordPress", "PHP")
    assert all(by_name(name) for technology in known() for name in technology.implies)


def test_an_implied_name_that_is_none_is_refused():
    with pytest.raises(ValueError, match="'Tabula' implies 'Nulla'"):
        rules_from(with_row("Tabula", implies=["Nulla"]))


def test_technologies_that_imply_each_other_are_read_to_an_end():
    found = rules_from(with_row("Tabula", implies=["Tabula"])).by_name["tabula"]

    assert found.implies == ()


def test_two_technologies_of_one_name_are_refused():
    with pytest.raises(ValueError, match="Postgres"):
        rules_from(with_row("Postgres"))


def test_a_kind_of_no_known_group_is_refused():
    kinds = FILES[CATEGORIES] | {"Database": {"group": "backend", "chat": "cellar"}}

    with pytest.raises(ValueError, match="Database"):
        rules_from(FILES | {CATEGORIES: kinds})


# --- Every technology shows -------------------------------------------------------------------------------------------


def test_every_spelling_is_read_in_a_list():
    spellings = [spelling for each in rules().words.values() for spelling in each]

    unread = [s.text for s in spellings if s.technology not in in_text(f"You know Kubernetes, {s.text}, and more.")]

    assert unread == []


def test_every_fragment_of_an_address_or_of_markup_shows_its_technology():
    shown = [
        *((Page(scripts=(f"https://host.example/{part}?v=1",)), technology) for part, technology in rules().scripts),
        *((Page(html=f"<html><body>{part}</body></html>"), technology) for part, technology in rules().html),
    ]

    assert [technology.name for page, technology in shown if technology not in in_page(page)] == []


def test_every_header_cookie_and_meta_shows_its_technology():
    shown = [
        *((Page(headers={name: f"Any {part} 1"}), technology) for name, part, technology in rules().headers),
        *((Page(headers={"set-cookie": f"{name}=1; Path=/"}), technology) for name, technology in rules().cookies),
        *((Page(metas={name: f"{part.title()} 6"}), technology) for name, part, technology in rules().metas),
    ]

    assert [technology.name for page, technology in shown if technology not in in_page(page)] == []


def test_every_technology_can_be_seen_somewhere():
    seen = {spelling.technology for each in rules().words.values() for spelling in each}
    patterns = (*rules().scripts, *rules().html, *rules().headers, *rules().cookies, *rules().metas)
    seen |= {technology for *_, technology in patterns}

    assert [technology.name for technology in known() if technology not in seen] == []


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (Page(scripts=("https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=AbC1",)), "Klaviyo"),
        (Page(scripts=("https://cdn.mouseflow.com/projects/0f.js",)), "Mouseflow"),
        (Page(scripts=("https://www.gstatic.com/firebasejs/10.1.0/firebase-app.js",)), "Firebase"),
        (Page(scripts=("https://bat.bing.com/bat.js",)), "Microsoft Advertising"),
        (Page(headers={"x-iinfo": "9-123-0 0NNN RT(1)"}), "Imperva"),
        (Page(headers={"set-cookie": "BIGipServerpool_www=1.2.0.0; path=/"}), "F5 BIG-IP"),
        (Page(headers={"server": "openresty/1.25.3.1"}), "nginx"),
        (Page(metas={"generator": "PrestaShop"}), "PHP"),
        (Page(html='<a href="https://apply.workable.com/initech">Jobs</a>'), "Workable"),
    ],
)
def test_a_page_as_it_is_found_on_the_web_shows_its_technology(page: Page, name: str):
    assert name in names(in_page(page))


def test_an_address_does_not_show_what_another_vendor_is_called():
    assert "Salesforce Platform" not in names(in_page(Page(scripts=("https://www.salesforce.com/embed.js",))))


# --- Ordinary words ---------------------------------------------------------------------------------------------------

ORDINARY = (
    "Go", "Segment", "Monday", "Notion", "Drift", "Outreach", "React", "Express", "Lever", "Heap", "Rust", "Ruby",
    "Swift", "Spring", "Box", "Zoom", "Intercom", "Confluence", "Airflow", "Sentry", "Prometheus", "Stripe",
    "Close", "Linear", "Front", "Make", "Join", "Remote", "Split", "Square", "Ramp", "Sage", "Copper", "Epic", "Render",
    "Workday", "Puppet", "Chef", "Vault", "Helm", "Amplitude", "Braze", "Gusto", "Access", "Teams", "Word", "Excel",
)  # fmt: skip


@pytest.mark.parametrize("word", ORDINARY)
@pytest.mark.parametrize(
    "prose",
    [
        "{} to what customers ask of you, every day.",
        "Our {} Lead will grow the team.",
        "We meet on {} mornings. {} is what we do.",
        "Head of {} and Partnerships",
        "You will use Kubernetes and {} to new markets.",
    ],
)
def test_ordinary_words_in_prose_are_no_technologies(word: str, prose: str):
    assert set(names(in_text(prose.format(word, word)))) <= {"Kubernetes"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Python, Go and Rust", ["Python", "Go", "Rust"]),
        ("We use Notion/Slack", ["Notion", "Slack"]),
        ("services written in Go.", ["Go"]),
        ("experience with React.", ["React"]),
        ("Senior React Developer", ["React"]),
        ("Senior Outreach Engineer", []),
        ("Salesforce, Go-to-Market", ["Salesforce"]),
        ("Python, R&D", ["Python"]),
        ("Drift, Notion and Segment", []),
    ],
)
def test_a_word_that_is_also_ordinary_counts_where_nothing_else_can_be_meant(text: str, found: list[str]):
    assert names(in_text(text)) == found


@given(st.lists(st.sampled_from([*ORDINARY, *(word.lower() for word in ORDINARY)]), max_size=30))
def test_ordinary_words_alone_are_never_technologies(words: list[str]):
    assert in_text(" ".join(words)) == ()


# --- How long it takes ------------------------------------------------------------------------------------------------


def seconds(search: Any) -> float:
    """Of this process's own time, so that a busy machine does not count."""
    begun = time.process_time()
    search()
    return time.process_time() - begun


SPITEFUL = st.sampled_from(["Go, ", "Go ", " ", ",", "C", "written in ", "a=", "<", "\n", "x" * 50, "AWS/"])


@given(st.lists(SPITEFUL, min_size=1, max_size=4).map("".join))
@settings(max_examples=20, deadline=None)
def test_a_text_made_to_take_long_does_not(part: str):
    text = part * (500_000 // len(part))

    assert seconds(lambda: in_text(text)) < 5
    assert seconds(lambda: in_page(Page(html=text, scripts=(text,), headers={"set-cookie": text}))) < 5


def test_patterns_are_texts_and_not_expressions():
    fragments = [part for part, _ in (*rules().scripts, *rules().html, *rules().cookies)]

    assert all(len(part) >= 3 and part.strip() == part and "\n" not in part for part in fragments)
    assert all(set(part) <= set(string.printable) for part in fragments)


@given(st.text(max_size=300))
def test_no_text_is_an_error(text: str):
    in_text(text)
    in_page(Page(html=text, scripts=(text,), headers={"set-cookie": text}))
    by_name(text)


# --- What a sentence says of a name -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Java 17, Spring Boot 3 and C++20 on Linux", ["Java", "Spring Boot", "C++", "Linux"]),
        ("stack: node.js, express, mongodb, vuejs", ["Node.js", "Express", "MongoDB", "Vue.js"]),
        ("Wir testen mit Jest und Cypress in Docker.", ["Jest", "Cypress.io", "Docker"]),
        ("Salesforce for deals, notes in Notion, calls with Gong.", ["Salesforce", "Notion", "Gong"]),
        ("Python; pipelines in Airflow; Scala is a plus.", ["Python", "Airflow", "Scala"]),
        ("Unit tests in Github actions", ["GitHub Actions"]),
        ("Feed the python and polish the oracle of Delphi.", []),
        ("A dog called Teams, a city called Phoenix.", []),
        ("SAP, Git and Jira. Excel will be open most days.", ["SAP", "Git", "Jira", "Microsoft Excel"]),
        ("Maîtrise d'Excel indispensable, Salesforce apprécié.", ["Microsoft Excel", "Salesforce"]),
        ("Selenium Grid is retired in favour of Playwright", ["Selenium", "Playwright"]),
        ("PostgreSQL, Redis and a Cassandra store", ["PostgreSQL", "Redis", "Cassandra"]),
        ("Entwicklung in Delphi 11 mit Firebird-Datenbank", ["Delphi", "Firebird"]),
        ("Tableau CRM is being dropped for Power BI", ["Tableau CRM", "Power BI"]),
        ("Travel to Java and Sumatra, cup samples.", []),
        ("You maintain a Java server of twelve years.", ["Java"]),
        ("The dashboard that our customers work in all day, in React and TypeScript.", ["React", "TypeScript"]),
        ("Suppliers work in Dassault 3DEXPERIENCE.", []),
    ],
)
def test_names_are_read_as_job_texts_write_them(text: str, found: list[str]):
    assert names(in_text(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "We do not use Kubernetes.",
        "No PHP please.",
        "Not needed: Kubernetes.",
        "We looked at Pulumi and decided against it.",
        "You will sell Salesforce licences to banks.",
        "Help universities that currently use Zendesk or Freshdesk.",
        "We dropped Datadog last year.",
        "Datadog was evaluated and not chosen.",
        "Datadog lost the tender.",
        "Nous n'utilisons pas Docker en production.",
        "Não usamos Docker.",
        "Docker setzen wir nicht ein.",
        "Please don't send a Trello board.",
        "Nothing here runs in Perl any longer.",
        "You will show why our product beats Datadog and Dynatrace.",
        "Customers mostly run Debian; some on Citrix.",
    ],
)
def test_what_is_refused_or_sold_or_used_by_others_is_not_theirs(text: str):
    assert in_text(text) == ()


@pytest.mark.parametrize("text", ["We are migrating from Datadog.", "You know Datadog, not only by name."])
def test_what_is_left_or_asked_for_is_theirs(text: str):
    assert names(in_text(text)) == ["Datadog"]
