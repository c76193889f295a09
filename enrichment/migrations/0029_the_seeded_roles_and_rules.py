"""Give the roles and signal rules that the seed brought what the code did for them until now, or is to do from now on."""

from django.db import migrations
from django.db.models import F

ROLES = {
    "AE": (
        ["Decision Maker", "Champion", "Technical Buyer", "Influencer"],
        ["news", "challenge", "systems", "usage", "job"],
    ),
    "SE": (
        ["Technical Buyer", "Champion", "Decision Maker", "Influencer"],
        ["systems", "challenge", "usage", "job", "news"],
    ),
    "CSM": (
        ["Champion", "Decision Maker", "Influencer", "Technical Buyer"],
        ["challenge", "usage", "news", "systems", "job"],
    ),
    "BDR": (
        ["Champion", "Decision Maker", "Technical Buyer", "Influencer"],
        ["news", "job", "challenge", "usage", "systems"],
    ),
}
RULES = {
    "Funded, hiring and integrating": {"within_days": 120, "witnesses": 2},
    "New leadership after funding": {"within_days": 180, "witnesses": 1},
    "Growing abroad": {"within_days": 120, "witnesses": 2},
}


def fill(apps, schema_editor):
    changed = 0
    for slug, (contacts, emphasis) in ROLES.items():
        rows = apps.get_model("enrichment", "SalesRole").objects.filter(slug=slug)
        changed += rows.update(voice=slug, contact_order=contacts, emphasis=emphasis)
    for name, values in RULES.items():
        changed += apps.get_model("enrichment", "SignalRule").objects.filter(name=name).update(**values)
    if changed:
        apps.get_model("enrichment", "RulesVersion").objects.update(number=F("number") + 1)


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0028_what_roles_stress_and_rules_want")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
