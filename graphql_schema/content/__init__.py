"""The content API: the public site's pages for any front end. Read-only, only what is published."""
