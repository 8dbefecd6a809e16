"""The demonstration country: a generated programme of the real size, one seed, loaded room by room (docs/demo-country.md)."""
