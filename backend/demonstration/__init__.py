"""The demonstration: the seed school with its true figures, and invented schools for contrast. Nothing here is a rule."""
