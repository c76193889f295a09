"""What the processes of a trial do. Imported by the server that they are forked from, once, on the trial's database."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesintel.settings")

import django

django.setup()

from django.conf import settings

from chat import conversation
from chat.models import ChatSession
from enrichment.automation.bulk.dispatch import Dispatcher
from enrichment.delivery import outbox
from enrichment.delivery.courier import Courier, deliver
from enrichment.delivery.outbox import Parcel
from enrichment.killpoints import reach
from enrichment.workflow import tasks
from enrichment.workflow.driver import drive
from enrichment.workflow.watch import oldest_wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a process is to do differently from the others. `lease` and `drive_for` in seconds."""

    sandbox: str
    kill: str = ""
    lease: float = 20.0
    drive_for: float = 60.0
    runs: int = 32
    receivers: frozenset[str] = frozenset()  # origins that webhooks may go to

    def obey(self) -> None:
        settings.SANDBOX_URL = self.sandbox
        settings.KILL_POINT = self.kill
        settings.RUN_LEASE = timedelta(seconds=self.lease)
        settings.DRIVE_FOR = timedelta(seconds=self.drive_for)
        settings.RUNS_PER_DRIVER = self.runs
        settings.WEBHOOK_ORIGINS = self.receivers


def drive_once(orders: Orders) -> None:
    """What a worker does when the bell rings."""
    orders.obey()
    drive()


def ask_in_chat(orders: Orders, session: UUID, text: str) -> None:
    """What a web process does with a question in a conversation."""
    orders.obey()
    conversation.ask(ChatSession.objects.get(pk=session), text)


def press_in_chat(orders: Orders, session: UUID, action: str, payload: dict[str, Any]) -> None:
    """What a web process does with a button of a conversation."""
    orders.obey()
    conversation.act(ChatSession.objects.get(pk=session), action, payload)


def deliver_once(orders: Orders) -> None:
    """What a worker does when the bell of deliveries rings."""
    orders.obey()
    deliver()


def deliver_recorded_first(orders: Orders) -> None:
    """The same by a courier that writes down what it has not sent yet: what the trial must find."""
    orders.obey()

    async def carry(self: Courier, parcel: Parcel) -> None:
        await self.hop(outbox.record, parcel, outbox.Outcome(status=200))
        reach("after_post")
        await self._sent(parcel)

    Courier._carry = carry
    deliver()


def drive_together(orders: Orders, together: Barrier) -> None:
    """The same at the same moment as the other processes: a late one would drive what an early one left behind."""
    orders.obey()
    together.wait(60)
    drive()


def keep_driving(orders: Orders) -> None:
    """A worker with a watchdog that rings at once: drives whatever is due, until it is killed."""
    orders.obey()
    while True:
        if oldest_wait() is not None:
            drive()
        time.sleep(0.05)


def keep_working_off(orders: Orders) -> None:
    """A worker and its watchdog: dispatches lists and drives runs, until it is killed."""
    orders.obey()
    dispatcher = Dispatcher()
    while True:
        dispatcher.tick()
        if oldest_wait() is not None:
            drive()
        time.sleep(0.02)


def answer_bells(orders: Orders, bells: int, together: Barrier) -> None:
    """Answer so many bells, the first one at the same moment as the other processes."""
    orders.obey()
    together.wait(60)
    for _ in range(bells):
        tasks.answer_bell("trial")


def call(orders: Orders, work: Callable[..., Any], arguments: tuple[Any, ...], together: Barrier) -> None:
    """Call a function at the same moment as the other processes."""
    orders.obey()
    together.wait(60)
    work(*arguments)
