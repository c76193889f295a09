"""How a run collects: `enhanced` plans before it pays, `legacy` asks every source, `hybrid` is one or the other.

`hybrid` is the documents' way to move over: new companies are planned for, those that are known already are collected
as ever. A company is known once a report on it was written, from data of the same origin.

A request and the key of its report hold what was asked for, `hybrid` included: who asks again is served the report that
is there, whichever way it was collected. The run holds what it does, decided when it starts.
"""

from enrichment.models import OWN_ANALYSIS, DataConsumer, Report
from enrichment.workflow.keys import Subject

Strategy = DataConsumer.Strategy


def in_force(subject: Subject) -> str:
    """`enhanced` or `legacy`: what the subject's strategy comes to for its company now. One query, for hybrid alone."""
    if subject.strategy != Strategy.HYBRID:
        return subject.strategy
    reports = Report.objects.filter(company=subject.company, origin=subject.origin).exclude(consumer=OWN_ANALYSIS)
    return str(Strategy.LEGACY if reports.exists() else Strategy.ENHANCED)
