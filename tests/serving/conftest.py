from tests.serving.telling import people, tell, world  # noqa: F401
