"""The demonstration and a developer's machine: plain HTTP on loopback."""

from backend.config.settings.base import *

SERVE_MEDIA = True
