"""The tables of people's records show each their own, on PostgreSQL. After this, every `migrate` puts the policies up."""

from django.db import migrations

from personas.walls import keeping


def take_down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        keeping.take_down(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("personas", "0001_initial")]

    operations = [migrations.RunPython(migrations.RunPython.noop, take_down, elidable=False)]
