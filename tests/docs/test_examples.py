"""The examples of the documents, run against a living house; the answers that they show have the shape of true ones."""

import json
import os
from pathlib import Path

import pytest

from enrichment.delivery.courier import deliver
from salesintel.accounts.models import User
from salesintel.processes import any_free_port
from tests import seeding
from tests.docs.running import ROOT, RUN, Ran, blocks, complaints, differs, lacks, run
from tests.driving import drive_on
from tests.serving import served

PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]
RUNNING = [page for page in PAGES if any(block.runs for block in blocks(page))]
# Pages whose examples start the product's commands one by one, at seconds each.
LONG = {"docs/first-ten-minutes.md", "docs/changing-rules.md"}


def work() -> None:
    drive_on()
    deliver()


@pytest.fixture
def examples(transactional_db, sandbox, product_env, settings, tmp_path: Path):
    """Runs the examples of a page as a newcomer does after `make run`; the worker works meanwhile."""
    seeding.rules()
    seeding.demo_companies()
    User.objects.create_superuser("admin", "admin@example.com", "correct horse")
    receiver = any_free_port()
    settings.WEBHOOK_ORIGINS = frozenset({f"http://127.0.0.1:{receiver}"})
    env = {**product_env, "SALESINTEL_SANDBOX_URL": sandbox.url, "NO_COLOR": "1"}
    env = {name: value for name, value in env.items() if name not in ("KEY", "SI") and not name.endswith("_proxy")}

    def examples(page: str) -> list[Ran]:
        with served() as house:
            return run(page, tmp_path, house=house, receiver=receiver, env=env, meanwhile=work)

    return examples


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", RUNNING)
def test_the_examples_of_a_page_do_what_it_says(examples, page):
    if page in LONG and os.environ.get("SALESINTEL_TRIALS") != "full":
        pytest.skip("its commands take a minute: make chaos")

    ran = examples(page)

    wrong = {f"{page}:{each.block.line}": complaints(each) for each in ran}
    wrong |= {f"{page}:{shown.line}": differs(ran, shown) for shown in blocks(page) if shown.note == "answer"}
    assert {where: what for where, what in wrong.items() if what} == {}


# --- The runner itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_what_is_shown_as_json_is_json(page):
    for block in blocks(page):
        if block.kind == "json":
            json.loads(block.code)


def test_what_does_not_run_says_why():
    silent = [
        f"{page}:{block.line}"
        for page in PAGES
        for block in blocks(page)
        if block.kind in RUN and not block.runs and not block.said("not run")
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("shown", "answer", "wrong"),
    [
        ({"a": 1, "…": "…"}, {"a": 2.5, "b": 1}, []),
        ({"a": "…"}, {}, [".a is not there"]),
        ({"a": True}, {"a": 1}, [".a is 1, shown as True"]),
        ({"a": [{"b": "x"}, "…"]}, {"a": [{"c": 1}]}, [".a[0].b is not there"]),
        ({"a": "x"}, {"a": None}, []),
    ],
)
def test_an_answer_without_what_is_shown_is_noticed(shown, answer, wrong):
    assert lacks(shown, answer) == wrong


def test_a_problem_and_a_failing_command_are_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        '```sh\nfalse; echo \'{"type": "x", "title": "x", "status": 404, "detail": "Gone."}\'\n```\n'
        "<!-- exits: 3 -->\n```sh\nsh -c 'exit 3'\n```\n<!-- not run: no -->\n```sh\nfalse\n```\n"
    )

    ran = run(str(page), tmp_path, house="http://127.0.0.1:1", receiver=1, env=dict(os.environ), meanwhile=lambda: None)

    assert [complaints(each) for each in ran] == [["a command exited with 1: ", "404 Gone."], []]
