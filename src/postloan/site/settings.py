"""Settings of the site. Everything a bank may set comes from the environment; see docs/runbook.md."""

import os
from pathlib import Path

import dj_database_url

from postloan.site.assets import font_folders
from postloan.site.secret import secret_key
from postloan.site.sign_on.environment import directory_settings, identity_provider, provider_settings

_HERE = Path(__file__).parent


def _listed(name: str, default: str) -> list[str]:
    return [each.strip() for each in os.environ.get(name, default).split(",") if each.strip()]


POSTLOAN_HOME = os.environ.get("POSTLOAN_HOME", "postloan-home")
DEBUG = False
SECRET_KEY = secret_key()
ALLOWED_HOSTS = _listed("POSTLOAN_HOSTS", "localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = _listed("POSTLOAN_ORIGINS", "")
ROOT_URLCONF = "postloan.site.urls"
WSGI_APPLICATION = "postloan.site.wsgi.application"

DESKS = (
    "core", "book", "circle", "approval", "classification", "lending", "withdrawal", "inspection", "warning",
    "disposal", "exceptions", "arrival", "report", "studio", "impairment", "modelling", "covenant", "contact",
    "collateral", "restructure", "collection", "outbox", "visit", "agency", "preservation", "worklist",
)  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "django_prometheus",
    "postloan.site",
    *(f"postloan.desk.{name}" for name in DESKS),
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "postloan.site.middleware.Callers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "postloan.site.middleware.Refusals",
    "postloan.site.middleware.Bounds",
    "postloan.site.middleware.ReadOnlyView",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "postloan.site.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "postloan.site.templatetags.desk"],
        },
    }
]

# Database: SQLite beside the snapshots until a bank names a server. SQLite takes its write lock when a transaction
# begins (a lock taken half-way cannot wait), so a request is no transaction as a whole: reading pages would lock.
DATABASES = {
    "default": dj_database_url.config(
        env="DATABASE_URL",
        default=f"sqlite:///{Path(POSTLOAN_HOME).resolve() / 'desk.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Login
AUTH_USER_MODEL = "core.Officer"
IDENTITY_PROVIDER = identity_provider(os.environ)
_DIRECTORY = directory_settings(os.environ)
vars().update(_DIRECTORY)
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    *(["postloan.site.sign_on.directory.Directory"] if _DIRECTORY else []),
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "postloan.site.accounts.BankAccounts"
SOCIALACCOUNT_ADAPTER = "postloan.site.sign_on.oidc.BankIdentities"
SOCIALACCOUNT_PROVIDERS = provider_settings(IDENTITY_PROVIDER)
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
# Who fails too often is locked out by axes, which remembers it across processes and lets an administrator undo it.
# Behind the bank's proxy all its officers come from one address, and in the morning all at once, two requests each.
ACCOUNT_RATE_LIMITS = {"login": "1200/m/ip", "login_failed": "30/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "site/locked_out.html"
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
_HTTPS = os.environ.get("POSTLOAN_HTTPS", "") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Scripts from ourselves alone. Charts place their tooltips with inline style, and nothing else needs it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *(IDENTITY_PROVIDER.origins if IDENTITY_PROVIDER else ())],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# Language
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [_HERE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH: list[str] = []

# Static files
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("POSTLOAN_STATIC", Path(POSTLOAN_HOME).resolve() / "static"))
STATICFILES_FINDERS = [
    "postloan.site.assets.NpmFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "postloan.site.assets.StaticFiles"},
}
MEDIA_ROOT = Path(POSTLOAN_HOME) / "desk" / "files"
DOCUMENT_FONTS = font_folders()
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# Where messages leave: files in a folder, unless a mail server or a gateway for text messages is named.
OUTBOX_FOLDER = os.environ.get("POSTLOAN_OUTBOX_FOLDER", str(Path(POSTLOAN_HOME) / "desk" / "outbox"))
OUTBOX_SMTP_URL = os.environ.get("POSTLOAN_OUTBOX_SMTP_URL", "")
OUTBOX_FROM = os.environ.get("POSTLOAN_OUTBOX_FROM", "postloan@localhost")
OUTBOX_SMS_URL = os.environ.get("POSTLOAN_OUTBOX_SMS_URL", "")
OUTBOX_SMS_SECRET = os.environ.get("POSTLOAN_OUTBOX_SMS_SECRET", "")
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
# Bounds of a request. People post some times a minute, a dialler for hundreds of seats some times a second; the figures
# are each server process's. What nobody has logged in for is a login, or JSON under a token.
POSTS_A_MINUTE = int(os.environ.get("POSTLOAN_POSTS_A_MINUTE", "300"))
TOKEN_POSTS_A_MINUTE = int(os.environ.get("POSTLOAN_TOKEN_POSTS_A_MINUTE", "6000"))
POST_BYTES_MOST = 256 * 2**20
POST_BYTES_MOST_OF_ANYBODY = 4 * 2**20
PROXIES = int(os.environ.get("POSTLOAN_PROXIES", "0"))

LOGGING_CONFIG = "postloan.site.logs.configure"
LOGGING = {"level": os.environ.get("POSTLOAN_LOG_LEVEL", "INFO")}
PROMETHEUS_EXPORT_MIGRATIONS = False
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016", "security.W018"]
