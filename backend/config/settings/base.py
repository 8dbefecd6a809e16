"""Settings that hold everywhere. Environments add to them in `local`, `test` and `production`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from backend.config import env
from backend.config.settings.api import *

ROOT: Path = env.ROOT
ENVIRONMENT: Any = env  # for `manage.py check_settings`; no app imports the configuration
SECRET_KEY = env.secret_key()
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

# -- who is in the house ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # ours
    "backend.core",
    "backend.core.trail",
    "backend.core.outbox",
    "backend.territory",
    "backend.accounts",
    "backend.registry",
    "backend.cases.learners",
    "backend.cases.casefiles",
    "backend.cases.plans",
    "backend.cases.delivery",
    "backend.cases.reimbursements",
    "backend.cases.transfers",
    "backend.activities.initiatives",
    "backend.activities.training",
    "backend.activities.cooperation",
    "backend.privacy",
    "backend.insight.statistics",
    "backend.insight.evaluation",
    "backend.exchange",
    "backend.workspace",
    "backend.demonstration",
    "graphql_schema",
    "cms.base",
    "cms.editing",
    "cms.files",
    "cms.home",
    "cms.news",
    "cms.klase",
    "cms.materials",
    "cms.events",
    "cms.faq",
    "cms.youth",
    "cms.places",
    "cms.figures",
    "cms.navigation",
    "cms.search",
    # Wagtail (`wagtail.search` is modelsearch under another label: never list `modelsearch` as well)
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    # libraries
    "oauth2_provider",
    "graphene_django",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django_prometheus",
    "csp",
    # Django
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "backend.config.api_lane.api_lane",
    "cms.base.caching.SiteCacheMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "backend.config.site_language.SiteLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "site_templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    }
]

# -- database -----------------------------------------------------------------------------------------------------
DATABASE_ROLES = env.database_roles()
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **DATABASE_ROLES["app"],
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # Prepared is only what asks for it (the compiled documents). Django's own None would refuse those too.
        "OPTIONS": {**DATABASE_ROLES["app"]["OPTIONS"], "prepare_threshold": 1_000_000_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- trail, keys, backups: outside the database (docs/developer/trail.md) -------------------------------------------------
TRAIL_ANCHOR_FILE: Path = env.file("TRAIL_ANCHOR_FILE")
ERASURE_LIST_FILE: Path = env.file("ERASURE_LIST_FILE")
MASTER_KEY_FILE: Path = env.file("MASTER_KEY_FILE")
CELL_KEY_FILE: Path = env.file("CELL_KEY_FILE")
KEYSTORE_URL = env.text("KEYSTORE_URL")
BACKUP_ROOT: Path = env.file("BACKUP_ROOT")
KEY_BACKUP_ROOT: Path = env.file("KEY_BACKUP_ROOT")
KEY_BACKUP_DAYS = int(env.text("KEY_BACKUP_DAYS"))
PAYER = {"NAME": env.text("PAYER_NAME"), "IBAN": env.text("PAYER_IBAN") or "LV44DEMO0000000000001", "BIC": env.text("PAYER_BIC")}
"""From which account partners are paid. The demonstration's is of a bank that does not exist, with its check digits."""

# -- people and partner apps ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
CREDENTIALS_FILE: Path = env.VAR / "demo" / "credentials.json"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "backend.accounts.oauth.hashers.RandomSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.PartnerApp"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "accounts.AccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "accounts.RefreshToken"
OAUTH2_PROVIDER_GRANT_MODEL = "accounts.Grant"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "accounts.IDToken"

# -- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "lv"
LANGUAGES = [("lv", _("Latvian")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
# The last: what the Latvian of Wagtail and Django lacks or has wrong.
LOCALE_PATHS = [ROOT / "site_templates" / "locale", ROOT / "backend" / "locale", ROOT / "site_templates" / "library_locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Riga"
DEMO_TODAY: dt.date | None = env.demo_today()

# -- files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.VAR / "static"
STATICFILES_DIRS = [ROOT / "site_templates" / "static"]
MEDIA_ROOT = env.MEDIA / "public"
PRIVATE_MEDIA_ROOT = env.MEDIA / "private"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# -- Wagtail ------------------------------------------------------------------------------------------------------------
BASE_URL = env.text("BASE_URL") or f"http://127.0.0.1:{env.text('PORT')}"
WAGTAIL_SITE_NAME = "PuMPuRS"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILIMAGES_IMAGE_MODEL = "files.SiteImage"
WAGTAILDOCS_DOCUMENT_MODEL = "files.SiteDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "csv", "txt"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.files.forms.DocumentForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.files.forms.ImageForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 25 * 2**20
SITE_PICTURE_FORMATS: tuple[str, ...] = ("avif", "webp")
"""What pictures are sent as, the smallest first; every browser knows the last one."""
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 2**20
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
"""A camera's picture has some 24 million; beyond this, drawing its sizes would take the memory of a web process."""
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # addresses are read out, copied and typed: no diacritics in them
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False

# -- background work ------------------------------------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# -- cache ----------------------------------------------------------------------------------------------------------------
_redis = env.text("REDIS_URL")


def _cache(name: str, entries: int) -> dict[str, Any]:
    """Redis where there is one, else this process's memory; the least used goes first."""
    if _redis:
        return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": _redis, "KEY_PREFIX": name}
    memory = "django.core.cache.backends.locmem.LocMemCache"
    return {"BACKEND": memory, "LOCATION": name, "OPTIONS": {"MAX_ENTRIES": entries}}


CACHES = {"default": _cache("", 300), "pages": _cache("pages", 400)}
SITE_CACHE_SECONDS = 600
"""How long an answer of the public site is kept at most. A change of what it shows ends it at once (cms/base/caching.py)."""

# -- safety ---------------------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),  # Wagtail's editor still needs inline scripts (wagtail #1288)
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": ["https://www.youtube-nocookie.com"],  # loaded only after a click on an episode
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

# -- what goes wrong is written down: to the process's output, without request bodies or local variables ---------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# -- silence what we know ---------------------------------------------------------------------------------------------------
SILENCED_SYSTEM_CHECKS: list[str] = []
