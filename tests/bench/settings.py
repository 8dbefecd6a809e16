"""Our platform as it serves, with buckets that the load cannot empty."""

from backend.config.settings.base import *
from backend.config.settings.base import GRAPHQL_LIMITS

SERVE_MEDIA = False
DEMO_TODAY = None
GRAPHQL_SERVER_TIMING = False
GRAPHQL_LIMITS = {
    **GRAPHQL_LIMITS,
    "ad_hoc": {**GRAPHQL_LIMITS["ad_hoc"], "cost": 1_000_000, "bucket": 2_000_000_000},
    "registered": {**GRAPHQL_LIMITS["registered"], "cost": 1_000_000, "bucket": 2_000_000_000},
}
READ_LOG = False  # settings_logged has it on
