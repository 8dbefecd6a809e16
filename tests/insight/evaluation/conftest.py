from tests.factories.fixtures import cast, cast_rows, reference, reference_rows  # noqa: F401
