"""The tables: rules an admin edits, and what happened."""

from enrichment.models.adoption import RouteUse
from enrichment.models.announcements import Announcement, UserNotice
from enrichment.models.attribution import ReportPart
from enrichment.models.bulk import Bulk, BulkLine
from enrichment.models.cache import CacheDependency, CacheEntry, Fill
from enrichment.models.calls import DoubtfulCall, EngineCall, ProviderState, SourceCall
from enrichment.models.catalog import (
    CHAT_ANSWER,
    OWN_ANALYSIS,
    PERSONA,
    CachePolicy,
    ConsumerDataset,
    DataConsumer,
    Dataset,
    PublisherRule,
    RuleSet,
    SalesRole,
    SignalRule,
)
from enrichment.models.changes import ChangeSet
from enrichment.models.companies import Company, CompanyAlias, CompanyMerge
from enrichment.models.deadlines import StepDeadline
from enrichment.models.engines import AnalysisEngine, EngineState, PromptVersion
from enrichment.models.experiments import Experiment, Trial, Variant
from enrichment.models.given import CallerMaterial
from enrichment.models.limits import RequestCount, RequestLimit
from enrichment.models.people import DigestKey, Erasure, OptOut
from enrichment.models.ratings import Rating, SectionUse
from enrichment.models.reports import Correction, Evidence, Fact, Observation, Report
from enrichment.models.retention import Retention
from enrichment.models.rule import RulesVersion
from enrichment.models.runs import UNTIL_RESUMED, LeaseLost, Origin, ResearchRequest, RunEvent, StepRun, WorkflowRun
from enrichment.models.sources import DatasetSource, Provider, RedundancyRule, Source
from enrichment.models.spending import Brake, Budget, BudgetPeriod, Notice, SpendingStop
from enrichment.models.suggestions import Sighting, Suggestion
from enrichment.models.usage import UsageDay, UsageFigure, UsageMark
from enrichment.models.watches import Digest, Watch, WatchChange, WatchCheck
from enrichment.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "CHAT_ANSWER",
    "OWN_ANALYSIS",
    "PERSONA",
    "UNTIL_RESUMED",
    "AnalysisEngine",
    "Announcement",
    "Brake",
    "Budget",
    "BudgetPeriod",
    "Bulk",
    "BulkLine",
    "CacheDependency",
    "CacheEntry",
    "CachePolicy",
    "CallerMaterial",
    "ChangeSet",
    "Company",
    "CompanyAlias",
    "CompanyMerge",
    "ConsumerDataset",
    "Correction",
    "DataConsumer",
    "Dataset",
    "DatasetSource",
    "Digest",
    "DigestKey",
    "DoubtfulCall",
    "EngineCall",
    "EngineState",
    "Erasure",
    "Evidence",
    "Experiment",
    "Fact",
    "Fill",
    "LeaseLost",
    "Notice",
    "Observation",
    "OptOut",
    "Origin",
    "PromptVersion",
    "Provider",
    "ProviderState",
    "PublisherRule",
    "Rating",
    "RedundancyRule",
    "Report",
    "ReportPart",
    "RequestCount",
    "RequestLimit",
    "ResearchRequest",
    "Retention",
    "RouteUse",
    "RuleSet",
    "RulesVersion",
    "RunEvent",
    "SalesRole",
    "SectionUse",
    "Sighting",
    "SignalRule",
    "Source",
    "SourceCall",
    "SpendingStop",
    "StepDeadline",
    "StepRun",
    "Suggestion",
    "Trial",
    "UsageDay",
    "UsageFigure",
    "UsageMark",
    "UserNotice",
    "Variant",
    "Watch",
    "WatchChange",
    "WatchCheck",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WorkflowRun",
]
