"""Give the roles that the seed brought the order of their briefs' parts."""

from django.db import migrations
from django.db.models import F

ORDERS = {
    "AE": ["now", "whom", "fit", "say", "object", "against", "tech"],
    "SE": ["tech", "against", "fit", "say", "whom", "now", "object"],
    "CSM": ["whom", "against", "now", "say", "fit", "object", "tech"],
    "BDR": ["now", "whom", "say", "object", "fit", "against", "tech"],
}


def fill(apps, schema_editor):
    roles = apps.get_model("enrichment", "SalesRole").objects
    changed = sum(roles.filter(slug=slug, section_order=[]).update(section_order=order) for slug, order in ORDERS.items())
    if changed:
        apps.get_model("enrichment", "RulesVersion").objects.update(number=F("number") + 1)


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0038_how_roles_order_their_briefs")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
