"""What contacts come with: a policy that an admin finds and edits."""

import pytest

from personas.models import Benchmark, PersonaPolicy
from personas.seed import seed

pytestmark = pytest.mark.django_db


def test_the_policy_is_there_to_be_edited_and_made_once():
    made = seed()

    assert made["policy of personas"] == 1
    assert made["benchmarks"] == Benchmark.objects.count()
    assert seed().total() == 0


def test_a_policy_that_was_deleted_is_not_made_again():
    seed()
    PersonaPolicy.objects.get().delete()

    seed()

    assert not PersonaPolicy.objects.exists()
