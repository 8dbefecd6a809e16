"""GraphQL over HTTP for both schemas: one view, one order of work."""
