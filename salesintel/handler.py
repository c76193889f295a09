"""How the web process computes answers: each request as a whole on one of a few threads that last.

Django's own ASGI handler gives every request a new thread, and with it a new connection to the database, however many
come at once; and it crosses between thread and event loop at each middleware. Three quarters of the time of a small
answer went there. Here a request crosses once, connections are used again, and there are never more than threads.
Slow clients hold no thread: bodies are read before, answers sent after.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from typing import IO, Any, cast

import django
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import set_script_prefix

from salesintel.narrowed import certain

THREADS = 8  # at once, per web process; on PostgreSQL as many connections


class Handler(ASGIHandler):
    """Django as an ASGI application. Views and middleware are plain functions; whoever waits does so in the shell."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="web")

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """All of it as plain functions, whatever the base class wants."""
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the request, compute the answer on a thread, send it."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            await self.send_response(await self.answer(scope, body), send)

    async def answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """The whole answer to a request that was read."""
        loop, context = asyncio.get_running_loop(), copy_context()
        return await loop.run_in_executor(self._threads, context.run, self._answer, scope, body)

    def _answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """The whole answer. It is closed here, so that the thread's connections are looked after where they are."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = type(self)  # noqa: SLF001 - what the signal names as sender
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _once(b"".join(cast("Iterator[bytes]", response.streaming_content)))
        response.close()
        return certain(response, HttpResponseBase)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    """A stream that was read where it may be, on the thread, as the loop wants it."""
    yield content


def application() -> Handler:
    """Django, set up and ready to answer."""
    django.setup(set_prefix=False)
    return Handler()
