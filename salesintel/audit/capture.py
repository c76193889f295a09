"""Records every change of a watched row by itself: saved, deleted (also along with another), related anew; and logins.

These are signals because the tables are not only ours: groups, and rows that go with others, tell by no other way.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth import signals as auth
from django.db import models
from django.db.models import signals

from salesintel.audit.recording import record, record_each
from salesintel.audit.scope import CREATE, DELETE, UPDATE, WATCHED, watch_of

_CHANGED = "_audit_changed"


def connect() -> None:
    """Listen to the watched tables, and to no other: who listens to a table's deletions makes them slow."""
    for label in WATCHED:
        model = apps.get_model(label)
        signals.pre_save.connect(_look, sender=model, dispatch_uid=f"audit look {label}")
        signals.post_save.connect(_saved, sender=model, dispatch_uid=f"audit saved {label}")
        signals.post_delete.connect(_deleted, sender=model, dispatch_uid=f"audit deleted {label}")
        for relation in model._meta.many_to_many:
            through = relation.remote_field.through
            signals.m2m_changed.connect(_related, sender=through, dispatch_uid=f"audit related {label}{relation.name}")
    auth.user_logged_in.connect(_logged_in, dispatch_uid="audit logged in")
    auth.user_logged_out.connect(_logged_out, dispatch_uid="audit logged out")


def _look(sender: type[models.Model], instance: models.Model, using: str, update_fields: Any, **_: Any) -> None:
    """Before a row is stored: which columns will differ from what is there."""
    watch = watch_of(sender)
    if watch is None or UPDATE not in watch.on or instance._state.adding:
        return
    fields = [field for field in sender._meta.concrete_fields if not (field.primary_key or field.generated)]
    fields = [field for field in fields if field.name not in watch.ignore]
    if update_fields is not None:
        fields = [field for field in fields if field.name in update_fields or field.attname in update_fields]
    stored = sender._base_manager.using(using).filter(pk=instance.pk)
    old = stored.values_list(*[field.attname for field in fields]).first() if fields else ()
    if old is None:
        setattr(instance, _CHANGED, None)  # it is not there: stored under a key of its own
        return
    changed = [f.name for f, was in zip(fields, old, strict=True) if _differs(f, was, getattr(instance, f.attname))]
    setattr(instance, _CHANGED, changed)


def _differs(field: Any, old: Any, new: Any) -> bool:
    """Whether a column changes, however the new value is written: “0.10” is Decimal("0.1")."""
    if old == new:
        return False
    if hasattr(new, "resolve_expression"):
        return True
    try:
        return bool(field.to_python(new) != old)
    except (TypeError, ValueError):
        return True


def _saved(sender: type[models.Model], instance: models.Model, *, created: bool, **_: Any) -> None:
    watch, changed = watch_of(sender), instance.__dict__.pop(_CHANGED, None)
    if watch is None:
        return
    if created:
        if CREATE in watch.on:
            record(CREATE, instance)
    elif changed:
        record(UPDATE, instance, fields=changed)


def _deleted(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    watch = watch_of(sender)
    if watch is not None and DELETE in watch.on:
        record(DELETE, instance)


def _related(sender: Any, instance: Any, *, action: str, reverse: bool, model: Any, pk_set: Any, **_: Any) -> None:
    if action not in ("post_add", "post_remove", "post_clear") or pk_set == set():
        return
    owner = model if reverse else type(instance)
    fields = [field.name for field in owner._meta.many_to_many if field.remote_field.through is sender]
    if watch_of(owner) is not None:
        record_each(UPDATE, owner, sorted(pk_set or ()) if reverse else [instance.pk], fields=fields)


def _logged_in(sender: Any, user: Any, **_: Any) -> None:
    record("login", user, user=user.pk)


def _logged_out(sender: Any, user: Any, **_: Any) -> None:
    if user is not None and user.pk is not None:
        record("logout", user, user=user.pk)
