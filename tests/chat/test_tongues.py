"""What the conversation says of its own goes through gettext at the time of saying."""

import struct

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from chat import conversation

pytestmark = pytest.mark.once

GERMAN = {
    "": "Content-Type: text/plain; charset=utf-8\n",
    "Which company is it about?": "Um welche Firma geht es?",
    "This conversation has cost nothing so far.": "Dieses Gespräch hat noch nichts gekostet.",
}


def catalogue(texts):
    """The bytes of a .mo file, as the manual of GNU gettext has them."""
    rows = [(key.encode(), value.encode()) for key, value in sorted(texts.items())]
    keys = b"\0".join(key for key, _ in rows) + b"\0"
    values = b"\0".join(value for _, value in rows) + b"\0"
    head, table = 28, 8 * len(rows)
    places, at = [], head + 2 * table
    for side in (0, 1):
        for row in rows:
            places.append(struct.pack("<II", len(row[side]), at))
            at += len(row[side]) + 1
    return struct.pack("<7I", 0x950412DE, 0, len(rows), head, head + table, 0, 0) + b"".join(places) + keys + values


@pytest.fixture
def german(tmp_path, settings):
    path = tmp_path / "de" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogue(GERMAN))
    settings.LOCALE_PATHS = [tmp_path]
    trans_real._translations.clear()
    with translation.override("de"):
        yield
    trans_real._translations.clear()


def test_the_conversation_speaks_the_tongue_of_who_asks(session, german):
    which = conversation.ask(session, "What technology do they use?")
    cost = conversation.ask(session, "What did this cost so far?")

    said = [turn.messages.get(type="assistant").content for turn in (which, cost)]
    assert said == ["Um welche Firma geht es?", "Dieses Gespräch hat noch nichts gekostet."]
