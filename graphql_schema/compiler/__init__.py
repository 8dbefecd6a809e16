"""A document compiled to one SQL statement that returns the response text.

Read in this order: `slots` (what changes from request to request), `shapes` (the scope as a slot), `inputs` (arguments),
`rows` (which rows, in SQL that Django writes), `texts` (JSON as text), `columns` (a field as JSON), `projection` (objects
and connections), `roots`, `plans` (a compiled document), `running` (one request), `exchange` (its round trip).
`docs/developer/compiler.md` walks through an example.
"""
