"""Keys and ciphertexts: what is encrypted under a key of its subject's own can be forgotten by destroying the key."""
