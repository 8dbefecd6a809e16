"""The trail's fixtures serve here too."""

from tests.trail.conftest import cast, cast_rows, committed, reference, reference_rows, trail_files  # noqa: F401
