"""The bodies of reports, in the documents' shape.

`data_quality`, `persona`, `vendor_context_used` and `last_updated` are no analysis: whoever renders the answer adds
them. Lengths are bounded because bodies are stored, sent and shown.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Line = Annotated[str, StringConstraints(max_length=300)]
Prose = Annotated[str, StringConstraints(max_length=1_000)]
Url = Annotated[str, StringConstraints(max_length=1_000)]

MOST_ARTICLES = 40
MOST_PEOPLE = 60
MOST_WORDS = 60  # entries of a list of names
MOST_SENTENCES = 12  # entries of a list of written sentences

BuyingRole = Literal["Decision Maker", "Champion", "Technical Buyer", "Influencer"]
Urgency = Literal["high", "medium", "low"]
FoundIn = Literal["news", "jobs", "tech", "contact"]
IntentKind = Literal["discovery", "competitive", "renewal", "expansion", "technical_evaluation"]
SignalType = Literal[
    "expansion",
    "funding",
    "hiring",
    "product",
    "leadership",
    "partnership",
    "acquisition",
    "layoffs",
    "security_incident",
    "regulation",
]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Customer(Part):
    name: Line | None = None
    industry: Line | None = None
    size: Line | None = None
    headquarters: Line | None = None
    description: Prose | None = None


class NewsSignal(Part):
    date: Line | None = None
    headline: Line
    source: Line | None = None
    insight: Prose | None = None
    signal_type: SignalType | None = None


Names = Annotated[list[Line], Field(max_length=MOST_WORDS)]
Sentences = Annotated[list[Prose], Field(max_length=MOST_SENTENCES)]


class TechStack(Part):
    frontend: Names = []
    backend: Names = []
    infrastructure: Names = []
    analytics: Names = []
    collaboration: Names = []
    security: Names = []
    observations: Sentences = []


class TargetContact(Part):
    """`name` is null where a post is open; `email` and `profile_url` are there where a source gave them."""

    name: Line | None = None
    title: Line | None = None
    role: BuyingRole | None = None
    persona_fit: Prose | None = None
    signal: Prose | None = None
    email: Line | None = None
    profile_url: Url | None = None


class RecommendedProduct(Part):
    product: Line
    reason: Prose
    outcome: Prose | None = None
    dataset_source: Line | None = None


class CompetitorContext(Part):
    known_usage: Names = []
    pain_points: Names = []
    positioning_advantage: Prose | None = None
    objection_handling: Sentences = []


class OpportunitySignal(Part):
    signal: Line
    source: FoundIn | None = None
    urgency: Urgency | None = None
    action: Prose | None = None


class Intent(Part):
    """Which conversation the evidence speaks of, why, and how the role goes about it."""

    kind: IntentKind | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    because: Annotated[list[Prose], Field(max_length=MOST_SENTENCES)] = []
    approach: Prose | None = None


class CustomerIntelligence(Part):
    customer: Customer = Customer()
    intent: Intent = Intent()
    news_signals: Annotated[list[NewsSignal], Field(max_length=MOST_ARTICLES)] = []
    tech_stack: TechStack = TechStack()
    target_contacts: Annotated[list[TargetContact], Field(max_length=MOST_PEOPLE)] = []
    recommended_products: Annotated[list[RecommendedProduct], Field(max_length=MOST_SENTENCES)] = []
    competitor_context: CompetitorContext = CompetitorContext()
    talking_points: Sentences = []
    opportunity_signals: Annotated[list[OpportunitySignal], Field(max_length=MOST_ARTICLES)] = []


class ProductDetail(Part):
    name: Line
    description: Prose | None = None


class VendorContextBody(Part):
    """camelCase, as `/company/{domain}/vendor-context` answers it."""

    companyName: Line | None = None
    domain: Line | None = None
    industry: Line | None = None
    companySize: Line | None = None
    headquarters: Line | None = None
    description: Prose | None = None
    products: Names = []
    productDetails: Annotated[list[ProductDetail], Field(max_length=MOST_WORDS)] = []
    targetMarkets: Names = []
    competitors: Names = []
    valuePropositions: Names = []
    positioning: Prose | None = None
    competitorFocus: Names = []
    pricingModel: Line | None = None
    pricing: Names = []
    customers: Names = []
    integrations: Names = []


class Company(Customer):
    domain: Line | None = None


class Generic(Part):
    """Any other consumer: the company, and each dataset's value as `docs/datasets.md` shapes it."""

    company: Company = Company()
    datasets: Annotated[dict[str, Any], Field(max_length=200)] = {}


def schema_of(purpose: str) -> type[Part]:
    """The model of a purpose's body."""
    match purpose:
        case "customer_intelligence":
            return CustomerIntelligence
        case "vendor_context":
            return VendorContextBody
        case _:
            return Generic


def misfit(purpose: str, body: dict[str, Any]) -> str | None:
    """Why `body` is no body of the purpose, in words without the body's own text; None where it is one."""
    try:
        schema_of(purpose).model_validate(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'/'.join(str(step) for step in first['loc'])}: {first['msg']}"
    return None
