"""Names of other scripts that are known already get their spelling in Latin letters, by which they are found, too.

What was computed bears the mark "spelling", and goes again on the way back.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from enrichment.companies.latin import SPELLING, latin_of

BATCH = 500


def spell(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    aliases = apps.get_model("enrichment", "CompanyAlias").objects
    names = aliases.filter(kind="name").values_list("company_id", "value")
    made = []
    for company, value in names.iterator(chunk_size=BATCH):
        if latin := latin_of(value):
            made.append(
                aliases.model(
                    company_id=company, kind="name", key=latin, value=latin.title(), learned_from=SPELLING
                )
            )
    aliases.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)


def forget(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("enrichment", "CompanyAlias").objects.filter(kind="name", learned_from=SPELLING).delete()


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0036_retention_that_tells")]

    operations = [migrations.RunPython(spell, forget, elidable=True)]
