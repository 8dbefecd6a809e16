"""Production: HTTPS in front, secrets from the environment, two-factor sign-in required."""

from backend.config import env
from backend.config.settings.base import *

ALLOWED_HOSTS = [host.strip() for host in env.text("ALLOWED_HOSTS").split(",") if host.strip()]
SERVE_MEDIA = False
DEMO_TODAY = None
PAYER["IBAN"] = env.text("PAYER_IBAN")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

GRAPHQL_SERVER_TIMING = False
CLIENT_ADDRESS_HEADER = "HTTP_X_REAL_IP"
