"""The shapes of answers, as the OpenAPI document tells them; the floors below make answers in just these."""

from typing import Any

from rest_framework import serializers

from salesintel.declared import Declared

Usd = serializers.FloatField


class Shape(serializers.Serializer[Any]):
    """Describes; what it describes is rendered as it comes."""


class CandidateOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    domain = serializers.CharField(allow_null=True)
    unconfirmedDomain = serializers.CharField(
        allow_null=True,
        help_text="In place of `domain` where one user alone said so: send `#` and the id to take it, the domain itself"
        " only to confirm it.",
    )
    matchScore = serializers.FloatField(help_text="0 to 1.")
    why = serializers.CharField(help_text="What matched.")


class EmployeesOut(Shape):
    low = serializers.IntegerField()
    high = serializers.IntegerField(
        allow_null=True, help_text="Null for no upper end; equal to low for an exact count."
    )


class FreshnessOut(Shape):
    observedAt = serializers.DateTimeField(help_text="The oldest of the values that are shown.")
    ageSeconds = serializers.IntegerField()


class CompanySearchResultOut(CandidateOut):
    """A company, with what is already known of it; null is unknown."""

    industry = serializers.CharField(allow_null=True)
    employeeCount = EmployeesOut(allow_null=True)
    location = serializers.CharField(allow_null=True)
    freshness = FreshnessOut(allow_null=True)
    sandbox = serializers.BooleanField(help_text="A value that is shown came from the sandbox.")


class LookupOut(Shape):
    companies = CompanySearchResultOut(many=True)
    cached = serializers.BooleanField(help_text="Every company that is shown comes with values collected before.")
    sandbox = serializers.BooleanField()
    requestId = serializers.CharField()


class AcceptedOut(Shape):
    """The work is under way; ask `statusEndpoint`."""

    requestId = serializers.UUIDField()
    statusEndpoint = serializers.CharField()
    estimatedDuration = serializers.CharField(help_text="Minutes, in words.")
    estimatedCost = Usd(allow_null=True, help_text="USD.")
    joined = serializers.BooleanField(help_text="Somebody's work was already under way; you pay nothing for it.")
    sandbox = serializers.BooleanField()


class AnalysisAcceptedOut(AcceptedOut):
    """The analysis of what you sent is under way; ask `statusEndpoint`."""

    workflow = serializers.CharField(help_text="own_analysis: what `workflowType` of its answer will say, too.")


class MetricsOut(Shape):
    totalCost = Usd(help_text="USD.")
    cacheHits = serializers.IntegerField()
    cacheSavings = Usd(help_text="USD that was paid before for what was reused.")
    datasetsCollected = serializers.IntegerField()


class EnvelopeDataOut(Shape):
    companyName = serializers.CharField()
    companyDomain = serializers.CharField(allow_null=True)
    vendorCompany = serializers.CharField(allow_null=True)
    workflowType = serializers.CharField()
    rawData = serializers.DictField(help_text="The merged facts by dataset.")
    analysis = serializers.DictField(help_text="The brief.")
    metrics = MetricsOut()
    generatedAt = serializers.DateTimeField()
    workflowMetadata = serializers.DictField()


class GapOut(Shape):
    dataset = serializers.CharField()
    why = serializers.CharField()
    label: Declared = serializers.CharField(required=False)
    required: Declared = serializers.BooleanField(required=False)
    reliability = serializers.FloatField(required=False, help_text="What it has, 0 to 1.")
    threshold = serializers.FloatField(required=False, help_text="What it should have, 0 to 1.")
    costToFill = serializers.CharField(
        allow_null=True, help_text="USD as a decimal, at worst; null where no source could fill it."
    )


class SayingOut(Shape):
    value = serializers.JSONField(allow_null=True)
    sources = serializers.ListField(child=serializers.CharField())
    reliability = serializers.FloatField()
    observedAt = serializers.DateTimeField()
    evidence = serializers.ListField(child=serializers.CharField(), help_text="Ids in `evidence`.")


class ConflictOut(Shape):
    """Sources that disagree, or a person who pinned what they do not say."""

    dataset = serializers.CharField()
    about = serializers.CharField(allow_null=True, help_text="Of a record: say the person's name.")
    field = serializers.CharField(allow_null=True, help_text="Of a record: say title.")
    pinned = serializers.BooleanField(help_text="A person pinned what is shown.")
    shown = SayingOut()
    others = SayingOut(many=True)


class ReasonOut(Shape):
    why = serializers.CharField(help_text="In words.")
    count = serializers.IntegerField(help_text="Statements.")


class GroundingOut(Shape):
    statements = serializers.DictField(help_text="JSON Pointer in `analysis` → evidence ids and support.")
    evidence = serializers.JSONField(help_text="The collected items that statements cite.")
    conflicts = ConflictOut(many=True, required=False, help_text="What others say instead, with their evidence.")
    withheld = serializers.IntegerField(help_text="Statements that were left out because nothing bears them.")
    withheldReasons = ReasonOut(many=True, help_text="Why they were left out, most frequent first.")
    setAside = serializers.ListField(
        child=serializers.CharField(), help_text="Items in which a text gives orders to machines; it bears nothing."
    )
    recall = serializers.FloatField(allow_null=True, help_text="Share of what was found that the brief shows.")


class ReportFreshnessOut(Shape):
    generatedAt = serializers.DateTimeField()
    ageSeconds = serializers.FloatField()
    oldestDataSeconds = serializers.FloatField()
    score = serializers.FloatField(allow_null=True, help_text="0 to 1.")
    expiresAt = serializers.DateTimeField(allow_null=True)
    refreshing = serializers.BooleanField(help_text="Expired, and being renewed: the status has the new one.")


class EnvelopeOut(Shape):
    """The whole answer."""

    requestId = serializers.UUIDField()
    data: Declared = EnvelopeDataOut()
    source: Declared = serializers.ChoiceField(["cache", "run"])
    totalCost = Usd(help_text="USD that this request cost.")
    cacheSavings = Usd(help_text="USD that was paid before for what was reused.")
    freshness = ReportFreshnessOut()
    stopReason = serializers.CharField(
        allow_blank=True,
        help_text="satisfied, exhausted, budget, deadline, cancelled, failed, own-material or ambiguous-company.",
    )
    gaps = GapOut(many=True)
    grounding = GroundingOut()
    sandbox = serializers.BooleanField()


class VendorMetadataOut(Shape):
    requestId = serializers.UUIDField()
    fromCache = serializers.BooleanField()
    processingTimeMs = serializers.IntegerField()
    generatedAt = serializers.DateTimeField()


class VendorContextOut(Shape):
    companyIntelligence = serializers.DictField(
        help_text="companyName, industry, products, targetMarkets, competitors, valuePropositions and more."
    )
    metadata = VendorMetadataOut()
    gaps = GapOut(many=True)
    grounding = serializers.DictField()
    totalCost = Usd(help_text="USD that this request cost.")
    sandbox = serializers.BooleanField()


class StatusOut(Shape):
    requestId = serializers.UUIDField()
    status = serializers.ChoiceField(["processing", "completed", "failed"])
    progress = serializers.IntegerField(help_text="0 to 100.")
    stopReason = serializers.CharField(
        allow_blank=True,
        help_text="satisfied, exhausted, budget, deadline, cancelled, failed, own-material or ambiguous-company; empty"
        " until then.",
    )
    data: Declared = EnvelopeDataOut(required=False, help_text="When completed.")
    estimatedCompletion = serializers.DateTimeField(required=False, allow_null=True, help_text="While processing.")
    error = serializers.CharField(required=False, help_text="When failed.")
    gaps = GapOut(many=True, required=False)
    grounding = GroundingOut(required=False)
    totalCost = Usd(required=False)
    cacheSavings = Usd(required=False)
    sandbox = serializers.BooleanField()


class CompanyOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    domain = serializers.CharField(allow_null=True)


class RunOut(Shape):
    """State and costs; the costs are the caller's own."""

    requestId = serializers.UUIDField()
    consumer = serializers.CharField()
    company = CompanyOut()
    vendor = serializers.CharField(allow_null=True)
    seller = serializers.DictField()
    requestStatus = serializers.CharField(help_text="attached, answered, failed or cancelled.")
    status = serializers.CharField(
        help_text="The run's: queued, running, parked, completed, partial, failed, cancelled."
    )
    paused = serializers.BooleanField(help_text="Nothing more is bought for it; the status is still processing.")
    pausedUntil = serializers.DateTimeField(allow_null=True, help_text="Null while not paused, or until it is resumed.")
    stopReason = serializers.CharField(
        allow_blank=True,
        help_text="satisfied, exhausted, budget, deadline, cancelled, failed, own-material or ambiguous-company.",
    )
    error = serializers.CharField(allow_null=True)
    progress = serializers.IntegerField(help_text="0 to 100.")
    joined = serializers.BooleanField()
    fromCache = serializers.BooleanField()
    cost = Usd(help_text="USD that this request cost.")
    reserved = Usd(help_text="USD held for calls under way.")
    cap = Usd(allow_null=True, help_text="USD.")
    saved = Usd(help_text="USD that was paid before, or by others, for what it reuses.")
    estimatedCost = Usd(allow_null=True)
    estimatedSeconds = serializers.FloatField(allow_null=True)
    createdAt = serializers.DateTimeField()
    startedAt = serializers.DateTimeField(allow_null=True)
    finishedAt = serializers.DateTimeField(allow_null=True)
    lastSeq = serializers.IntegerField(help_text="Number of the latest event.")
    reportId = serializers.UUIDField(allow_null=True)
    sandbox = serializers.BooleanField()


class SpanOut(Shape):
    name = serializers.CharField()
    label: Declared = serializers.CharField()
    started = serializers.DateTimeField()
    seconds = serializers.FloatField(allow_null=True, help_text="Null while it goes on.")
    cost = serializers.CharField(allow_null=True, help_text="USD as a decimal; null where the price is unknown.")
    status = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    stopReason = serializers.CharField(
        required=False, allow_blank=True, help_text="Of a run: why it asked no more; see its state."
    )
    attempt = serializers.IntegerField(required=False, help_text="Of a call: which try it was, from 1.")
    wait = serializers.FloatField(
        required=False, allow_null=True, help_text="Of a call: seconds from its reservation to its first request."
    )
    fallback = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Sources that were asked since this one gave nothing."
    )
    quality = serializers.DictField(
        child=serializers.FloatField(), required=False, help_text="Of the aggregation: its measures, 0 to 1."
    )
    children = serializers.ListField(child=serializers.DictField(), help_text="Spans of the same shape.")


class EventOut(Shape):
    seq = serializers.IntegerField(help_text="Rises by one.")
    type = serializers.CharField()
    at = serializers.DateTimeField()
    data: Declared = serializers.DictField()


class StreamedOut(Shape):
    """One event of a stream, as the HTML standard has it."""

    id = serializers.CharField(help_text="Its `seq`; `Last-Event-ID` goes on after it.")
    event = serializers.CharField(help_text="Its type.")
    data: Declared = serializers.CharField(help_text="The event, as JSON in one line.")


class EventsOut(Shape):
    results = EventOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="Address of the later ones; null where none are there yet.")
    previous = serializers.CharField(allow_null=True, help_text="Always null: start again from after=0.")
