"""Pages are read in time linear in their length, whatever they hold."""

import time

import pytest

from enrichment.sources.markup import Block, absolute, sections, view_of

URL = "https://acme.example/en/"

HOSTILE = {
    "formatting that a tree would multiply": "<p>"
    + "".join(f"<b a={i}>" for i in range(500))
    + "</p>"
    + "<p>x</p>" * 60_000,
    "deep nesting": "<div>" * 100_000,
    "only openings": "<" * 500_000,
    "attributes": "<div " + " ".join(f"a{i}=1" for i in range(50_000)) + ">",
    "open quotes": '<a "' * 125_000,
    "mixed quotes": "<a a='" + '<a b="' * 80_000,
    "comments": "<!--" * 125_000,
    "scripts": "<script>" * 60_000,
    "titles": "<title>" * 60_000,
    "spaces": ("<a b" + " " * 1_000) * 500,
    "entities": "&#" * 250_000,
    "links": "<a>" * 150_000,
    "ends": "</" * 250_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_within_seconds(name: str):
    began = time.process_time()

    sections(view_of(HOSTILE[name], URL))

    assert time.process_time() - began < 5


def test_headings_gather_what_stands_beneath_them():
    heading = "<h2><a href='/x'>Why</a> us</h2><time datetime='2026-01-02'>then</time>"
    html = f"<p>intro</p>{heading}<p>one</p><ul><li>a<li><p>b</p></ul>"

    first, second = sections(view_of(html, URL))

    assert (first.heading, first.level, first.paragraphs) == ("", 0, ("intro",))
    assert (second.heading, second.level, second.href, second.at) == (
        "Why us",
        2,
        "https://acme.example/x",
        "2026-01-02",
    )
    assert (second.paragraphs, second.items) == (("one",), ("a", "b"))


def test_a_page_head_is_read():
    html = """<title>A &amp; B</title><meta name=Description content='x &lt; y'>
      <script type="application/ld+json">{}</script>
      <script src=/a.js></script><nav><a href="../about#team">About <b>us</b></a></nav>"""

    view = view_of(html, URL)

    assert (view.title, view.metas["description"]) == ("A & B", "x < y")
    assert (view.linked_data, view.sources) == (["{}"], ["/a.js", "../about#team"])
    assert view.links == [("https://acme.example/about", "About us")]
    assert view.blocks == []


def test_text_is_plain():
    assert view_of("a\x00b <b>c</b> &nbsp;d\u202e<br>1 < 2", URL).blocks == [
        Block(tag="div", text="ab c d"),
        Block(tag="div", text="1 < 2"),
    ]


@pytest.mark.parametrize("href", ["javascript:alert(1)", "mailto:a@b.c", "data:text/html,x", "http://[::1", ""])
def test_what_leads_to_no_page_is_no_address(href: str):
    assert absolute("https://acme.example/", href) in {"", "https://acme.example/"}
