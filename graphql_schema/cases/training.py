"""Professional development: events, who leads them and who takes part."""

from __future__ import annotations

from backend.activities.training import selectors, sums
from backend.activities.training.models import (
    EventFormat,
    EventStatus,
    RegistrationStatus,
    TrainingEvent,
    TrainingKind,
    TrainingLeader,
    TrainingRegistration,
)
from backend.activities.training.policies import LEADERS, REGISTRATIONS
from backend.core.classification import DataClass
from graphql_schema.cases.shared import (
    ID,
    NAMES,
    OWN_INSTITUTION,
    PROGRAMME,
    VERSION,
    account,
    day_filters,
    key_filter,
    place_filters,
)
from graphql_schema.engine.declarations import (
    ANY_TOKEN,
    Children,
    Column,
    Filter,
    FilterKind,
    ObjectType,
    Order,
    Reckoned,
    Relation,
    Search,
)

EVENT = ObjectType(
    name="TrainingEvent",
    plural="trainingEvents",
    description="An event of professional development (profesionālās pilnveides pasākums).",
    needs=ANY_TOKEN,
    model=TrainingEvent,
    select=lambda scope: selectors.training_events(scope=scope),
    open_to_all=True,
    order=("starts_at", "id"),
    orders=(
        Order(name="STARTS_AT", columns=("starts_at",), description="By when it begins."),
        Order(name="NAME", columns=("sort_key",), description="Latvian alphabetical order of the names."),
    ),
    filters=(
        *place_filters(
            institution=("institution",),
            municipality=("institution__municipality",),
            region=("region", "institution__municipality__region"),
        ),
        Filter(name="kind", lookup="kind", kind=FilterKind.CHOICES, enum=TrainingKind, description="Of these kinds."),
        Filter(
            name="status", lookup="status", kind=FilterKind.CHOICES, enum=EventStatus, description="In one of these statuses."
        ),
        *day_filters("starts", "starts_at__date", first="Begins on this day or later.", last="Begins on this day or earlier."),
    ),
    search=Search(columns=("name_lv", "name_en", "topic")),
    fields=(
        ID,
        VERSION,
        *NAMES,
        PROGRAMME,
        Column(name="kind", enum=TrainingKind, description="Kind."),
        Column(name="topic", description="What it is about."),
        Column(name="status", enum=EventStatus, description="Where it stands."),
        Column(name="format", enum=EventFormat, description="In person, remote, or both."),
        Column(name="startsAt", description="When it begins."),
        Column(name="endsAt", description="When it ends."),
        Column(name="creditedMinutes", description="Minutes that it counts for."),
        Column(name="capacity", description="Most participants, 10 for a supervision."),
        Reckoned(
            name="placesLeft",
            kind=int,
            expression=lambda scope: sums.places_left(),
            data_class=DataClass.PUBLIC,
            description="Places left.",
        ),
        Column(name="registerUntil", description="Last day for registration; null: until it begins."),
        Column(name="place", description="Where; null when it is remote only."),
        Relation(name="region", to="Region", description="The region it is meant for; null: all."),
        Relation(
            name="institution",
            to="Institution",
            description="The institution it is held for, such as for a supervision; null: open to all.",
        ),
        Children(name="leaders", to="TrainingLeader", via="event", description="Who leads it."),
        Children(
            name="registrations",
            to="TrainingRegistration",
            via="event",
            description="Registrations within the caller's reach.",
        ),
    ),
)

LEADER = ObjectType(
    name="TrainingLeader",
    description="Somebody who leads a training.",
    needs=ANY_TOKEN,
    model=TrainingLeader,
    select=lambda scope: selectors.training_leaders(scope=scope),
    policy=LEADERS,
    fields=(ID, account("account", "Who.", attr="leader")),
)

REGISTRATION = ObjectType(
    name="TrainingRegistration",
    description="Somebody's place at a training.",
    needs="delivery.read",
    model=TrainingRegistration,
    select=lambda scope: selectors.training_registrations(scope=scope),
    policy=REGISTRATIONS,
    order=("registered_at", "id"),
    orders=(
        Order(
            name="NAME", columns=("participant__sort_key",), description="Latvian alphabetical order of the participants' names."
        ),
        Order(name="REGISTERED_AT", columns=("registered_at",), description="By when it was made."),
    ),
    filters=(
        *place_filters(
            institution=("institution",),
            municipality=("institution__municipality",),
            region=("institution__municipality__region",),
        ),
        Filter(
            name="status",
            lookup="status",
            kind=FilterKind.CHOICES,
            enum=RegistrationStatus,
            description="In one of these statuses.",
        ),
        key_filter("participantId", "participant_id", "usr", "Of this account."),
    ),
    fields=(
        ID,
        VERSION,
        Relation(name="event", to="TrainingEvent", description="The training."),
        account("participant", "Who takes part."),
        OWN_INSTITUTION,
        Column(name="status", enum=RegistrationStatus, description="Where it stands."),
        Column(name="registeredAt", description="When it was made."),
        Column(name="attendedMinutes", description="Minutes attended, 0 for who did not come; null until recorded."),
        Column(name="attendanceRecordedAt", description="When the attendance was recorded."),
        Column(
            name="certificateCode",
            description="Code of the certificate, which anybody can check; null where there is none.",
        ),
    ),
)

TYPES = (EVENT, LEADER, REGISTRATION)
