from tests.factories.fixtures import cast, reference  # noqa: F401
