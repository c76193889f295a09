"""Which tables the log watches, and why it leaves the others alone. A table in neither list fails the build.

Watched is what people and programs change: rules, money, rights, keys, what is known by hand, what is asked for. Left
alone is what is a ledger already, and what can be made anew: a run writes hundreds of rows, each of which says by
itself when it was made and for what.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

CREATE, UPDATE, DELETE = "create", "update", "delete"
ALL = frozenset({CREATE, UPDATE, DELETE})


@dataclass(frozen=True, slots=True)
class Watch:
    """What of a table is recorded: which changes, and which columns say nothing."""

    on: frozenset[str] = ALL
    ignore: frozenset[str] = frozenset()


WATCHED: dict[str, Watch] = {
    "accounts.User": Watch(ignore=frozenset({"last_login"})),  # logins are entries of their own
    "accounts.ApiKey": Watch(ignore=frozenset({"last_used"})),
    "auth.Group": Watch(),
    **{
        f"enrichment.{name}": Watch()
        for name in (
            "Dataset DataConsumer ConsumerDataset SalesRole SignalRule PublisherRule CachePolicy Provider Source"
            " DatasetSource RedundancyRule StepDeadline AnalysisEngine PromptVersion Experiment Variant Retention"
            " Budget Brake RequestLimit SpendingStop ChangeSet Correction CompanyMerge OptOut Rating"
        ).split()
    },
    "chat.ChatIntent": Watch(),
    "chat.ChatPolicy": Watch(),
    "personas.PersonaPolicy": Watch(),
    "personas.Grant": Watch(),
    "personas.CrmHook": Watch(ignore=frozenset({"last_used"})),
    "personas.EmbeddingProvider": Watch(),
    "personas.Benchmark": Watch(),
    "personas.PersonaTrial": Watch(),
    "personas.PersonaArm": Watch(),
    # Whom it is sent to and by which secret; how sending goes is in its deliveries.
    "enrichment.WebhookEndpoint": Watch(
        ignore=frozenset({"failures", "failing_since", "rests_until", "succeeded", "answers_in"})
    ),
    # What its owner says; when it was looked at and what was seen is bookkeeping.
    "enrichment.Watch": Watch(ignore=frozenset({"next_at", "seen", "seen_sources", "last_checked", "looked_at"})),
    # Made, confirmed, paused and cancelled; its money is in its lines and their requests.
    "enrichment.Bulk": Watch(ignore=frozenset({"held", "spent", "extra", "started", "finished"})),
    # Taken over and dismissed by people, found by runs.
    "enrichment.Suggestion": Watch(on=frozenset({UPDATE})),
    # Its end and its counts come from the watchdog, piece by piece.
    "enrichment.Erasure": Watch(ignore=frozenset({"identifiers", "counts"})),
    # Asked by people; what becomes of it is the engine's bookkeeping. Cancelling and the like record themselves.
    "enrichment.ResearchRequest": Watch(on=frozenset({CREATE, DELETE})),
}

_MIGRATIONS = "made by migrations"
_LOG = "a log by itself"
_RUN = "a run's own bookkeeping, with its times and its run"
_COUNTED = "counted from the ledgers"
_KEPT = "kept answers: whence and when is in each row, and they can be had anew"
_STATE = "how a provider or an engine is just now: what processes tell each other"

UNWATCHED: dict[str, str] = {
    "admin.LogEntry": _LOG,
    "auth.Permission": _MIGRATIONS,
    "contenttypes.ContentType": _MIGRATIONS,
    "accounts.LoginCount": "counts of wrong passwords; lock-outs and who unlocks are entries",
    "sessions.Session": "logins and logouts are entries",
    "django_q.Task": "the queue is only a bell",
    "django_q.Schedule": "the queue is only a bell",
    "django_q.OrmQ": "the queue is only a bell",
    "audit.Entry": "this log",
    "audit.Seal": "this log",
    "audit.Cut": "this log",
    "audit.Head": "this log",
    "enrichment.Company": "learned from names, sources and runs; who merges or forgets one is recorded",
    "enrichment.CompanyAlias": "learned from names, sources and runs, each of which it names",
    "enrichment.RulesVersion": "a number that moves with each change of a rule, which is recorded",
    "enrichment.RuleSet": "the rules of a moment, under the digest of their content",
    "enrichment.DigestKey": "one row, made once, never changed",
    "enrichment.CallerMaterial": "part of a request, which is recorded",
    "enrichment.SectionUse": "counts of nobody's use",
    "enrichment.Notice": "told by the engine; who saw it is in the row",
    "enrichment.Announcement": "told by the engine, once for each event",
    "enrichment.UserNotice": "an announcement as one person sees it; when it was read is in the row",
    "enrichment.WatchCheck": "a watch's own bookkeeping; each check names its request",
    "enrichment.WatchChange": "what a check found",
    "enrichment.Digest": "when mail went; who subscribes and unsubscribes is an entry",
    "enrichment.BulkLine": "a bulk's own bookkeeping; each line names its request",
    "enrichment.RouteUse": "how often an address was asked on a day",
    "enrichment.RequestCount": "how many requests somebody made in this minute",
    "enrichment.WebhookDelivery": _LOG,
    "enrichment.WebhookAttempt": _LOG,
    "enrichment.Trial": "a run's part in an experiment",
    **{
        f"chat.{name}": "a person's own conversation; what it asks for is recorded as a request"
        for name in "ChatSession ChatFollow ChatTurn ChatMessage ChatEvent ChatFeedback".split()
    },
    **{
        f"personas.{name}": "a person's own records; imports, exports, erasures and what people change are entries"
        for name in "Contact Interaction Thread File Product Deal DealContact DealStage".split()
    },
    "personas.EmbeddingCall": "a ledger already",
    "personas.CrmMessage": "what a hook heard; what became of it is in the row",
    **{
        f"personas.{name}": "a person's own file; that it came, was started, cancelled and taken back are entries"
        for name in "Import ImportPiece ImportFault ImportChange ImportPreset".split()
    },
    **{
        f"personas.{name}": "who was chosen by their owner; that it came, was started and steered are entries"
        for name in ("PersonaBatch", "PersonaBatchLine")
    },
    "personas.Suppression": "made by erasures, which are entries",
    "personas.SentOnce": "that a request came twice; what it made is recorded by itself",
    "personas.OwnBenchmark": "what somebody takes to be usual; theirs alone",
    "personas.PersonaFeedback": "a person's own word, with its date",
    **dict.fromkeys(
        ("personas.InteractionEmbedding", "personas.Profile", "personas.BehavioralPattern", "personas.ContactPersona",
         "personas.PersonaUse", "personas.ContactFigures", "personas.Distribution", "personas.Predictor",
         "personas.Prediction"),
        "computed from a person's records, and computed again when these change",
    ),
    **dict.fromkeys(
        ("enrichment.WorkflowRun", "enrichment.StepRun", "enrichment.RunEvent", "enrichment.Report",
         "enrichment.ReportPart", "enrichment.Sighting", "enrichment.SourceCall", "enrichment.EngineCall",
         "enrichment.Evidence", "enrichment.Observation", "enrichment.Fact"),
        _RUN,
    ),
    **dict.fromkeys(("enrichment.CacheEntry", "enrichment.CacheDependency", "enrichment.Fill"), _KEPT),
    **dict.fromkeys(("enrichment.ProviderState", "enrichment.EngineState"), _STATE),
    **dict.fromkeys(
        ("enrichment.BudgetPeriod", "enrichment.UsageDay", "enrichment.UsageFigure", "enrichment.UsageMark"), _COUNTED
    ),
}  # fmt: skip


def watch_of(model: type[Model]) -> Watch | None:
    """How the table is watched; None if it is not."""
    return WATCHED.get(model._meta.concrete_model._meta.label if model._meta.concrete_model else model._meta.label)


def tables() -> Iterator[type[Model]]:
    """Every table but histories, which are logs of their rows, and those that only join two others."""
    for model in apps.get_models():
        if not model._meta.proxy and not model.__name__.startswith("Historical"):
            yield model


def undecided() -> list[str]:
    """Tables of which nobody has said whether they are watched, as `app.Model`."""
    return [m._meta.label for m in tables() if m._meta.label not in WATCHED and m._meta.label not in UNWATCHED]
