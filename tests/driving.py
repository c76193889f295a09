"""Driving runs by hand, as worker and sweeper do together."""

import time
from datetime import timedelta

from enrichment.models import WorkflowRun
from enrichment.models.clock import database_now
from enrichment.workflow.driver import drive

PATIENCE = 30.0  # seconds: on a busy machine a call may park its run for longer than a driver lingers


def drive_on() -> None:
    """Drive until nothing is left to do, but what waits for longer than `PATIENCE` seconds or for a person."""
    drive()
    until = time.monotonic() + PATIENCE
    while _is_more_due() and time.monotonic() < until:  # as the sweeper rings for what a driver did not wait for
        time.sleep(0.2)
        drive()


def _is_more_due() -> bool:
    soon = database_now() + timedelta(seconds=PATIENCE)
    return WorkflowRun.objects.active().filter(wake_at__lt=soon).exists()
