"""Columns that hold nothing about a person, by table: what a look at each of them found.

A new column goes here or into the registry; `unnamed` finds those that nobody has looked at. A history of a rule has
the columns of its rule.
"""

from collections.abc import Iterator

from django.apps import apps

from salesintel.privacy.registry import REGISTRY

_OF_HISTORIES = "history_id history_date history_change_reason history_type m2m_history_id history"
_RULE = "origin slug label description"

IMPERSONAL = {
    "chat.ChatIntent": f"{_RULE} button phrases words consumer datasets follow_ups actions max_cost by_engine priority"
    " enabled",
    "chat.ChatPolicy": "origin question_cap session_cap day_cap keep_days pruned_at pruned",
    "chat.ChatSession": "company vendor research last_seq nonce created updated deleted",
    "chat.ChatFollow": "session request run_seq is_over created",
    "chat.ChatTurn": "session client_id company intent score state found request asked taken_up writing answered",
    "chat.ChatMessage": "session turn type created",
    "chat.ChatEvent": "session seq type message run run_seq at",
    "chat.ChatFeedback": "message value at",
    "personas.Contact": "created external_source company industry employees came_by notified lawful_basis updated",
    "personas.Interaction": "created external_source contact deal thread file message_key answers_key is_automatic"
    " words space",
    "personas.Thread": "created key",
    "personas.File": "created external_source contact media_type size",
    "personas.Product": "created external_source external_id name",
    "personas.Deal": "created external_source company amount currency status stage opened_at closed_at",
    "personas.DealContact": "created deal contact",
    "personas.DealStage": "created deal stage entered_at",
    "personas.ContactPersona": "created contact asked method fell_back why engine no_engine arm prompt quality"
    " parts borne interactions latest cost seconds made",
    "personas.PersonaFeedback": "created persona trait stars at",
    "personas.PersonaUse": "created persona what day",
    "personas.PersonaTrial": "origin slug question status salt started finished",
    "personas.PersonaArm": "origin trial place label method writer version share",
    "personas.PersonaBatch": "created status method writer each cap spent moved started finished",
    "personas.PersonaBatchLine": "batch contact place state persona reason held cost attempts begun ended",
    "personas.EmbeddingProvider": "origin slug kind base_url credentials model dimensions price monthly_cap timeout"
    " priority enabled",
    "personas.EmbeddingCall": "provider at texts tokens cost seconds error",
    "personas.InteractionEmbedding": "created contact interaction place begins ends space",
    "personas.Profile": "created contact known space interactions made pattern",
    # Of what several contacts have in common, in words of ours.
    "personas.BehavioralPattern": "created name marks centre members cohesion made",
    "personas.Benchmark": "origin industry size metric low typical high",
    "personas.OwnBenchmark": "created industry size metric low typical high source",
    "personas.ContactFigures": "created contact measured",
    "personas.Distribution": "metric people contacts quantiles made",
    # Shares and coefficients of many cases; made anew every day of what is there.
    "personas.Predictor": "created question days trained why cases happened fitted trial",
    "personas.Prediction": "created contact deal question days at base",
    "personas.Grant": "contact may_edit created",
    "personas.Import": "created kind status size source read_as columns scores orders rows position counts attempts"
    " moved started finished file_gone error",
    "personas.ImportPiece": "parent number count",
    "personas.ImportFault": "parent row piece place is_repeat",
    "personas.ImportChange": "parent what record contact row is_new added kept",
    "personas.ImportPreset": "created kind source",
    "personas.CrmHook": "token system form secrets previous_until enabled created last_used",
    "personas.CrmMessage": "hook digest body heard answer",
    "personas.Suppression": "created",
    "personas.SentOnce": "key digest made status at",
    "personas.PersonaPolicy": "origin enough half_life_days day_begins day_ends regenerate_after regenerate_days"
    " pattern_minimum manual_minutes reply_days close_days engines engine_cap engine_day_cap keep_days",
    "admin.LogEntry": "action_time content_type object_id action_flag",
    "auth.Permission": "name content_type codename",
    "auth.Group": "name",
    "contenttypes.ContentType": "app_label model",
    "sessions.Session": "session_key expire_date",
    "accounts.User": "is_superuser is_staff",
    "accounts.ApiKey": "prefix digest scopes created expires_at revoked_at replaced_by first",
    # Keyed digests, which go with the key ring of the settings.
    "accounts.LoginCount": "key person place failures until",
    "enrichment.Company": "name domain provisional_key merged_into data_epoch unconfirmed private created",
    "enrichment.CompanyAlias": "company kind value key compact learned_from created",
    "enrichment.CompanyMerge": "absorbed into learned_from moved was created undone",
    "enrichment.CacheEntry": "type key company source origin digest is_empty paid fetched_at expires_at stale_since",
    "enrichment.CacheDependency": "entry on digest",
    "enrichment.Fill": "key token holder lease_until data_epoch",
    "enrichment.RulesVersion": "epoch number",
    "enrichment.Dataset": f"{_RULE} kind group quality_threshold half_life",
    "enrichment.DataConsumer": f"{_RULE} objective strategy vendor_context max_cost max_wait offered",
    "enrichment.ConsumerDataset": "origin consumer dataset required weight threshold",
    "enrichment.SalesRole": (
        f"{_RULE} long_name focus talking_points recommendations voice contact_order emphasis section_order"
    ),
    "enrichment.SalesRole_extra_datasets": "salesrole dataset",
    "enrichment.SignalRule": "origin name signals urgency action within_days witnesses enabled",
    "enrichment.PublisherRule": "origin domain score why",
    "enrichment.CachePolicy": "origin cache_type ttl serve_stale_for",
    "enrichment.RuleSet": "digest body created",
    "enrichment.WorkflowRun": "consumer company vendor role segment region strategy require origin work_key report_key"
    " rule_set variant not_before vendor_run status stop_reason estimated_cost estimated_seconds cost is_bulk attempts"
    " lease_token lease_until wake_at clock_from rests_since waiting_for last_seq created started finished exported",
    "enrichment.ResearchRequest": "parent body_hash consumer company vendor strategy require not_before cap reserved"
    " spent saved run joined from_cache report status paused_until bulk_line attempt watch_check created answered",
    "enrichment.Bulk": "body_hash consumer vendor require order columns cap held spent status extra created started"
    " finished",
    "enrichment.BulkLine": "bulk line state found candidates company value expected worst seconds rank attempt request"
    " held cost ended",
    "enrichment.Watch": "company vendor consumer role every cron free_only max_cost monthly_cost paused next_at"
    " seen_sources last_checked looked_at created",
    "enrichment.WatchCheck": "watch slot request status reason changes cost began ended",
    "enrichment.WatchChange": "watch check_of company kind dataset origin score at",
    "enrichment.Digest": "every next_at last_at",
    "enrichment.StepRun": "run name ordinal wave status attempts schema_version started finished",
    "enrichment.RunEvent": "run seq kind at",
    "enrichment.Provider": f"{_RULE} base_url credentials credential_names requests_per_minute concurrency in_doubt"
    " repeat_free_for terms_note enabled",
    "enrichment.Source": f"{_RULE} note provider cost charged max_records expected_records latency timeout"
    " origin_group ttl ttl_when_empty enabled",
    "enrichment.Source_needs": "source dataset",
    "enrichment.DatasetSource": "origin dataset source priority reliability fill_rate freshness_needed"
    " extraction_complexity",
    "enrichment.RedundancyRule": "origin consumer skip mode enabled",
    "enrichment.RedundancyRule_because_of": "redundancyrule source",
    "enrichment.SourceCall": "run request wave company source provider cache_key data_epoch attempt status origin"
    " reserved cost budgets job records waited entry lease_until started answered verdict decided",
    "enrichment.EngineCall": "run request consumer work engine model status reserved budgets cost tokens_in tokens_out"
    " tokens_cached tokens_cache_written started answered verdict decided",
    "enrichment.ProviderState": "provider tokens tokens_at failures open_until paused_until checked left left_unit"
    " usual usual_at usual_of",
    "enrichment.Evidence": "company entry source origin key kind published_at collected_at",
    "enrichment.Observation": "company entry dataset source origin observed_at",
    "enrichment.Fact": "company dataset origin reliability observed_at sources evidence why corrected updated",
    "enrichment.Correction": "company dataset created withdrawn",
    "enrichment.Suggestion": "company kind origin status decided created",
    "enrichment.Sighting": "suggestion company report pointer at",
    "enrichment.Rating": "report stars created updated",
    "enrichment.SectionUse": "day origin consumer role engine prompt section action count",
    "enrichment.Report": "company vendor consumer role segment region origin run entry engine prompt quality datasets"
    " vendor_context_used cost reused worth stop_reason best_under generated_at",
    "enrichment.CallerMaterial": "request",
    "enrichment.ReportPart": "report cache_type source paid call payer found",
    "enrichment.ChangeSet": "made kind why changes undoes",
    "enrichment.StepDeadline": "origin step limit",
    "enrichment.AnalysisEngine": f"{_RULE} kind base_url region credentials model answers effort priority price_in"
    " price_out price_cached price_cache_write long_above price_in_long price_out_long monthly_cap requests_per_minute"
    " concurrency max_tokens timeout enabled reads_again",
    "enrichment.EngineState": "engine tokens tokens_at failures open_until paused_until answered checked",
    "enrichment.PromptVersion": "origin purpose version text active",
    "enrichment.Experiment": "slug label question consumer starts ends cost_step quality_step highest_cost"
    " lowest_quality lowest_coverage rails_after status why started finished planned base salt",
    "enrichment.Variant": "experiment label is_control share changes strategy",
    "enrichment.Trial": "variant run company began ended cost quality coverage is_complete seconds",
    "enrichment.Retention": "origin what keep pruned_at pruned",
    "enrichment.Budget": "origin provider consumer period limit at_limit warn_at enabled",
    "enrichment.BudgetPeriod": "budget starts_on run reserved spent warned",
    "enrichment.Brake": "origin provider window factor at_least limit pause_for in_sandbox enabled",
    "enrichment.SpendingStop": "provider why began until brake lifted",
    "enrichment.Notice": "kind key at seen mailed",
    # Thin by their catalogue: ids, counts, a company's name.
    "enrichment.Announcement": "type data once at",
    "enrichment.UserNotice": "announcement",
    "enrichment.WebhookEndpoint": "types secrets rotated previous_until enabled disabled_at disabled_why failures"
    " failing_since rests_until succeeded answers_in created",
    "enrichment.WebhookDelivery": "message endpoint state tries next_at until lease_token lease_until created ended",
    "enrichment.WebhookAttempt": "delivery number at seconds status error",
    "enrichment.RequestLimit": "origin scope key requests seconds enabled",
    # Numbers of keys and accounts, and keyed digests of addresses; gone after a day.
    "enrichment.RouteUse": "day route method calls refused failed",
    "enrichment.RequestCount": "bucket began used requests seconds",
    "enrichment.UsageDay": "starts ends added_up",
    "enrichment.UsageFigure": "day origin of key everybody calls cost unpriced requests saved hits misses",
    "enrichment.UsageMark": "at",
    # Keyed digests, which nobody turns back without the key; the key itself, encrypted.
    "enrichment.OptOut": "kind digest scope words why created",
    "enrichment.DigestKey": "secret",
    "enrichment.Erasure": "person company began finished counts",
    "audit.Entry": "at key_prefix via action model object_id fields counts request_id run",
    "audit.Seal": "number entry content digest",
    "audit.Cut": "number digest at entries kept",
    "audit.Head": "number digest settled begins signed signed_digest signature",
    # The queue's messages hold one word; a run's id at most.
    "django_q.Task": "name func hook args kwargs result group cluster started stopped success attempt_count",
    "django_q.Schedule": "name func hook args kwargs schedule_type minutes repeats next_run cron task cluster"
    " intended_date_kwarg",
    "django_q.OrmQ": "key payload lock",
}


def columns() -> Iterator[tuple[str, str]]:
    """(model, column) of every table but those that only join two others."""
    for model in apps.get_models():
        if not model._meta.proxy:
            for field in model._meta.concrete_fields:
                yield model._meta.label, field.name


def unnamed() -> list[str]:
    """Columns of which nobody has said whether they are personal, as `app.Model.column`."""
    return [f"{model}.{name}" for model, name in columns() if not _is_named(model, name)]


def _is_named(model: str, name: str) -> bool:
    base = model.replace(".Historical", ".")
    found = IMPERSONAL.get(base, "").split()
    registered = {row.field for row in REGISTRY if row.model == base}
    if base != model:
        found += _OF_HISTORIES.split()
        registered |= {row.field for row in REGISTRY if row.model == "*"}
    return name == "id" or name in found or name in registered


def unheld() -> list[str]:
    """Columns that are said to be personal or not, and that there are not."""
    there = {(model.replace(".Historical", "."), name) for model, name in columns()}
    said = [(model, name) for model, names in IMPERSONAL.items() for name in names.split()]
    said += [(row.model, row.field) for row in REGISTRY if row.model != "*"]
    shared = {(model, name) for model, name in said if name in ("slug", "label", "description")}
    return [f"{model}.{name}" for model, name in said if (model, name) not in there | shared]
