"""Two versions of a rule side by side, field by field."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from salesintel.history import history_of

MOST_VERSIONS = 200


def reason_to_revert(model: type[Model], row: str, version: str) -> str:
    """What the history says of a version that brings back an earlier one; "" where there is none such."""
    past = history_of(model).filter(id=row, history_id=version).first()
    if past is None:
        return ""
    return f"Reverted to the version of {past.history_date:%d %b %Y %H:%M:%S} UTC"[:100]


def compare_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Two versions of one row; without a choice the newest and the one before it."""
    if not admin.has_view_history_or_change_history_permission(request):
        raise PermissionDenied
    is_id = object_id.isdecimal() and len(object_id) < 19
    rows = admin.model.history.filter(id=int(object_id) if is_id else 0).select_related("history_user")
    versions = list(rows[:MOST_VERSIONS])
    if not versions:
        raise Http404(f"There is no version of {object_id}.")
    old = _chosen(versions, request.GET.get("old", ""), default=versions[min(1, len(versions) - 1)])
    new = _chosen(versions, request.GET.get("new", ""), default=versions[0])
    delta = new.diff_against(old, foreign_keys_are_objs=True)
    helper = admin.get_historical_record_context_helper(request, new)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Versions of {versions[0].history_object}",
        "opts": admin.opts,
        "versions": versions,
        "old": old,
        "new": new,
        "changes": helper.context_for_delta_changes(delta),
        "history": reverse(f"admin:enrichment_{admin.opts.model_name}_history", args=[object_id]),
        "revert_to": _address(admin, object_id, old),
        "may_revert": not admin.revert_disabled(request) and admin.has_change_permission(request),
    }
    return render(request, "admin/enrichment/compare.html", context)


def _chosen(versions: list[Any], wanted: str, *, default: Any) -> Any:
    return next((version for version in versions if str(version.history_id) == wanted), default)


def _address(admin: Any, object_id: str, version: Any) -> str:
    return reverse(f"admin:enrichment_{admin.opts.model_name}_simple_history", args=[object_id, version.history_id])
