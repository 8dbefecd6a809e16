"""The same platform with every document answered field by field."""

from tests.bench.settings import *

GRAPHQL_COMPILE = False
