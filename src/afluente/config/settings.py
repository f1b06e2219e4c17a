"""Django's settings, made from the environment (docs/reference/settings.md)."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from afluente.config import environment as _environment
from afluente.config.mail import mail_settings
from afluente.kernel.postgres import database_settings, role_names

ENVIRONMENT = _environment.load()
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
BASE_URL = ENVIRONMENT.base_url
ALLOWED_HOSTS = ["*"]  # a self-hosted product is reached by many names; links use BASE_URL
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "template_partials",
    "afluente.kernel",
    "afluente.ui",
    "afluente.accounts",
    "afluente.files",
    "afluente.timeline",
    "afluente.contacts",
    "afluente.deals",
    "afluente.tasks",
    "afluente.sales",
    "afluente.intake",
    "afluente.delivery",
    "afluente.capture",
    "afluente.automation",
    "afluente.insights",
    "afluente.search",
    "afluente.transfer",
    "afluente.config",
    # Below ours, so that our templates of the same name are found first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "afluente.kernel.http.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "afluente.accounts.middleware.FirstRunMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "afluente.accounts.middleware.PersonMiddleware",
    "afluente.accounts.middleware.WorkspaceMiddleware",
]

ROOT_URLCONF = "afluente.config.urls"
WSGI_APPLICATION = "afluente.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["afluente.ui.templatetags.quick"],
            "libraries": {"i18n": "afluente.ui.templatetags.quick"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "afluente.ui.context.shell",
            ],
        },
    }
]

DATABASES = database_settings(ENVIRONMENT)
AFLUENTE_APP_ROLE, AFLUENTE_DEFINER_ROLE = role_names(DATABASES["owner"]["NAME"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["afluente.accounts.views.adapters.PasswordBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pt-br", _("Brazilian Portuguese")), ("pl", _("Polish"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data_dir / "static"
ERASURES_FILE = ENVIRONMENT.data_dir / "erasures.jsonl"  # transfer.services.tombstones
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "afluente.kernel.static.StaticFiles"},
}
WHITENOISE_MAX_AGE = 31_536_000

# Where files lie and how much there may be (docs/decisions/0070-files.md).
FILES_URL = ENVIRONMENT.files_url
FILES_DIR = ENVIRONMENT.files_dir
FILE_LIMIT = ENVIRONMENT.file_limit_mb * 1_048_576
QUOTA = ENVIRONMENT.quota_mb * 1_048_576

# Calls of one API token in a minute; 0 counts nothing (docs/decisions/0142).
API_RATE = ENVIRONMENT.api_rate

# How long it is told what rules did (docs/decisions/0181).
STEPS_KEPT_DAYS = ENVIRONMENT.steps_kept_days

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_NAME = "__Host-afluente" if SESSION_COOKIE_SECURE else "afluente"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
TEST_RUNNER = "django.test.runner.DiscoverRunner"

_mail = mail_settings(ENVIRONMENT)
MAIL_TRANSPORT = _mail.pop("EMAIL_BACKEND")  # what the job sends with
MAIL_DIR = ENVIRONMENT.mail_dir
PUSH_HOSTS = ENVIRONMENT.push_hosts
OUTBOUND_ALLOW = ENVIRONMENT.outbound_allow
globals().update(_mail)
EMAIL_BACKEND = "afluente.kernel.mail.QueuedBackend"

CACHES = {"default": {"BACKEND": "afluente.kernel.cache.SharedCache"}}

# Accounts (docs/decisions/0020-allauth.md). Nobody signs up: people come by invitation.
ACCOUNT_ADAPTER = "afluente.accounts.views.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = str
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/15m/key"}  # the latter: second factors
_forms = "afluente.accounts.forms.library"
ACCOUNT_FORMS = {
    "login": f"{_forms}.SignIn",
    "reset_password": f"{_forms}.AskForNewPassword",
    "reset_password_from_key": f"{_forms}.ChooseNewPassword",
    "change_password": f"{_forms}.ChangePassword",
    "add_email": f"{_forms}.ChangeEmail",
    "reauthenticate": f"{_forms}.ProveByPassword",
}
MFA_FORMS = {
    "authenticate": f"{_forms}.SecondFactor",
    "reauthenticate": f"{_forms}.ProveByCode",
    "activate_totp": f"{_forms}.StartSecondFactor",
}
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "afluente.accounts.views.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Afluente"
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False  # it would write at every page
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mails are unique, whatever their case, by a constraint
