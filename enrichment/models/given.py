"""What callers send to be analysed: theirs alone. It enters no cache, no fact and nobody else's report."""

from django.db import models

from enrichment.models.runs import ResearchRequest


class CallerMaterial(models.Model):
    """The search results of one request and what its caller says that it is about; it goes with the request."""

    request = models.OneToOneField(ResearchRequest, on_delete=models.CASCADE, related_name="material")
    context = models.TextField(blank=True, help_text="What the caller says that the conversation is about.")
    items = models.JSONField(help_text="[{title, url, text, publisher, publishedAt}], as sent, tidied and cut.")

    class Meta:
        verbose_name = "material of a caller"
        verbose_name_plural = "material of callers"

    def __str__(self) -> str:
        return f"{len(self.items)} items"
