"""OAuth 2 for partner apps: which scopes an app may have, as whom it acts, how often it may ask."""
