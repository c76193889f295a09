"""What the invented world is made of. Every moment is a number of days ago, so the world stays as fresh as it was."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

from enrichment.sandbox.world.paid import ApolloRecord, BuiltWithRecord, ClearbitRecord, LinkedInPage
from enrichment.sandbox.world.public import JobBoard, SecRecord, WikidataItem

Witness = Literal["company_db", "contacts", "news", "jobs", "website"]
Register = Literal["sec", "wikidata", "job_boards"]
Seller = Literal["apollo", "builtwith", "clearbit", "linkedin"]  # Crunchbase shows what the company database does
EVERYWHERE: frozenset[Witness] = frozenset({"company_db", "contacts", "news", "jobs", "website"})

# A misspelt key in a world file must fail loudly instead of leaving a fact out.
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at a company. `left` = days since leaving; a source that still lists the person is out of date."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    first: str
    last: str
    title: str
    slug: str = ""  # of the public profile; made from the name where empty
    email: str = ""
    email_status: Literal["valid", "unknown", "not_valid"] = "unknown"
    seen: frozenset[Witness] = frozenset({"contacts"})
    left: int | None = None  # days ago

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A news item. `signal` is what it means for a seller; empty where it means nothing."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    title: str
    publisher: str
    url: str
    days: int  # ago
    signal: str = ""
    authors: tuple[str, ...] = ()
    text: str = ""  # what the article says, shown on the company's own news page
    seen: frozenset[Witness] = frozenset({"news"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """Something the company runs on, and which sources show it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    group: Literal["frontend", "backend", "infrastructure", "analytics", "collaboration", "security"]
    category: str
    seen: frozenset[Witness] = frozenset({"company_db"})
    dropped: bool = False  # no longer used; a source that shows it is out of date


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An open position."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    title: str
    location: str
    department: str = ""
    days: int  # since it was posted
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something the company sells."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    description: str
    seen: frozenset[Witness] = frozenset({"website", "company_db"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A funding round."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    title: str  # "Series C"
    usd: int | None  # None: undisclosed
    days: int
    investors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something the company's people are reading up on, as an intent feed scores it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    topic: str
    category: str
    score: int  # 0 to 100
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A further page of the company's own site, as paragraphs."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    path: str
    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How the company's own site behaves, and where it differs from the truth (empty or None: it tells the truth)."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    up: bool = True
    canonical: Literal["apex", "www", "both"] = "apex"  # the other host redirects to it
    language: str = "en"
    json_ld: Literal["object", "graph", "array", "broken", "none"] = "object"
    tagline: str = ""
    employees: int | None = None
    headquarters: str = ""
    robots: str = "User-agent: *\nAllow: /\n"
    hidden: frozenset[str] = frozenset()  # paths that answer 404
    redirects: dict[str, str] = field(default_factory=dict)  # path -> where to
    generator: str = ""
    padding: int = 0  # bytes of filler at the end of the home page
    raw: str = ""  # markup put on every page as it is: what a defaced or sloppy site holds
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRecord:
    """The company database's view (empty or None: it tells the truth)."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    listed: bool = True
    slug: str = ""
    name: str = ""
    employees: int | None = None
    headquarters: str = ""
    industries: tuple[str, ...] = ()
    about: str = ""
    website: str = ""
    days: int = 20  # since the record was refreshed


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactIndex:
    """The contact provider's view of the company (empty or None: it tells the truth)."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    listed: bool = True
    employees: int | None = None
    city: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownError:
    """One thing that one source gets wrong, on purpose."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    source: Witness | Register | Seller
    dataset: str
    says: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One company: what is true of it, and how each source sees it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    name: str
    domain: str  # lower-case ASCII
    legal_name: str = ""
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    ticker: str = ""  # "NASDAQ:OKTA"
    in_demo: bool = True  # False: must be met as an unknown name
    industry: str
    industries: tuple[str, ...] = ()  # as a database tags it
    founded: int
    employees: int
    city: str
    region: str = ""
    country: str
    country_code: str
    phone: str = ""
    overview: str
    value_propositions: tuple[str, ...] = ()
    target_markets: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()  # other makers' products that its own connect to
    pricing: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()  # sentences that stand in the job texts or on the site
    people: tuple[Person, ...] = ()
    news: tuple[Article, ...] = ()
    technologies: tuple[Technology, ...] = ()
    jobs: tuple[Job, ...] = ()
    products: tuple[Product, ...] = ()
    rounds: tuple[Round, ...] = ()
    topics: tuple[Topic, ...] = ()
    site: Site = field(default_factory=Site)
    company_db: CompanyRecord = field(default_factory=CompanyRecord)
    contacts: ContactIndex = field(default_factory=ContactIndex)
    sec: SecRecord = field(default_factory=SecRecord)
    wikidata: WikidataItem = field(default_factory=WikidataItem)
    board: JobBoard = field(default_factory=JobBoard)
    apollo: ApolloRecord = field(default_factory=ApolloRecord)
    builtwith: BuiltWithRecord = field(default_factory=BuiltWithRecord)
    clearbit: ClearbitRecord = field(default_factory=ClearbitRecord)
    linkedin: LinkedInPage = field(default_factory=LinkedInPage)
    errors: tuple[KnownError, ...] = ()

    @property
    def headquarters(self) -> str:
        """City and state, or city and country outside North America."""
        return f"{self.city}, {self.region or self.country}"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is known by today."""
        return (self.name, *((self.legal_name,) if self.legal_name else ()), *self.aliases)

    def staff(self, witness: Witness) -> tuple[Person, ...]:
        """The people that `witness` lists, those who have left included."""
        return tuple(person for person in self.people if witness in person.seen)

    def stack(self, witness: Witness) -> tuple[Technology, ...]:
        """The technologies that `witness` shows, dropped ones included."""
        return tuple(technology for technology in self.technologies if witness in technology.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCompany:
    """What the demo's seed needs to know of a company: how it is called, never what is true of it."""

    name: str
    domain: str
    aliases: tuple[str, ...]
    ticker: str | None = None
