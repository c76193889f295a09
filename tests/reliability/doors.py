"""W5 and W6: pages of other origins, others' runs and conversations, and people who may no longer look."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, product
from uuid import uuid4

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chat.models import ChatSession
from salesintel.accounts.models import ApiKey, User
from tests.reliability.audit import Verdict
from tests.reliability.house import House, prospects
from tests.serving import served

WITHIN = 5.0  # seconds
LOGGED_OUT = 4401
Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who follows something of their own, at `path`, and how that right is taken from them."""

    user: User
    path: str
    headers: Headers
    origin: str | None
    leave: Callable[[], object]


Place = Callable[[House, User, int], str]  # something of that person's, the address of its socket


def run_of(house: House, user: User, place: int) -> str:
    """A run that nobody drives."""
    company = prospects()[place % len(prospects())]
    return f"/ws/runs/{House(user, house.sandbox, house.crew).ask(company, consumer='news').pk}/"


def talk_of(house: House, user: User, place: int) -> str:
    """A conversation in which nothing was said."""
    return f"/ws/chat/{ChatSession.objects.create(user=user).pk}/"


# --- W5 ---------------------------------------------------------------------------------------------------------------


def hostile_origins(house: House, count: int, *, at: Place = run_of) -> Verdict:
    """Handshakes with a good session or key that a page of another origin would send, and then one of ours each."""
    with served() as url:
        guests = [_with_session(house, 0, url, at), _with_key(house, 1, url, at)]
        tried = [(guest, origin) for origin, guest in islice(product(_origins(url), guests), count)]
        statuses = asyncio.run(_statuses(url, [(guest, guest.path, origin) for guest, origin in tried]))
        ours = asyncio.run(_statuses(url, [(guest, guest.path, url) for guest in guests]))
    found = [
        f"{origin} was answered {status}" for (_, origin), status in zip(tried, statuses, strict=True) if status != 403
    ]
    found += [f"our own page was answered {status}" for status in ours if status != 101]
    worst = (
        f"{statuses.count(403)} of {len(statuses)} hostile handshakes refused, {ours.count(101)} of 2 of ours let in"
    )
    return Verdict(id="W5", trials=len(tried), violations=tuple(found), worst=worst)


def _origins(url: str) -> list[str]:
    """Origins that are not `url`, each of them near to it or far."""
    host = url.removeprefix("http://")
    name, port = host.split(":")
    near = [f"https://{host}", f"ws://{host}", f"http://{name}", f"http://{name}:{int(port) + 1}", f"{url}/"]
    near += [f"http://localhost:{port}", f"http://{name}.:{port}", f"http://0x7f000001:{port}", f"{url},{url}"]
    near += [f"http://[::ffff:127.0.0.1]:{port}", f"http://{host}.evil.example", f"http://evil.example/{host}"]
    near += [f"http://{host}@evil.example", f"http://evil.example@{host}"]
    far = ["null", "", "*", "file://", "about:blank", "data:", "chrome-extension://abcd", "http://["]
    return [*near, *far, "https://evil.example"]


# --- W6 ---------------------------------------------------------------------------------------------------------------


def rights_taken(house: House, count: int, *, at: Place = run_of) -> Verdict:
    """Log out, revoke keys, deactivate accounts while `count` sockets are open; and ask for runs of others."""
    with served() as url:
        makers = (_with_session, _with_key, _deactivated)
        guests = [makers[place % 3](house, place, url, at) for place in range(count)]
        strangers = [_with_key(house, count + place, url, at) for place in range(count)]
        others = [(stranger, guest.path, None) for stranger, guest in zip(strangers, guests, strict=True)]
        nobodys = [(stranger, f"{stranger.path.rsplit('/', 2)[0]}/{uuid4()}/", None) for stranger in strangers]
        refusals = asyncio.run(_statuses(url, [*others, *nobodys]))
        seconds = asyncio.run(_closing(url, guests))
    found = [f"a socket was closed after {each:.1f} s" for each in seconds if each > WITHIN]
    found += [f"another's was answered {status}" for status in refusals if status != 404]
    worst = f"closed after {max(seconds):.1f} s, {refusals.count(404)} of {len(refusals)} of others or none refused"
    return Verdict(id="W6", trials=len(seconds) + len(refusals), violations=tuple(found), worst=worst)


async def _closing(url: str, guests: Sequence[Guest]) -> list[float]:
    """Seconds from the moment that each guest's right was taken until the socket was closed."""
    lines = [await _opened(url, guest, guest.path, guest.origin) for guest in guests]
    seconds = []
    for guest, line in zip(guests, lines, strict=True):
        begun = time.monotonic()
        await asyncio.to_thread(_take, guest)
        seconds.append(asyncio.create_task(_until_closed(line, begun)))
    found = await asyncio.gather(*seconds)
    await asyncio.gather(*(line.close() for line in lines))
    return found


def _take(guest: Guest) -> None:
    try:
        guest.leave()
    finally:
        connection.close()


async def _until_closed(line: ClientConnection, begun: float) -> float:
    """Seconds until the server said that it is over; endless if it did not in time, or gave another reason."""
    try:
        async with asyncio.timeout(2 * WITHIN):
            await line.recv()
    except ConnectionClosed:
        return time.monotonic() - begun if line.close_code == LOGGED_OUT else float("inf")
    except TimeoutError:
        return float("inf")
    return float("inf")


# --- People -----------------------------------------------------------------------------------------------------------


def _with_session(house: House, place: int, url: str, at: Place) -> Guest:
    user = User.objects.create_user(f"guest{place}")
    path = at(house, user, place)
    browser = Client()
    browser.force_login(user)
    name = browser.cookies["sessionid"].value
    assert Session.objects.get(pk=name).get_decoded()[SESSION_KEY] == str(user.pk)
    return Guest(user, path, {"Cookie": f"sessionid={name}"}, url, browser.logout)


def _with_key(house: House, place: int, url: str, at: Place) -> Guest:
    user = User.objects.create_user(f"guest{place}")
    path = at(house, user, place)
    row, key = ApiKey.issue(user=user, name="trial", scopes=["read"])
    revoked = ApiKey.objects.filter(pk=row.pk)
    return Guest(user, path, {"X-API-Key": key}, None, lambda: revoked.update(revoked_at=timezone.now()))


def _deactivated(house: House, place: int, url: str, at: Place) -> Guest:
    guest = _with_session(house, place, url, at)
    account = User.objects.filter(pk=guest.user.pk)
    return Guest(guest.user, guest.path, guest.headers, url, lambda: account.update(is_active=False))


async def _opened(url: str, guest: Guest, path: str, origin: str | None) -> ClientConnection:
    address = f"{url.replace('http', 'ws')}{path}"
    headers = guest.headers if origin is None else {**guest.headers, "Origin": origin}
    return await connect(address, additional_headers=headers, proxy=None, open_timeout=60)


async def _statuses(url: str, tried: Sequence[tuple[Guest, str, str | None]]) -> list[int]:
    """What each handshake was answered with; 101 for a socket."""
    found = []
    for guest, path, origin in tried:
        try:
            await (await _opened(url, guest, path, origin)).close()
            found.append(101)
        except InvalidStatus as refusal:
            found.append(refusal.response.status_code)
    return found
