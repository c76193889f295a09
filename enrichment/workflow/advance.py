"""Pushes one run from step to step, on the driver's loop."""

from enrichment.collection import Collector
from enrichment.killpoints import reach
from enrichment.workflow import steps
from enrichment.workflow.analyse import analyse
from enrichment.workflow.early import EarlyReader
from enrichment.workflow.leases import Lease
from enrichment.workflow.steps import Collect
from enrichment.workflow.tools import Tools
from salesintel import audit
from salesintel.logs import run_id


async def advance(lease: Lease, tools: Tools) -> None:
    """Push the run on until it ends, waits, or the driver stops. Raises `LeaseLost`."""
    run_id.set(str(lease.run))  # of this task alone
    with audit.acting(run=lease.run):
        await _advance(lease, tools)


async def _advance(lease: Lease, tools: Tools) -> None:
    action = await tools.hop(steps.resume, lease)
    tools.look.set()  # it may have started the vendor's run
    while action is not None:
        if tools.stopping:
            await tools.hop(steps.rest, lease, action.step)
            return
        if isinstance(action, Collect):
            with tools.backstop.guard(action.deadline, f"wave {action.wave} of run {lease.run}"):
                outcomes = await _collector(lease, action, tools).wave(
                    action.sources, wave=action.wave, deadline=action.deadline
                )
            action = await tools.hop(steps.after_wave, lease, action.step, outcomes)
            reach("after_wave")
        else:
            await analyse(lease, action.step, tools)
            return


def _collector(lease: Lease, action: Collect, tools: Tools) -> Collector:
    return Collector(
        run=lease.run,
        lease_token=lease.token,
        company=action.company,
        ref=action.ref,
        origin=action.origin,
        not_before=action.not_before,
        max_ages=action.max_ages,
        rules=action.rules,
        egress=tools.egress,
        hop=tools.hop,
        memories=tools.memories,
        read=EarlyReader(run=lease.run, consumer=action.consumer, wanted=action.wanted, rules=action.rules),
    )
