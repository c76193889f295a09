"""What a report was made from, and who really paid how much for it."""

from django.db import models

from enrichment.models.calls import SourceCall
from enrichment.models.fields import UsdField
from enrichment.models.reports import Report
from enrichment.models.runs import ResearchRequest


class ReportPart(models.Model):
    """One answer that a report was made from: a source's response, or the analysis. Of a vendor's report, its parts."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="parts")
    cache_type = models.CharField(max_length=60, help_text="Say SERP_NEWS_RAW.")
    source = models.SlugField(help_text="The source, or the engine.")
    paid = UsdField(help_text="USD really paid for it, whenever that was.")
    call = models.ForeignKey(
        SourceCall, null=True, blank=True, on_delete=models.SET_NULL, related_name="used_in", help_text="The purchase."
    )
    payer = models.ForeignKey(
        ResearchRequest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="paid_for",
        help_text="The request that paid for it.",
    )
    found = models.BooleanField(help_text="It was there when the report's run needed it: nothing was bought for it.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.source} in {self.report_id}"
