"""The registry of personal data: every column that may hold any, and what holds for it.

It drives erasure and export (`enrichment/workflow/erasing.py`), pruning (`enrichment/workflow/retention.py`) and
docs/privacy.md. A column that is neither here nor in `impersonal.py` fails the build.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Whose(StrEnum):
    PROSPECT = "people at companies"
    CONTACT = "contacts of people who use the product"
    USER = "people who use the product"


class Basis(StrEnum):
    """On what ground we may hold it (GDPR, article 6)."""

    INTEREST = "legitimate interest: to prepare business conversations (6.1 f)"
    CONTRACT = "contract: to serve whoever uses the product (6.1 b)"
    DUTY = "legal duty: to show who did what (6.1 c)"


class Keep(StrEnum):
    """How long; the first six are rows of the admin's retention, in their words."""

    RESPONSES = "responses"
    STEPS = "steps"
    EVENTS = "events"
    PLANS = "plans"
    KEYS = "keys"
    DELIVERIES = "deliveries"
    COMPANY = "while the company is kept"
    ACCOUNT = "as long as the account"
    LEDGER = "as long as the ledger"
    AUDIT = "as long as the audit log"
    SESSION = "two weeks after the last visit"
    CHAT = "as long as the policy of conversations says"
    CONTACT = "as long as its contact"
    FILE = "a week"
    UNDO = "thirty days, to be taken back"
    HISTORY = "as long as the policy of personas says"


class OnErasure(StrEnum):
    """What becomes of what names somebody who is erased."""

    ROW = "the row goes"
    ITEM = "the items of a list that name them go"
    REDACT = "what names them is replaced by “[erased]”"
    BODY = "a response is blanked, what was derived goes"
    REMADE = "made anew from what is left"
    NEVER = "is not theirs: goes with the account"
    CONTACT = "goes with the contact, everywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """One column. `companies`: paths to the companies whose people a row may name; none: it may be anybody's."""

    model: str  # "app.Model"; "*" for every history of a rule
    field: str
    whose: Whose
    purpose: str
    source: str
    basis: Basis
    keep: Keep
    on_erasure: OnErasure
    companies: tuple[str, ...] = ()


def _columns(fields: str, alike: Personal) -> list[Personal]:
    """Columns of one table for which the same holds, whatever the field of `alike`."""
    return [replace(alike, field=field) for field in fields.split()]


def _rows(
    model: str,
    fields: str,
    purpose: str,
    source: str,
    keep: Keep,
    on_erasure: OnErasure,
    *,
    companies: tuple[str, ...] = ("company",),
) -> list[Personal]:
    """Columns of one table that hold prospects' people for the same reason."""
    return _columns(
        fields,
        Personal(
            model=model, field="", whose=Whose.PROSPECT, purpose=purpose, source=source, basis=Basis.INTEREST,
            keep=keep, on_erasure=on_erasure, companies=companies,
        ),
    )  # fmt: skip


def _contacts(
    model: str,
    fields: str,
    purpose: str,
    source: str = "its owner, a file, a mailbox or a CRM",
    keep: Keep = Keep.CONTACT,
) -> list[Personal]:
    """Columns about the contacts of those who use the product; their owner's alone."""
    return _columns(
        fields,
        Personal(
            model=model, field="", whose=Whose.CONTACT, purpose=purpose, source=source, basis=Basis.INTEREST,
            keep=keep, on_erasure=OnErasure.CONTACT,
        ),
    )  # fmt: skip


def _own(
    model: str, fields: str, purpose: str, *, basis: Basis = Basis.CONTRACT, keep: Keep = Keep.ACCOUNT
) -> list[Personal]:
    """Columns about those who use the product, which they or an admin give."""
    return _columns(
        fields,
        Personal(
            model=model, field="", whose=Whose.USER, purpose=purpose, source="themselves, or an admin", basis=basis,
            keep=keep, on_erasure=OnErasure.NEVER,
        ),
    )  # fmt: skip


_BOTH = ("company", "vendor")
_OF_RUN = ("run__company", "run__vendor")
_WHO_DECIDES = "to know whom to talk to"
_SHOWN = "to show where a claim comes from"
_WORK = "to do the work, and to show how it was done"
_DID = "to show who did what"
_MET = "to know what a vendor meets at its prospects"
_KNOWS = "to know whom one talks to"
_LIKE = "to know what a contact is like"

REGISTRY: tuple[Personal, ...] = (
    *_rows("enrichment.Observation", "value", _WHO_DECIDES, "sources", Keep.RESPONSES, OnErasure.ROW),
    *_rows("enrichment.Evidence", "title url", _SHOWN, "sources", Keep.RESPONSES, OnErasure.ROW),
    *_rows("enrichment.Evidence", "publisher text", _SHOWN, "sources", Keep.RESPONSES, OnErasure.REDACT),
    *_rows("enrichment.CacheEntry", "body", "not to pay twice", "sources", Keep.RESPONSES, OnErasure.BODY),
    *_rows("enrichment.Fact", "value claims", _WHO_DECIDES, "observations", Keep.COMPANY, OnErasure.REMADE),
    *_rows("enrichment.Correction", "value", _WHO_DECIDES, "whoever corrects", Keep.COMPANY, OnErasure.ITEM),
    *_rows("enrichment.Correction", "reason evidence_url", _SHOWN, "whoever corrects", Keep.COMPANY, OnErasure.REDACT),
    *_rows(
        "enrichment.CompanyMerge", "reason", _DID, "whoever merges", Keep.COMPANY, OnErasure.REDACT,
        companies=("absorbed", "into"),
    ),
    *_rows("enrichment.Suggestion", "name key", _MET, "reports", Keep.COMPANY, OnErasure.ROW),
    *_rows(
        "enrichment.Rating", "reason", "to learn which briefs are of use", "whoever rates", Keep.COMPANY,
        OnErasure.REDACT, companies=("report__company", "report__vendor"),
    ),
    *_rows(
        "enrichment.Report",
        "body statements evidence conflicts withheld gaps failures",
        "to prepare a conversation",
        "facts and evidence",
        Keep.COMPANY,
        OnErasure.REDACT,
        companies=_BOTH,
    ),
    *_rows(
        "enrichment.WorkflowRun", "plan_input", _WORK, "rules and responses", Keep.PLANS, OnErasure.REDACT,
        companies=_BOTH,
    ),
    *_rows(
        "enrichment.CallerMaterial", "context items", "to analyse what they sent", "callers", Keep.STEPS,
        OnErasure.REDACT, companies=("request__company", "request__vendor"),
    ),
    *_rows("enrichment.WorkflowRun", "error", _WORK, "the run", Keep.LEDGER, OnErasure.REDACT, companies=_BOTH),
    *_rows("enrichment.StepRun", "result error", _WORK, "the run", Keep.STEPS, OnErasure.REDACT, companies=_OF_RUN),
    *_rows("enrichment.RunEvent", "data", _WORK, "the run", Keep.EVENTS, OnErasure.REDACT, companies=_OF_RUN),
    *_rows("enrichment.SourceCall", "error", _WORK, "providers", Keep.LEDGER, OnErasure.REDACT),
    *_rows("enrichment.EngineCall", "error", _WORK, "engines", Keep.LEDGER, OnErasure.REDACT, companies=_OF_RUN),
    *_rows("enrichment.Notice", "text", "to tell admins", "providers", Keep.LEDGER, OnErasure.REDACT, companies=()),
    *_rows(
        "enrichment.ProviderState", "note check_words", _WORK, "providers", Keep.LEDGER, OnErasure.REDACT, companies=()
    ),
    *_rows("enrichment.EngineState", "note check_words", _WORK, "engines", Keep.LEDGER, OnErasure.REDACT, companies=()),
    *_rows(
        "admin.LogEntry", "object_repr change_message", _DID, "the admin", Keep.LEDGER, OnErasure.REDACT, companies=()
    ),
    *_rows(
        "enrichment.WebhookAttempt", "answer", "to show why a delivery failed", "receivers of webhooks",
        Keep.DELIVERIES, OnErasure.REDACT, companies=(),
    ),
    *_rows(
        "chat.ChatMessage", "content actions metadata", "to answer questions", "facts, evidence and whoever asks",
        Keep.CHAT, OnErasure.REDACT, companies=(),
    ),
    *_rows("chat.ChatEvent", "data", "to answer questions", "the run", Keep.CHAT, OnErasure.REDACT, companies=()),
    *_rows(
        "chat.ChatTurn", "slots", "to understand questions", "whoever asks", Keep.CHAT, OnErasure.REDACT, companies=()
    ),
    *_rows(
        "chat.ChatSession", "memory title", "to understand follow-ups", "whoever asks", Keep.CHAT, OnErasure.REDACT,
        companies=(),
    ),
    *_rows(
        "chat.ChatFeedback", "why", "to learn which answers are of use", "whoever asks", Keep.CHAT, OnErasure.REDACT,
        companies=(),
    ),
    *_contacts("personas.Contact", "name email email_digest phone title company_name time_zone external_id", _KNOWS),
    *_contacts(
        "personas.Interaction", "type direction occurred_at duration_seconds outcome subject body mood external_id",
        _LIKE, keep=Keep.HISTORY,
    ),
    *_contacts("personas.File", "name text external_id", _LIKE),
    *_contacts("personas.ContactPersona", "body", _LIKE, "interactions"),
    *_contacts("personas.PersonaFeedback", "text", "to learn which personas are of use", "whoever rates"),
    *_contacts("personas.InteractionEmbedding", "vector", "to find again what was said", "what was said"),
    *_contacts("personas.Profile", "behaviour text said", _LIKE, "interactions"),
    *_contacts(
        "personas.ContactFigures",
        "engagement replies clock_hours working_hours cycle_days conversion held pace quality",
        "to tell how others do beside them", "interactions",
    ),
    *_contacts("personas.Prediction", "chance came", "to tell how often predictions come true", "interactions, deals"),
    *_contacts("personas.Deal", "name external_id", "to know what is sold to whom"),
    *_contacts("personas.DealContact", "role", "to know what is sold to whom"),
    *_own("personas.PersonaFeedback", "by", "to show them their own stars"),
    *_own("personas.PersonaUse", "by", "to count who uses personas"),
    *_contacts("personas.Import", "name header options found", "to take in files", "whoever sends them", Keep.FILE),
    *_contacts("personas.ImportPiece", "body keys", "to take in files", "whoever sends them", Keep.FILE),
    *_contacts("personas.ImportFault", "faults", "to tell what is wrong in files", "whoever sends them", Keep.FILE),
    *_contacts("personas.ImportChange", "before after", "to take an import back", "records", Keep.UNDO),
    *_own("personas.Import", "owner", "to take in their files"),
    *_own("personas.ImportPreset", "owner name columns options", "to read their files the same way again"),
    *_own("personas.Grant", "owner grantee", "to share what they let others see"),
    *_own("personas.CrmHook", "owner", "to let their CRM write their records"),
    *_own("personas.SentOnce", "user", "to answer the same request the same way"),
    *_own("personas.Suppression", "owner", "not to take in again whom they erased", basis=Basis.DUTY),
    Personal(
        model="personas.Suppression",
        field="digest",
        whose=Whose.CONTACT,
        purpose="not to take in again who was erased; a keyed digest",
        source="whoever asks for it",
        basis=Basis.DUTY,
        keep=Keep.ACCOUNT,
        on_erasure=OnErasure.NEVER,
    ),
    *[
        row
        for name in (
            "Contact Interaction Thread File Product Deal DealContact DealStage InteractionEmbedding Profile"
            " BehavioralPattern ContactPersona PersonaFeedback PersonaUse PersonaBatch OwnBenchmark ContactFigures"
            " Predictor Prediction"
        ).split()
        for row in _own(f"personas.{name}", "owner", "to keep each one's records apart")
    ],
    *_own("chat.ChatSession", "user seller", "to converse with them", keep=Keep.CHAT),
    *_own("accounts.User", "username password email", "to log in"),
    *_own("accounts.User", "first_name last_name last_login date_joined is_active", "to know who uses the product"),
    *_own("accounts.User", "role segment region vendor time_zone", "to speak in their terms"),
    *_own("accounts.ApiKey", "user name last_used", "to let their programs in"),
    *_own("sessions.Session", "session_data", "to stay logged in", keep=Keep.SESSION),
    *_own("enrichment.ResearchRequest", "user", "to answer whoever asked"),
    *_own("enrichment.ResearchRequest", "idempotency_key", "to answer whoever asked", keep=Keep.KEYS),
    *_own("enrichment.ResearchRequest", "seller", "to speak in the rep's terms"),
    *_own("enrichment.Bulk", "user idempotency_key label seller", "to work off the lists that they send"),
    *_own("enrichment.BulkLine", "name domain external_id key reason", "to tell them what became of each line"),
    *_rows("enrichment.Watch", "seen", "to tell what changed", "facts", Keep.COMPANY, OnErasure.ITEM),
    *_rows(
        "enrichment.WatchChange", "what old new evidence", "to tell what changed", "facts", Keep.COMPANY, OnErasure.ROW
    ),
    *_own("enrichment.Watch", "user time_zone", "to look at what they watch"),
    *_own("enrichment.Digest", "user", "to mail them what changed"),
    *_own("enrichment.EngineCall", "user", "to keep within what they may spend"),
    *_own("enrichment.Budget", "user", "to keep within what they may spend"),
    *_own("enrichment.UsageFigure", "user", "to show them what they used"),
    *_own("enrichment.Rating", "user", "to show them their own stars"),
    *_own("enrichment.Announcement", "owner", "to tell them what happened", keep=Keep.DELIVERIES),
    *_own("enrichment.UserNotice", "user read", "to show them what is new", keep=Keep.DELIVERIES),
    *_own("enrichment.WebhookEndpoint", "user url description", "to tell their programs what happened"),
    *_own("enrichment.Correction", "user", _DID, basis=Basis.DUTY),
    *_own("enrichment.Company", "given_by", "to tell their own word from a second one"),
    *_own("enrichment.CompanyMerge", "by undone_by", _DID, basis=Basis.DUTY),
    *_own("enrichment.Suggestion", "by", _DID, basis=Basis.DUTY),
    *_own("enrichment.ChangeSet", "user", _DID, basis=Basis.DUTY),
    *_own("enrichment.SpendingStop", "by lifted_by", _DID, basis=Basis.DUTY),
    *_own("enrichment.Notice", "seen_by", _DID, basis=Basis.DUTY),
    *_own("enrichment.OptOut", "by", _DID, basis=Basis.DUTY),
    *_own("enrichment.Erasure", "by", _DID, basis=Basis.DUTY),
    *_own("admin.LogEntry", "user", _DID, basis=Basis.DUTY),
    *_own("*", "history_user", _DID, basis=Basis.DUTY),
    *_own("audit.Entry", "actor", _DID, basis=Basis.DUTY, keep=Keep.AUDIT),
    Personal(
        model="enrichment.Erasure",
        field="identifiers",
        whose=Whose.PROSPECT,
        purpose="to find what names them, while an erasure is under way; encrypted",
        source="whoever asks for it",
        basis=Basis.DUTY,
        keep=Keep.LEDGER,
        on_erasure=OnErasure.NEVER,
    ),
)  # fmt: skip


def as_table() -> str:
    """The registry as the Markdown table of docs/privacy.md."""
    head = "| table and column | whose | what for | from | lawful basis | kept | on erasure |"
    lines = [head, "| --- | --- | --- | --- | --- | --- | --- |"]
    for row in REGISTRY:
        model = "every history of a rule" if row.model == "*" else f"`{row.model}`"
        lines.append(
            f"| {model} `{row.field}` | {row.whose} | {row.purpose} | {row.source} | {row.basis} | {row.keep} |"
            f" {row.on_erasure} |"
        )
    return "\n".join(lines)
