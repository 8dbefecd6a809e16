"""History: every change leaves an entry, whoever makes it and however; nobody who serves can make, change or stop one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from backend.accounts.models import User
from backend.accounts.scope import scoped
from backend.cases.delivery.models import Consultation
from backend.cases.learners.models import Learner
from backend.cases.plans.models import Measure, SupportPlan
from backend.core.classification import DataClass, classification_of
from backend.core.clock import now
from backend.core.trail.context import Channel, noted
from backend.core.trail.declarations import audited_tables, not_audited
from backend.core.trail.history import versions
from tests.factories.cast import Cast
from tests.factories.rows import ConsultationFactory, UserFactory, whole_state


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) from trail."{table}"')
        return int(cursor.fetchone()[0])


def test_every_table_about_people_is_audited_or_says_why_not() -> None:
    audited = {declared.model for declared in audited_tables()}
    excused = not_audited()
    looked_at = 0
    for model in apps.get_models(include_auto_created=True):
        classes = {c.data_class for f in model._meta.local_concrete_fields if (c := classification_of(f))}
        if not model._meta.managed or not classes & {DataClass.PERSONAL, DataClass.SPECIAL}:
            continue
        looked_at += 1
        assert (model._meta.label in audited) != (model._meta.label in excused), model._meta.label
    assert looked_at >= 15
    assert all(len(reason) > 20 for reason in excused.values())


def test_every_column_of_an_audited_table_is_kept_or_excluded(db: None) -> None:
    with connection.cursor() as cursor:
        for declared in audited_tables():
            cursor.execute(
                "select column_name from information_schema.columns where table_schema = 'trail' and table_name = %s",
                [declared.table],
            )
            kept = {name for (name,) in cursor.fetchall()}
            live = {field.column for field in declared.model_class._meta.local_concrete_fields}
            assert live - kept == set(declared.exclude), declared.table


def test_a_change_names_who_through_what_and_why(cast: Cast) -> None:
    scope = cast.scope("author of maple")
    with scoped(scope), noted(channel=Channel.WORKSPACE, reason="misspelt"):
        Learner.objects.filter(pk=cast.learners["Anna"].pk).update(given_name="Anete")
    with scoped(scope):
        made, changed = versions(model=Learner, key=cast.learners["Anna"].pk)
    assert (made.change, changed.change) == ("INSERT", "UPDATE")
    assert changed.changed == ("given_name",)
    assert (changed.values["given_name"], made.values["given_name"]) == ("Anete", "Anna")
    assert changed.principal_id == scope.principal_id
    assert (changed.channel, changed.reason) == ("workspace", "misspelt")


def test_bulk_changes_leave_one_entry_a_row(cast: Cast) -> None:
    with whole_state():
        before = _count("delivery_consultation")
        measure = Measure.objects.filter(category="CONSULTATION").first()
        assert measure is not None
        provider, days = UserFactory(), [dt.date(2023, 3, 1) + dt.timedelta(days=number) for number in range(30)]
        unconfirmed = {"measure": measure, "provider": provider, "provider_confirmed_at": None}  # a confirmed hour stays
        rows = [ConsultationFactory.build(held_on=day, **unconfirmed) for day in days]
        Consultation.objects.bulk_create(rows)
        assert _count("delivery_consultation") == before + 30
        Consultation.objects.filter(measure=measure).update(version=F("version") + 1)
        assert _count("delivery_consultation") == before + 61, "the thirty and the one that the cast has"
        Consultation.objects.filter(pk__in=[row.pk for row in rows]).delete()
        assert _count("delivery_consultation") == before + 91


def test_a_sign_in_is_no_change_of_the_user_and_secrets_are_not_kept(cast: Cast) -> None:
    user = cast.staff["agency"]
    with whole_state():
        before = _count("accounts_user")
        User.objects.filter(pk=user.pk).update(last_login=now(), password="other")
        assert _count("accounts_user") == before
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert _count("accounts_user") == before + 1


@pytest.mark.parametrize(
    "statement",
    [
        "insert into trail.learners_learner select * from trail.learners_learner limit 1",
        "update trail.learners_learner set given_name = 'x'",
        "delete from trail.learners_learner",
        "truncate trail.learners_learner",
        "insert into trail.read_entry select * from trail.read_entry",
        "delete from trail.read_entry",
        "update trail.block set root = head",
        "delete from trail.block",
        "insert into trail.erasure select * from trail.erasure",
        "update trail.clock set base = 0",
        "alter table learners_learner disable trigger trail_update",
        "alter table learners_learner disable trigger all",
        "drop trigger trail_update on learners_learner",
        "set session_replication_role = replica",
        "truncate learners_learner",
        "create or replace function trail.record_learners_learner() returns trigger language sql as 'select 1'",
        "drop function trail.seal()",
        "select trail.baseline_learners_learner()",
        "select nextval('trail.entry_id')",
        "set role owner",
    ],
)
def test_the_serving_role_can_neither_forge_nor_change_nor_stop_it(cast: Cast, statement: str) -> None:
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with whole_state(), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_settings_do_not_switch_it_off(cast: Cast) -> None:
    """pghistory's ignore switch is such a setting; ours has none, and the loader's back-dating is the loader's alone."""
    learner = cast.learners["Anna"]
    with whole_state(), connection.cursor() as cursor:
        for name in ("pgtrigger.ignore", "pghistory.ignore", "trail.back_date"):
            cursor.execute("select set_config(%s, 'on', true)", [name])
        Learner.objects.filter(pk=learner.pk).update(given_name="Anete", updated_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        last = versions(model=Learner, key=learner.pk)[-1]
    assert last.values["given_name"] == "Anete"
    assert last.recorded_at.year > 2020


def test_history_is_policed_like_the_live_row(cast: Cast) -> None:
    anna, bruno = cast.learners["Anna"].pk, cast.learners["Bruno"].pk
    with scoped(cast.scope("author of maple")):
        assert versions(model=Learner, key=anna)
        assert versions(model=Learner, key=bruno) == []
        assert versions(model=SupportPlan, key=cast.plans["Anna"].pk)
        assert versions(model=SupportPlan, key=cast.plans["Bruno"].pk) == []
    with scoped(cast.scope("expert")):
        assert versions(model=Learner, key=anna) == [], "a role that opens nothing reads none"
    assert versions(model=Learner, key=anna) == [], "nobody's scope reads none"
