"""Settings of the two GraphQL interfaces and of OAuth 2 (contract, "Case API: how it speaks")."""

from __future__ import annotations

from typing import Any

# Points, counts and seconds; each key is explained in graphql_schema/limits/profiles.py.
GRAPHQL_LIMITS: dict[str, dict[str, int]] = {
    "ad_hoc": {"tokens": 1_000, "cost": 10_000, "bucket": 20_000},
    "registered": {"tokens": 4_000, "cost": 50_000, "bucket": 100_000},
    "both": {
        "depth": 12,
        "aliases": 30,
        "directives": 10,
        "fields": 2_000,
        "body_bytes": 65_536,
        "page": 100,
        "statements": 10,  # beside the two of every request: share of the bucket, time limit
        "statement_timeout_ms": 5_000,
        "request_timeout_ms": 15_000,
    },
}
GRAPHQL_SERVER_TIMING = True
# False: every document is answered field by field (to compare, or to find out which engine a fault is in).
GRAPHQL_COMPILE = True

# Documents that an app may register.
REGISTERED_DOCUMENTS_PER_APP = 1_000

# Days that an idempotency key (`clientMutationId`) is remembered; `manage.py purge_receipts` forgets older ones.
RECEIPT_DAYS = 90

# False: nobody's reads of learners' records are logged. For benchmarks alone: `manage.py check` refuses it elsewhere.
READ_LOG = True

# Where a proxy in front writes the visitor's address (`HTTP_X_REAL_IP`); empty: the connection's own address.
CLIENT_ADDRESS_HEADER = ""

ACCESS_TOKEN_SECONDS = 3_600
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES_BACKEND_CLASS": "backend.accounts.oauth.scopes.AppScopes",
    "CLIENT_SECRET_HASHER": "pbkdf2_sha256_random",
    "ACCESS_TOKEN_EXPIRE_SECONDS": ACCESS_TOKEN_SECONDS,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 14 * 24 * 3_600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ROTATE_REFRESH_TOKEN": True,
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "ALLOW_LOCALHOST_LOOPBACK": True,  # a desktop app may wait on its own loopback address (RFC 8252)
    "ALLOW_URI_WILDCARDS": False,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

# Share of a caller's bucket that a process draws at once and spends without asking the database; 0: it asks each time.
RATE_SHARE = 0.02

# How long a process remembers who a token stands for and what they reach; the token itself is checked every time.
CALLER_SECONDS = 30

# Token requests a minute; a failed one counts tenfold (backend/accounts/oauth/views.py).
TOKEN_REQUESTS_PER_CLIENT = 300
TOKEN_REQUESTS_PER_ADDRESS = 600
