"""Starts and ends a trial. Its ways stay what they are from then on."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from enrichment import door
from personas.models import PersonaArm, PersonaTrial

FEWEST = 2  # ways
Status = PersonaTrial.Status


class CannotStart(Exception):
    """It cannot run as it is; the words say what is missing."""


@transaction.atomic
def start(trial: PersonaTrial) -> None:
    """From now on it takes part in what is asked for. Raises `CannotStart`."""
    row = PersonaTrial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    if row.status != Status.DRAFT:
        raise CannotStart(f"“{row}” is {row.get_status_display()}; draw up another one.")
    arms = list(row.arms.all())
    if len(arms) < FEWEST:
        raise CannotStart(f"“{row}” has {len(arms)} of at least {FEWEST} ways; add the others.")
    if len({(arm.method, arm.writer, arm.version) for arm in arms}) < len(arms):
        raise CannotStart(f"Two ways of “{row}” are the same; change one.")
    known = door.portrait_prompts()
    if missing := [arm.version for arm in arms if arm.version is not None and arm.version not in known]:
        raise CannotStart(f"There is no version {missing[0]} of the prompt “persona”; write it first.")
    row.status, row.started = Status.RUNNING, timezone.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise CannotStart("Another trial is running; end that one first.") from error


@transaction.atomic
def end(trial: PersonaTrial) -> None:
    """It takes part in nothing more; what was found stays. One that does not run is left as it is."""
    row = PersonaTrial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    if row.status == Status.RUNNING:
        row.status, row.finished = Status.ENDED, timezone.now()
        row.save()


def is_fixed(trial: PersonaTrial | None) -> bool:
    """Whether its ways can be changed no more."""
    return trial is not None and trial.status != Status.DRAFT


def label_of(arm: PersonaArm) -> str:
    """What the way is, in words."""
    version = f", prompt v{arm.version}" if arm.version is not None else ""
    return f"{arm.get_method_display()}, {arm.get_writer_display()}{version}"
