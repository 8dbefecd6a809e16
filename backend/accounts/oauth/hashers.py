"""Hashing of client secrets."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class RandomSecretHasher(PBKDF2PasswordHasher):
    """For secrets that a generator made (256 bits and more), where slow hashing guards nothing.

    A password's hash must be slow because people choose guessable words. A random secret cannot be guessed at any
    speed, and a slow hash would let anybody burn a third of a second of our processor with each token request.
    """

    algorithm = "pbkdf2_sha256_random"
    iterations = 5_000
