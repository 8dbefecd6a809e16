"""Releases: which tables leave the house, how they are protected, and how they are kept and read again."""
