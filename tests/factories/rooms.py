"""One row of every table of the other rooms, about Anna of maple and the people of the cast."""

from __future__ import annotations

from backend.accounts.models import Level, Role
from backend.territory.models import Municipality
from tests.factories.cast import Cast
from tests.factories.room_activities import make_activities
from tests.factories.room_platform import make_platform
from tests.factories.room_rows import Rooms
from tests.factories.rows import UserFactory, user_with, whole_state


def make_rooms(cast: Cast) -> Rooms:
    """Write everything, in the caller's transaction."""
    rooms = Rooms(cast)
    with whole_state():
        _settle(rooms)
    return rooms


def _settle(rooms: Rooms) -> None:
    cast = rooms.cast
    cast.staff |= {
        "young people's own": UserFactory(username="ngo.young"),
        "another organisation": UserFactory(username="ngo.other"),
        "scorer": UserFactory(username="scorer"),
        "police": UserFactory(username="police"),
        "trainer": UserFactory(username="trainer"),
        "coordinator of jekabpils": user_with(
            Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, Municipality.objects.get(code="LV-042")
        ),
    }
    make_activities(rooms)
    make_platform(rooms)
