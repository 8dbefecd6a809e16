"""The case API: types by domain, declared as data (`graphql_schema.engine`)."""
