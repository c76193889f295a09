"""Whether we work: `/health` for people and monitors, `/health/ready` for whoever sends us traffic.

Public, so they tell states and no reasons; reasons are in the log.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from enrichment.models import AnalysisEngine, CacheEntry, Provider, WorkflowRun
from salesintel.problems import RETRY_AFTER, Problem, problems

log = logging.getLogger(__name__)

OPERATIONAL, DEGRADED, DOWN = "operational", "degraded", "down"
SLOW_QUEUE = timedelta(seconds=30)  # a due run is taken within a second or two where a worker lives
STATES = "operational, degraded or down."
SOON = {"Retry-After": str(RETRY_AFTER)}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OPERATIONAL


def _cache() -> str:
    CacheEntry.objects.values_list("pk").first()
    return OPERATIONAL


def _ai() -> str:
    """Down when no engine could answer, not even the built-in one."""
    return OPERATIONAL if any(engine.is_ready for engine in AnalysisEngine.objects.filter(enabled=True)) else DOWN


def _queue() -> str:
    """Judged by the oldest run that nobody has taken although it is due."""
    return DEGRADED if queue_age() > SLOW_QUEUE else OPERATIONAL


def queue_age() -> timedelta:
    """For how long the oldest due run has waited; nothing where none waits."""
    waiting = WorkflowRun.objects.due(Now()).order_by("wake_at").values_list("wake_at", flat=True).first()
    return max(timezone.now() - waiting, timedelta()) if waiting else timedelta()


def _providers() -> str:
    """Degraded while one that is in use is not asked, since it failed or asked us to wait; down while none is."""
    now = timezone.now()
    rows = Provider.objects.filter(enabled=True, sources__enabled=True).distinct()
    ends = rows.values_list("state__open_until", "state__paused_until")
    resting = [any(end is not None and end > now for end in each) for each in ends]
    if not any(resting):
        return OPERATIONAL
    return DOWN if all(resting) else DEGRADED


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "cache": _cache,
    "ai": _ai,
    "queue": _queue,
    "providers": _providers,
}


def services() -> dict[str, str]:
    """The state of each part: operational, degraded or down."""
    return {name: _state(name, check) for name, check in CHECKS.items()}


def _state(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except DatabaseError as error:
        log.warning("Health: %s is down: %s", name, type(error).__name__)
        return DOWN


def waits_for_migrations() -> bool:
    """Whether the database lacks a migration that this code needs. Raises `DatabaseError`."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class ServicesOut(serializers.Serializer[Any]):
    """The state of each part."""

    database = serializers.CharField(help_text=STATES)
    cache = serializers.CharField(help_text=STATES)
    ai = serializers.CharField(help_text=STATES)
    queue = serializers.CharField(help_text=STATES)
    providers = serializers.CharField(help_text=STATES)


class ReadinessOut(ServicesOut):
    migrations = serializers.CharField(help_text=STATES)


class HealthOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["healthy", "degraded"])
    timestamp = serializers.DateTimeField()
    services = ServicesOut()


class ReadyOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["ready"])
    timestamp = serializers.DateTimeField()
    services = ReadinessOut()
    queueAgeSeconds = serializers.FloatField(help_text="For how long the oldest due run has waited; 0 for none.")


class PublicView(APIView):
    """Answers anybody, and looks at nobody's credentials."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class HealthView(PublicView):
    @extend_schema(operation_id="health", tags=["health"], responses={200: HealthOut, **problems(503)}, auth=[])
    def get(self, request: Request) -> Response:
        """How the parts are. 503 when the database does not answer."""
        found = services()
        if found["database"] == DOWN:
            raise Problem(503, "The database does not answer.", headers=SOON, services=found)
        status = "healthy" if set(found.values()) == {OPERATIONAL} else "degraded"
        return Response({"status": status, "timestamp": timezone.now(), "services": found})


class ReadyView(PublicView):
    @extend_schema(operation_id="ready", tags=["health"], responses={200: ReadyOut, **problems(503)}, auth=[])
    def get(self, request: Request) -> Response:
        """Whether to send us traffic: the database answers and has every table that this code needs.

        The other services are told beside it: a web process answers from what is held while they rest.
        """
        if _state("database", _database) == DOWN:
            raise Problem(503, "The database does not answer.", headers=SOON)
        if waits_for_migrations():
            raise Problem(503, "The database waits for its migrations: manage.py migrate.", headers=SOON)
        found = services() | {"migrations": OPERATIONAL}
        age = round(queue_age().total_seconds(), 1)
        return Response({"status": "ready", "timestamp": timezone.now(), "services": found, "queueAgeSeconds": age})
