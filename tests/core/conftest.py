from tests.factories.fixtures import reference, reference_rows  # noqa: F401
