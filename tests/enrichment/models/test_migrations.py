from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

SQUASHED = ("enrichment", "0001_squashed_0043_lines_and_checks_of_requests")


def test_a_new_house_has_the_tables_of_one_that_went_step_by_step():
    loader = MigrationLoader(None, replace_migrations=False)
    at_once = loader.disk_migrations[SQUASHED]

    new = tables(at_once.mutate_state(ProjectState(), preserve=False))

    assert new == tables(loader.project_state(at_once.replaces[-1]))


def tables(state):
    """Of the engine's tables: what each consists of, in any order."""
    return {
        name: {
            "bases": model.bases,
            "fields": {field: MigrationWriter.serialize(form)[0] for field, form in model.fields.items()},
            "options": {
                option: sorted(MigrationWriter.serialize(each)[0] for each in value)
                if option in {"indexes", "constraints"}
                else value
                for option, value in model.options.items()
                if value != []
            },
        }
        for (app, name), model in state.models.items()
        if app == "enrichment"
    }
