"""Tests: the same middleware and database, quick hashing, tasks at once."""

from backend.config import env
from backend.config.settings.base import *
from backend.config.settings.base import DATABASE_ROLES, DATABASES

SERVE_MEDIA = True
# The runner creates and migrates as owner; tests/conftest.py then switches the connection to `app`.
DATABASES["default"] |= {
    **{key: value for key, value in DATABASE_ROLES["owner"].items() if key != "OPTIONS"},
    "CONN_MAX_AGE": 0,
    "TEST": {"NAME": env.text("TEST_DATABASE_NAME"), "TEMPLATE": "template0"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "backend.accounts.oauth.hashers.RandomSecretHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
RATE_SHARE = 0.0  # buckets to the point; tests/core/test_rate_lease.py tries shares
SITE_CACHE_SECONDS = 0  # tests look at what is made, in transactions that never end; tests/cms/test_kept_*.py turn it on
SITE_PICTURE_FORMATS = ("webp",)  # an AVIF takes half a second to make; tests/cms/test_pictures.py makes both
