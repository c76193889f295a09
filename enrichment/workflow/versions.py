"""Steps that another version of the program recorded.

The version of a step is that of its `result`. Older ones are brought up to today's by one small function per version;
a run whose steps cannot be read is planned anew from what its calls brought, which costs nothing. Newer ones, which a
program meets while the next one is being rolled out, are not touched.

A change of what a step records raises `StepRun.SCHEMA_VERSION` and adds to `UPGRADES` the function that makes it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from enrichment.models import StepRun, WorkflowRun

Result = dict[str, Any]


class NewerStep(Exception):
    """A step was recorded by a newer version of the program than this one."""


class UnreadableStep(Exception):
    """A step is too old, or not what its version says."""


def _from_1(name: str, result: Result) -> Result:
    """Version 2: every wave has its outcomes, every plan and every wave the sources that were passed over."""
    missing: dict[str, Result] = {"plan": {"paused": []}, "collect": {"paused": [], "outcomes": []}}
    return {**missing.get(name, {}), **result}


UPGRADES: Mapping[int, Callable[[str, Result], Result]] = {1: _from_1}  # version → to the next one


def result_of(step: StepRun) -> Result:
    """What the step recorded, in today's form. Raises `NewerStep` and `UnreadableStep`."""
    if step.schema_version > StepRun.SCHEMA_VERSION:
        raise NewerStep(f"{step.name} is of version {step.schema_version}.")
    result: Result = step.result
    for version in range(step.schema_version, StepRun.SCHEMA_VERSION):
        if version not in UPGRADES:
            raise UnreadableStep(f"{step.name} is of version {step.schema_version}.")
        try:
            result = UPGRADES[version](step.name, result)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnreadableStep(f"{step.name} is not of version {version}.") from error
    return result


def bring_up(run: WorkflowRun) -> None:
    """Bring the run's standing steps up to today's version, in the caller's transaction, which holds the run's row.

    Raises `NewerStep` and `UnreadableStep`; then no step is changed.
    """
    others = run.steps.standing().exclude(schema_version=StepRun.SCHEMA_VERSION)
    results = {step.pk: result_of(step) for step in others}
    for pk, result in results.items():
        StepRun.objects.filter(pk=pk).update(result=result, schema_version=StepRun.SCHEMA_VERSION)
