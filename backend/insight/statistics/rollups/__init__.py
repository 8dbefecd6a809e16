"""Roll-ups of plans' figures, kept exact while people write (docs/developer/statistics.md)."""
