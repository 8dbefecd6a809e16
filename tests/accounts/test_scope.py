"""Scope: assignments in force, and nothing besides."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import TestCase

from backend.accounts.models import Level, Role, User
from backend.accounts.roles import Area
from backend.accounts.scope import NOBODY, enter_scope, scope_of, scoped
from backend.accounts.services import assign_role
from backend.territory.models import Institution, InstitutionKind, Municipality, MunicipalityKind, Region

DAY = dt.date(2023, 10, 16)
START = dt.date(2017, 3, 16)


def _settings() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.level', true), current_setting('app.institutions', true)")
        row = cursor.fetchone()
    return (row[0] or "", row[1] or "")


class ScopeTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.region = Region.objects.create(code="R1", name_lv="Austrumi", sort_key="a")
        cls.big, cls.small = (
            Municipality.objects.create(
                code=code,
                name_lv=code,
                kind=MunicipalityKind.MUNICIPALITY,
                region=cls.region,
                valid_from=dt.date(2021, 7, 1),
                sort_key=code,
            )
            for code in ("M-BIG", "M-SMALL")
        )
        cls.small.valid_to, cls.small.successor = dt.date(2025, 6, 30), cls.big
        cls.small.save()
        cls.school, cls.merged = (
            Institution.objects.create(code=code, name_lv=code, kind=InstitutionKind.GENERAL, municipality=place, sort_key=code)
            for code, place in (("S-1", cls.big), ("S-2", cls.small))
        )
        cls.user = User.objects.create_user("someone")

    def _assign(self, role: Role, level: Level, unit: object = None, **period: dt.date) -> None:
        assign_role(user=self.user, role=role, level=level, unit=unit, valid_from=period.pop("valid_from", START), **period)  # type: ignore[arg-type]

    def test_without_an_assignment_nothing_is_open(self) -> None:
        scope = scope_of(user=self.user, on=DAY)
        assert not scope.reaches_whole_state(Area.LEARNERS)
        assert scope.institutions(Area.LEARNERS) == frozenset()

    def test_an_institution_role_opens_its_institution_alone(self) -> None:
        self._assign(Role.PLAN_AUTHOR, Level.INSTITUTION, self.school)
        assert scope_of(user=self.user, on=DAY).institutions(Area.LEARNERS) == {self.school.pk}

    def test_an_assignment_opens_nothing_before_and_after_its_period(self) -> None:
        self._assign(
            Role.PLAN_AUTHOR, Level.INSTITUTION, self.school, valid_from=dt.date(2022, 9, 1), valid_to=dt.date(2023, 5, 31)
        )
        opened = {
            day: bool(scope_of(user=self.user, on=day).institutions(Area.PLANS))
            for day in (dt.date(2022, 8, 31), dt.date(2022, 9, 1), dt.date(2023, 5, 31), dt.date(2023, 6, 1))
        }
        assert list(opened.values()) == [False, True, True, False]

    def test_a_merged_municipalitys_schools_go_to_the_successor_on_the_day(self) -> None:
        self._assign(Role.MUNICIPALITY_COORDINATOR, Level.MUNICIPALITY, self.big)
        before = scope_of(user=self.user, on=dt.date(2025, 6, 30)).institutions(Area.PLANS)
        after = scope_of(user=self.user, on=dt.date(2025, 7, 1)).institutions(Area.PLANS)
        assert (before, after) == ({self.school.pk}, {self.school.pk, self.merged.pk})

    def test_a_region_holds_all_its_municipalities_schools(self) -> None:
        self._assign(Role.REGIONAL_COORDINATOR, Level.REGION, self.region)
        assert scope_of(user=self.user, on=DAY).institutions(Area.MONEY) == {self.school.pk, self.merged.pk}

    def test_a_researcher_reaches_figures_and_no_learner(self) -> None:
        self._assign(Role.RESEARCHER, Level.STATE)
        scope = scope_of(user=self.user, on=DAY)
        assert scope.reaches_whole_state(Area.STATISTICS)
        assert not scope.reaches_whole_state(Area.LEARNERS)

    def test_two_roles_at_two_schools_do_not_mix(self) -> None:
        self._assign(Role.SUPPORT_PROVIDER, Level.INSTITUTION, self.school)
        self._assign(Role.INSTITUTION_HEAD, Level.INSTITUTION, self.merged)
        scope = scope_of(user=self.user, on=DAY)
        assert scope.institutions(Area.MONEY) == {self.merged.pk}, "money is open where the head is head"
        assert scope.institutions(Area.PLANS) == {self.school.pk, self.merged.pk}

    def test_the_unit_must_be_of_the_level(self) -> None:
        with pytest.raises(ValidationError):
            self._assign(Role.PLAN_AUTHOR, Level.INSTITUTION, None)

    def test_the_database_sees_the_scope_inside_and_nothing_after(self) -> None:
        self._assign(Role.PLAN_AUTHOR, Level.INSTITUTION, self.school)
        with scoped(scope_of(user=self.user, on=DAY)):
            assert _settings() == ("", str(self.school.pk))
        assert _settings() == ("", "")

    def test_entering_a_scope_replaces_the_one_before(self) -> None:
        self._assign(Role.IKVD, Level.STATE)
        with transaction.atomic():
            enter_scope(scope_of(user=self.user, on=DAY))
            assert _settings() == ("STATE", "")
            enter_scope(NOBODY)
            assert _settings() == ("", "")
