"""Technologies by name, in pages and in job texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.technologies import GROUPS, RULES, Page, by_name, in_page, in_text, rules_from


def names(found: tuple[object, ...]) -> list[str]:
    return [technology.name for technology in found]  # type: ignore[attr-defined]


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


def test_every_technology_has_a_group_and_what_it_implies_is_known():
    rules = rules_from(RULES.read_text(encoding="utf-8"))

    assert len(rules.technologies) >= 120
    assert {technology.group for technology in rules.technologies} == GROUPS
    assert all(by_name(name) for technology in rules.technologies for name in technology.implies)


def test_two_technologies_of_one_name_are_refused():
    text = RULES.read_text(encoding="utf-8") + '\n[[technologies]]\nname = "Postgres"\ncategory = "Database"\n'

    with pytest.raises(ValueError, match="Postgres"):
        rules_from(text)


@given(st.text(max_size=300))
def test_no_text_is_an_error(text: str):
    in_text(text)
    in_page(Page(html=text, scripts=(text,), headers={"set-cookie": text}))
    by_name(text)
