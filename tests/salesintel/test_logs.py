"""What strangers cause is told in a line; what is no error is not told as one."""

import json
import logging

import pytest

from enrichment.workflow import steps
from enrichment.workflow.requests import Ask, request_research
from salesintel.logs import JsonFormatter, PlainFormatter, RequestIdFilter, request_id, run_id
from tests.driving import drive_on


@pytest.fixture
def lines() -> list[logging.LogRecord]:
    return []


@pytest.fixture
def listening(lines):
    """`listening(name)`: the logger of that name, whose records go to `lines`."""

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record)

    heard: list[tuple[logging.Logger, logging.Handler]] = []

    def listen(name: str) -> logging.Logger:
        logger, collector = logging.getLogger(name), Collector()
        logger.addHandler(collector)
        heard.append((logger, collector))
        return logger

    yield listen
    for logger, collector in heard:
        logger.removeHandler(collector)


def test_a_forged_host_is_a_line_of_warning(listening, lines, client, db):
    listening("django.security.DisallowedHost")

    client.get("/health", headers={"Host": "evil.example"})

    assert [(line.levelname, line.exc_info) for line in lines] == [("WARNING", None)]


@pytest.mark.parametrize(
    ("said", "is_told"),
    [("ASGI callable returned without completing handshake.", False), ("Exception in ASGI application", True)],
)
def test_a_handshake_that_was_refused_is_no_error_of_ours(said, is_told):
    logger = logging.getLogger("uvicorn.error")
    record = logger.makeRecord(logger.name, logging.ERROR, __file__, 1, said, (), None)

    assert bool(logger.filter(record)) is is_told


@pytest.mark.parametrize("formatter", [PlainFormatter(), JsonFormatter()], ids=["plain", "json"])
def test_no_line_has_a_mail_address(formatter):
    with pytest.raises(ValueError, match="jane") as caught:
        int("jane.doe@acme.example")
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "of %s", ("jane.doe@acme.example",), caught._excinfo)

    line = formatter.format(record)

    assert "jane" not in line
    assert line.count("(address)") >= 2


def test_a_line_names_its_request_and_its_run():
    request_id.set("req-1")
    run_id.set("run-1")
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "It was done.", (), None)
    RequestIdFilter().filter(record)

    line = json.loads(JsonFormatter().format(record))

    assert (line["request_id"], line["run_id"], line["message"]) == ("req-1", "run-1", "It was done.")


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_what_a_worker_does_for_a_run_has_the_run_s_name(monkeypatch, rules, sandbox, user):
    named = []
    resume = steps.resume
    monkeypatch.setattr(steps, "resume", lambda lease: (named.append(run_id.get()), resume(lease))[1])

    asked = request_research(Ask(consumer="profile", company="acmecorp.com"), user=user)
    drive_on()

    assert set(named) == {str(asked.run_id)}
