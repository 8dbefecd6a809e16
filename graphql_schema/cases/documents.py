"""The document store and the compiler of the case API, one each a process."""

from __future__ import annotations

from functools import lru_cache

from graphql_schema.cases.schema import case_schema
from graphql_schema.compiler.running import Compiler
from graphql_schema.http.documents import DocumentStore
from graphql_schema.limits.profiles import limits_for


@lru_cache(maxsize=1)
def case_documents() -> DocumentStore:
    """Documents of the case API seen last, one store a process."""
    schema = case_schema()
    return DocumentStore(schema=schema.core, prices=schema.prices)


@lru_cache(maxsize=1)
def case_compiler() -> Compiler:
    """The compiled engine of the case API, one a process."""
    schema = case_schema()
    return Compiler(schema=schema.core, declarations=schema.declarations, largest_page=limits_for("registered").page)
