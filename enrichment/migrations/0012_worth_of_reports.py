from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.db.models import Value

BATCH = 500


def fill(apps, schema_editor):
    """Reports of before: worth what they cost and reused, and stopped for the reason of their run."""
    Report = apps.get_model("enrichment", "Report")
    WorkflowRun = apps.get_model("enrichment", "WorkflowRun")
    reason = Subquery(WorkflowRun.objects.filter(pk=OuterRef("run")).values("stop_reason")[:1])
    old = list(Report.objects.filter(worth=0, stop_reason="").values_list("pk", flat=True))
    for place in range(0, len(old), BATCH):
        rows = Report.objects.filter(pk__in=old[place : place + BATCH])
        rows.update(worth=F("cost") + F("reused"), stop_reason=Coalesce(reason, Value("")))


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0011_attribution")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
