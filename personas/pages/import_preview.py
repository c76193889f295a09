"""The first rows of a file as its page shows them: what is wrong stands first, and in its place what the file says."""

from typing import Any

from django.utils.translation import gettext as _


def previewed(told: dict[str, Any]) -> dict[str, Any]:
    """Of an import that is told: `labels` of the columns, `preview` (row, [(label, text)]), whether any `has_wrong`."""
    rows = [(each, _texts(each, told["columns"])) for each in told["preview"]]
    fields = {each["name"]: each["label"] for each in told["fields"]} or _mail_fields()
    present = {name for _, texts in rows for name in texts}
    names = [*(name for name in fields if name in present), *sorted(present - fields.keys())]
    labels = {name: fields.get(name, name) for name in names}
    return {
        "labels": list(labels.values()),
        "preview": [(each, [(labels[name], texts.get(name, "")) for name in names]) for each, texts in rows],
        "has_wrong": any(each["errors"] for each, _ in rows),
    }


def _texts(row: dict[str, Any], columns: list[dict[str, Any]]) -> dict[str, str]:
    """By field what was read, and of a cell that was not what stands in it."""
    fields = {column["name"]: column["field"] for column in columns if column["field"]}
    wrong = {fields[each["column"]]: each["value"] for each in row["errors"] if each["column"] in fields}
    texts = {**wrong, **row["values"]}
    if "direction" in texts:
        texts["direction"] = {"in": _("from them"), "out": _("from you")}.get(texts["direction"], texts["direction"])
    return texts


def _mail_fields() -> dict[str, str]:
    """What the columns of a mailbox's preview are called."""
    words = (_("When"), _("Direction"), _("From"), _("To"), _("Subject"))
    return dict(zip(("occurredAt", "direction", "from", "to", "subject"), words, strict=True))
