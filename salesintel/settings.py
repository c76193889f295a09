"""Settings: what an operator sets is an environment variable, read here and nowhere else (docs/configuration.md).

What a business person sets is a row in the admin.
"""

import secrets
import sys
import warnings
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from salesintel import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("SALESINTEL_DATA_DIR", default=str(BASE_DIR / "var"))).expanduser().resolve()
ENVIRONMENT = env.choice("SALESINTEL_ENV", default="development", among=("development", "production"))
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", default="off")


def _kept(name: str, make: str) -> str:
    """The secret kept in the data folder under `name`, made there once; production must be given its own."""
    path = DATA_DIR / name
    try:
        if not path.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(make)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"The data folder (SALESINTEL_DATA_DIR) cannot be used: {error}.") from error


def _secret(name: str, *, file: str, make: str) -> str:
    value = env.text(name)
    if value or not PRODUCTION:
        return value or _kept(file, make)
    raise ImproperlyConfigured(f"{name} is not set; production needs its own. docs/production.md says how to make one.")


SECRET_KEY = _secret("SECRET_KEY", file="secret_key", make=secrets.token_urlsafe(50))
# The first key encrypts, every key decrypts: put a new one in front to rotate.
CREDENTIAL_KEYS = _secret(
    "SALESINTEL_CREDENTIAL_KEYS", file="credential_keys", make=Fernet.generate_key().decode()
).split(",")
# What sources answered, and what was made of it, sealed with the same keys.
ENCRYPT_BODIES = env.flag("SALESINTEL_ENCRYPT_BODIES", default="on" if PRODUCTION else "off")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", default="" if PRODUCTION else "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
PORT = env.port("PORT", default="8000")
# Where people reach the pages: mails link to it.
PUBLIC_URL = env.text("SALESINTEL_PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.simple_history",
    "django.contrib.admin.apps.SimpleAdminConfig",  # salesintel/urls.py finds its classes: workers do without them
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "simple_history",
    "salesintel.accounts",
    "salesintel.audit",
    "enrichment",
    "chat",
    "personas",
    "django_htmx",
    "django_q",
    "channels",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "salesintel.middleware.RequestIdMiddleware",
    "salesintel.measuring.MeasuringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "salesintel.audit.middleware.AuditMiddleware",
    "salesintel.walls.middleware.WallMiddleware",
    "salesintel.accounts.devices.DeviceMiddleware",
]

ROOT_URLCONF = "salesintel.urls"
ASGI_APPLICATION = "salesintel.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"landmarks": "enrichment.admin.landmarks"},
        },
    }
]

# --- Database -------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/db.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Read-then-write transactions fail at once without IMMEDIATE, whatever the timeout; WAL lets readers go on.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;"
        "PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

AUTHENTICATION_BACKENDS = ["salesintel.accounts.lockout.LockoutBackend", "django.contrib.auth.backends.ModelBackend"]
# So many wrong passwords of one name from one address, then nobody tries it from there for so long.
LOGIN_FAILURES = env.integer("SALESINTEL_LOGIN_FAILURES", default="5")
LOGIN_COOL_OFF = env.seconds("SALESINTEL_LOGIN_COOL_OFF", default="900")
# How many proxies of ours stand in front: what they add to X-Forwarded-For is believed, and nothing else of it.
PROXIES = env.integer("SALESINTEL_PROXIES", default="1") if env.flag("BEHIND_PROXY", default="off") else 0
# How long entries of the audit log stay; None for ever.
AUDIT_KEEP = env.days("SALESINTEL_AUDIT_DAYS", default="1095")

# --- API ------------------------------------------------------------------------------------------------------------

API_KEY_REQUIRED = env.flag("API_KEY_REQUIRED", default="on")
SOCKETS_PER_USER = env.integer("SALESINTEL_SOCKETS_PER_USER", default="20")  # in one web process
MCP_API_KEY = env.credential("SALESINTEL_API_KEY")  # for whom `manage.py mcp` acts, without --user
CORS_ALLOWED_ORIGINS = env.words("CORS_ORIGIN")
# Programs in pages of these origins: every address of the API, the documents' own included.
CORS_URLS_REGEX = r"^/(api|customer|company|vendor|analysis|health)(/|$)"
CORS_ALLOW_HEADERS = (
    *("accept", "authorization", "content-type", "x-api-key", "x-request-id"),
    *("idempotency-key", "if-none-match", "last-event-id", "prefer"),
)
CORS_EXPOSE_HEADERS = (
    *("Age", "ETag", "Location", "Preference-Applied", "RateLimit", "RateLimit-Policy", "Retry-After"),
    *("X-Cache", "X-Cost-USD", "X-Request-ID"),
)
CORS_PREFLIGHT_MAX_AGE = 3600  # seconds
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "salesintel.accounts.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["salesintel.accounts.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "salesintel.openapi.Schema",
    "EXCEPTION_HANDLER": "salesintel.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sales Intelligence",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {  # of fields that are called alike and are not
        "DealStatusEnum": "personas.api.deal_shapes.STATUSES",
        "InteractionTypeEnum": "personas.api.interaction_shapes.TYPES",
        "PredictionMethodEnum": "personas.api.prediction_shapes.METHODS",
        "PersonaMethodEnum": "personas.api.persona_shapes.METHODS",
        "TurnOutStatusEnum": "chat.api.shapes.TURN_STATES",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "enrichment.api.webhook_shapes.add_webhooks",
        "salesintel.openapi.complete",
    ],
}

# --- Work -----------------------------------------------------------------------------------------------------------

# Rule: retry > timeout * (1 + (queue_limit + 1) / workers). The queue is only a bell; the tables are the truth.
Q_CLUSTER = {
    "name": "salesintel",
    "orm": "default",
    "workers": env.integer("SALESINTEL_WORKERS", default="2"),
    "queue_limit": 1,
    "bulk": 1,
    "poll": 0.05,
    "timeout": 120,
    "retry": 600,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": 0,
    "catch_up": False,
    "label": "Bells",
}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 5000}}}

# A driver's hold on a run; renewed at a third of it. A run whose driver died goes on when it has ended.
RUN_LEASE = env.seconds("SALESINTEL_RUN_LEASE", default="20")
DRIVE_FOR = env.seconds("SALESINTEL_DRIVE_FOR", default="60")
RUNS_PER_DRIVER = env.integer("SALESINTEL_RUNS_PER_DRIVER", default="32")

# --- Sources and engines --------------------------------------------------------------------------------------------

# Where the sandbox answers; empty switches it off. Live sources win as soon as one of them has a key or is public.
SANDBOX_URL = env.text("SALESINTEL_SANDBOX_URL", default="" if PRODUCTION else "http://127.0.0.1:8100").rstrip("/")
PUBLIC_SOURCES = env.flag("SALESINTEL_PUBLIC_SOURCES", default="off")
# Only whether somebody listens; the library reads this and its other standard variables itself.
COUNT_USES_EVERY = 0 if "pytest" in sys.modules else 30  # seconds between two batches of counts of operations; 0: none
METRICS_TOKEN = env.credential("SALESINTEL_METRICS_TOKEN")
OTEL_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT")
CONTACT = env.text("SALESINTEL_CONTACT", default="https://github.com/salesintel/salesintel")
USER_AGENT = f"SalesIntelligence/0.1 (+{CONTACT})"
# The documents' names; credentials in a provider's or an engine's row win over these.
CREDENTIALS = {
    "serpapi": {"api_key": env.credential("SERPAPI_KEY")},
    "brightdata": {"api_key": env.credential("BRIGHT_DATA_TOKEN")},
    "snov": dict(
        zip(
            ("client_id", "client_secret"),
            (part.strip() for part in env.credential("SNOV_API_KEY").partition(":")[::2]),
            strict=True,
        )
    ),
    "google": {"api_key": env.credential("GOOGLE_KG_API_KEY")},
    "apollo": {"api_key": env.credential("APOLLO_API_KEY")},
    "builtwith": {
        "api_key": env.credential("BUILTWITH_API_KEY"),
        "version": env.text("BUILTWITH_API_VERSION", default="v22"),
    },
    "crunchbase": {
        "api_key": env.credential("CRUNCHBASE_API_KEY"),
        "path": env.text("CRUNCHBASE_API_PATH", default="/v4/data"),
    },
    "clearbit": {"api_key": env.credential("CLEARBIT_API_KEY")},
    "anthropic": {"api_key": env.credential("ANTHROPIC_API_KEY")},
    "openai": {"api_key": env.credential("OPENAI_API_KEY")},
    "voyage": {"api_key": env.credential("VOYAGE_API_KEY")},
    # AWS's other ways in, a profile or a role, are found by its own library.
    "bedrock": {"api_key": env.credential("AWS_BEARER_TOKEN_BEDROCK")},
}
OPENAI_BASE_URL = env.text("OPENAI_BASE_URL").rstrip("/")  # say a local model's
AWS_REGION = env.text("AWS_REGION")
BEDROCK_REGION = env.text("BEDROCK_REGION", default=AWS_REGION)

# Webhooks go to public hosts over https, and to these origins: say http://127.0.0.1:9000, a receiver on this machine.
WEBHOOK_ORIGINS = env.origins("SALESINTEL_WEBHOOK_ORIGINS")
WEBHOOKS_PER_USER = env.integer("SALESINTEL_WEBHOOKS_PER_USER", default="10")

# Engines that write nonsense, or obey every text that they read: for developers and tests, whatever row asks for them.
TRIAL_ENGINES = not PRODUCTION

# Trials only: where a worker shall die (enrichment/killpoints.py).
KILL_POINT = "" if PRODUCTION else env.text("SALESINTEL_KILL")

# --- Pages ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "salesintel" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
UNFOLD = {
    "SITE_TITLE": "Sales Intelligence",
    "SITE_HEADER": "Sales Intelligence",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "enrichment.admin.sidebar.icon"}],
    "STYLES": ["enrichment.admin.sidebar.style"],
    "DASHBOARD_CALLBACK": "enrichment.admin.dashboard.dashboard",
    "SIDEBAR": {"show_search": True, "navigation": "enrichment.admin.sidebar.navigation"},
}

# --- Security -------------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("SECURE_SSL_REDIRECT", default="on")
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", default="31536000" if PRODUCTION else "0")
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", default="off") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    },
    # The admin's theme runs Alpine.js, which evaluates expressions.
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Bytes of a request to these addresses: a file of 32 MiB, and the form around it.
LARGE_BODIES = dict.fromkeys(("/api/v1/imports", "/contacts/import/"), 33 * 1024 * 1024)

# WhiteNoise under ASGI: it serves the bytes all the same.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume")

# --- Mail ------------------------------------------------------------------------------------------------------------

# Notices go to the admins named here. Without a server they are mailed to nobody, and stand in the admin all the same.
ADMINS = [(address, address) for address in env.words("ADMINS")]
_MAIL = env.mail("EMAIL_URL")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _MAIL["EMAIL_BACKEND"], _MAIL["EMAIL_HOST"], _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_USER"], _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL["EMAIL_USE_TLS"], _MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10
SERVER_EMAIL = DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", default="salesintel@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "salesintel.logs.RequestIdFilter"},
        "one_line": {"()": "salesintel.logs.OneLine"},
        "refused_handshakes": {"()": "salesintel.logs.RefusedHandshakes"},
    },
    "loggers": {
        "django.security.DisallowedHost": {"filters": ["one_line"]},
        "uvicorn.error": {"filters": ["refused_handshakes"]},
    },
    "formatters": {
        "json": {"()": "salesintel.logs.JsonFormatter"},
        "plain": {"()": "salesintel.logs.PlainFormatter", "format": "%(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if PRODUCTION else "plain",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", default="INFO" if PRODUCTION else "WARNING")},
}
TESTING = "pytest" in sys.modules
SENTRY_DSN = env.credential("SENTRY_DSN")
if SENTRY_DSN:
    from salesintel import reporting

    reporting.start(SENTRY_DSN, environment=ENVIRONMENT)
