"""Django for the stock engines: our models, no middleware, no token; the scope of row security by a header."""

from backend.config.settings.base import *

MIDDLEWARE = []
ROOT_URLCONF = "tests.bench.peers.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "strawberry_django"]
