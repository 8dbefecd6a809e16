"""Generated documents and private files: served through the policy, with headers that let nothing run, every read logged."""
