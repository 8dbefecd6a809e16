"""The planned schema: written room by room in docs/api/planned/, joined into docs/api/planned.graphql."""
