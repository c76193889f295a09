"""Mail is read as it stands: broken, nested, bounced, quoted; what answers what is told by ids, never by subjects."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.importing.mail.boxes import is_mailbox, messages
from personas.importing.mail.letters import Letter, letter_of
from personas.importing.mail.plain import text_of_html
from personas.importing.mail.threading import roots
from personas.importing.model import Unreadable

PLAIN = b"""From: Dana Whitfield <Dana@Acme.com>
To: Rep <rep@example.com>, "Berg, Ola" <ola@acme.com>
Cc: Team: eva@acme.com, tom@acme.com;
Date: Wed, 04 Mar 2026 09:30:00 +0100
Message-ID: <two@acme.com>
References: <one@example.com>
In-Reply-To: <one@example.com>
Subject: =?utf-8?q?Re=3A_Angebot_f=C3=BCr_M=C3=A4rz?=
Content-Type: text/plain; charset=utf-8

Yes, please.
"""
BOUNCE = b"""From: Mailer <mailer-daemon@mx.example.com>
To: rep@example.com
Date: Wed, 04 Mar 2026 09:31:00 +0000
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; Gone@Acme.com
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; later@acme.com
Action: delayed
--b
Content-Type: message/rfc822

Message-ID: <out@example.com>
To: gone@acme.com

Hello
--b--
"""


def with_body(body: str, *headers: str) -> Letter:
    head = "\n".join(["From: d@acme.com", "To: rep@example.com", "Date: Wed, 04 Mar 2026 09:30:00 +0000", *headers])
    return letter_of(f"{head}\n\n{body}".encode())


def test_who_wrote_what_to_whom_and_when() -> None:
    letter = letter_of(PLAIN)

    assert letter.sender == ["dana@acme.com", "Dana Whitfield"]
    assert [address for address, _ in letter.others] == [
        "rep@example.com",
        "ola@acme.com",
        "eva@acme.com",
        "tom@acme.com",
    ]
    assert (letter.at, letter.subject) == ("2026-03-04T08:30:00+00:00", "Re: Angebot für März")
    assert (letter.id, letter.references, letter.text) == ("two@acme.com", ["one@example.com"], "Yes, please.")


def test_a_name_that_holds_addresses_is_a_name() -> None:
    letter = letter_of(b"From: =?utf-8?q?Eva_=3Ceva=40evil.com=3E=2C?= <dana@acme.com>\nTo: rep@example.com\n\nx")

    assert letter.sender == ["dana@acme.com", "Eva <eva@evil.com>,"]


def test_a_bounce_tells_whom_it_could_not_reach_and_with_what() -> None:
    letter = letter_of(BOUNCE)

    assert (letter.bounced, letter.bounced_id) == (["gone@acme.com"], "out@example.com")


def test_html_alone_becomes_text_with_its_quotes_marked() -> None:
    html = "<style>p{}</style><p>Fine &amp; good</p><script>x()</script><blockquote><p>You asked</p></blockquote>"

    assert with_body(html, "Content-Type: text/html").text == "Fine & good\n\n> You asked"


def test_a_file_is_told_by_name_type_and_size_and_not_read_as_text() -> None:
    letter = with_body(
        '--b\nContent-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"\n'
        "Content-Transfer-Encoding: base64\n\nQUJDRA==\n--b\nContent-Type: text/plain\n\nHere it is.\n--b--\n",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b",
    )

    assert letter.text == "Here it is."
    assert [(name, kind) for name, kind, _ in letter.files] == [("a.pdf", "application/pdf")]


@pytest.mark.parametrize(
    "charset", ["utf-8", "iso-8859-1", "windows-1252", "x-unknown", "utf-7", "base64", "zip", "idna", "\x00"]
)
def test_a_charset_that_lies_or_is_none_costs_no_more_than_letters(charset: str) -> None:
    raw = f"From: d@acme.com\nContent-Type: text/plain; charset={charset}\n\n".encode() + "Grüße".encode("latin-1")

    assert letter_of(raw).text.startswith("Gr")


def test_without_a_date_that_of_the_last_server_counts() -> None:
    raw = b"From: d@acme.com\nDate: yesterday\nReceived: from a by b; Wed, 4 Mar 2026 09:30:00 +0000\n\nx"

    assert letter_of(raw).at == "2026-03-04T09:30:00+00:00"
    assert letter_of(b"From: d@acme.com\nDate: yesterday\n\nx").at == ""


def test_what_is_needed_to_know_machines_is_kept() -> None:
    letter = with_body("I am away.", "Auto-Submitted: auto-replied", "List-Id: <news.acme.com>")

    assert letter.headers["auto-submitted"] == "auto-replied"
    assert letter.is_list


def test_messages_in_messages_are_bounded() -> None:
    raw = b"From: d@acme.com\n" + b"Content-Type: message/rfc822\n\n" * 300 + b"x"

    assert letter_of(raw).sender[0] == "d@acme.com"


# --- Boxes ---------------------------------------------------------------------------------------------------------


def test_a_box_is_cut_where_a_message_begins_and_unquoted() -> None:
    first = b"From a Wed Mar  4 09:30:00 2026\nSubject: 1\n\n>From here\n>>From there\n\n"
    box = first + b"From b Wed Mar  4 2026\nSubject: 2\n\nFrom me\n"

    assert list(messages(box)) == [b"Subject: 1\n\nFrom here\n>From there\n\n", b"Subject: 2\n\nFrom me\n"]


def test_a_zip_of_messages_is_read_and_the_rest_of_it_is_not() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("b/2.eml", PLAIN)
        box.writestr("1.EML", BOUNCE)
        box.writestr("notes.txt", b"x")

    assert is_mailbox(out.getvalue())
    assert list(messages(out.getvalue())) == [BOUNCE, PLAIN]


def test_a_table_is_no_mailbox() -> None:
    assert is_mailbox(PLAIN)
    assert not is_mailbox(b"From,To\n1,2\n")


def test_an_empty_box_is_refused() -> None:
    with pytest.raises(Unreadable, match="no message"):
        list(messages(b"\n\n"))


# --- Threads -------------------------------------------------------------------------------------------------------


def test_mails_that_share_an_ancestor_are_one_thread() -> None:
    found = roots([("c", ["a", "b"]), ("b", ["a"]), ("d", ["a"]), ("x", [])])

    assert {found[each] for each in "abcd"} == {"a"}
    assert found["x"] == "x"


def test_an_ancestor_that_is_told_later_joins_them() -> None:
    found = roots([("c", ["b"]), ("b", ["a"]), ("d", ["a"])])

    assert len({found[each] for each in "abcd"}) == 1


def test_a_circle_is_one_thread() -> None:
    found = roots([("a", ["b"]), ("b", ["a"])])

    assert found["a"] == found["b"]


@settings(max_examples=60, deadline=None)
@given(st.permutations([("a", []), ("b", ["a"]), ("c", ["a", "b"]), ("d", ["c"]), ("y", ["x"]), ("z", ["y"])]))
def test_the_order_of_the_box_does_not_matter(letters: list[tuple[str, list[str]]]) -> None:
    found = roots(letters)

    assert len({found[each] for each in "abcd"}) == len({found[each] for each in "xyz"}) == 1
    assert found["a"] != found["y"]


# --- Whatever comes ------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(data=st.data(), base=st.sampled_from([PLAIN, BOUNCE]))
def test_a_broken_message_is_read_as_far_as_it_goes(data: st.DataObject, base: bytes) -> None:
    raw = bytearray(base)
    for _ in range(data.draw(st.integers(1, 30))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))

    letter = letter_of(bytes(raw))

    assert "\0" not in repr(letter.as_json())
    repr(letter.as_json()).encode()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_messages_or_are_refused(raw: bytes) -> None:
    try:
        found = [letter_of(each) for each in messages(raw)]
    except Unreadable:
        return
    assert found


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>/abpstyledivblockquote!-&; \n\"'=", max_size=200))
def test_any_html_is_text(html: str) -> None:
    assert isinstance(text_of_html(html), str)


@pytest.mark.parametrize("kind", ["message", "multipart"])
def test_a_mail_nested_too_deep_is_its_head_and_the_next_is_read(kind: str) -> None:
    deep = (
        "Content-Type: message/rfc822\n\n" * 3000
        if kind == "message"
        else "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1500))
    )
    raw = (
        b"From a@acme.com Wed Mar  4 09:30:00 2026\nFrom: Eva <eva@acme.com>\n"
        + deep.encode()
        + b"\n\nFrom b@acme.com Wed Mar  4 09:30:00 2026\n"
        + PLAIN
    )

    letters = [letter_of(each) for each in messages(raw)]

    assert letters[0].sender == ["eva@acme.com", "Eva"]
    assert letters[-1].text == "Yes, please."
