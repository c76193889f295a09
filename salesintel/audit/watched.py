"""What a watched table of ours is made of: changes of one row and of many, each in one transaction with its entries."""

from typing import Any, TypeVar

from django.db import models, transaction

from salesintel.audit.recording import record_each
from salesintel.audit.scope import CREATE, UPDATE, watch_of

M = TypeVar("M", bound=models.Model)


class WatchedQuerySet(models.QuerySet[M]):
    """Records what Django changes without telling: many rows at once. `bulk_update` goes through `update`."""

    def update(self, **values: Any) -> int:
        watch = watch_of(self.model)
        named = {*values} - (watch.ignore if watch else {*values})
        if watch is None or not named or UPDATE not in watch.on:
            return super().update(**values)
        with transaction.atomic(using=self.db, savepoint=False):
            rows = self._locked()
            changed = super().update(**values)
            if changed and rows:
                record_each(UPDATE, self.model, rows, fields=named)
            return changed

    def _locked(self) -> list[Any]:
        """Primary keys of the rows, which stay as they are until the end of the transaction."""
        rows = self.order_by().values_list("pk", flat=True)
        plain = not (self.query.distinct or self.query.is_sliced or self.query.combinator or self.query.group_by)
        return list(rows.select_for_update(no_key=True, of=()) if plain and not self._joins() else rows)

    def _joins(self) -> bool:
        """Whether another table is asked, too: not every kind of join can be locked."""
        return len([name for name, count in self.query.alias_refcount.items() if count]) > 1

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[M]:
        watch = watch_of(self.model)
        if watch is None or CREATE not in watch.on:
            return super().bulk_create(objs, *args, **kwargs)
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(objs, *args, **kwargs)
            if pks := [row.pk for row in made if row.pk is not None]:
                record_each(CREATE, self.model, pks)
            return made


class Watched(models.Model):
    """A row whose change and whose entry are there both or not at all."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic(using=kwargs.get("using"), savepoint=False):
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=kwargs.get("using"), savepoint=False):
            return super().delete(*args, **kwargs)
