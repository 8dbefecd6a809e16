"""Statistical disclosure control: what may leave the house so that nobody is found in it.

(docs/decisions/0156-protected-releases.md)

Nothing here knows Django, the database or cases: tables of exact figures come in, protected ones go out.
"""
