"""A semester of the real country: the report from roll-ups beside its recount, folding beside writing; in `make test-full`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from backend.accounts.scope import scoped
from backend.core.database.roles import acting_as
from backend.insight.statistics.full_report import full_report
from backend.insight.statistics.reach import asked_for
from backend.insight.statistics.recount import recounted
from backend.insight.statistics.rollups.keeping import differences, fold, fold_all, rebuild, waiting
from backend.insight.statistics.selectors import rolled_up
from backend.territory.models import Municipality, Region, Semester
from tests.factories.cast import TODAY, Cast
from tests.factories.rows import STATE, whole_state
from tests.timing import best_of
from tests.trail.conftest import committed, trail_files  # noqa: F401

pytestmark = [pytest.mark.full, pytest.mark.django_db(transaction=True)]
INSTITUTIONS, PLANS = 600, 12_000
TIMES_FASTER = 50
WRITES_A_SECOND, WRITES, BATCH = 500, 4_000, 1_000
_QUIET = (
    "plans_measure",
    "delivery_consultation",
    "reimbursements_reimbursementclaim",
    "plans_supportplan",
    "plans_riskassessment",
)
_HEAVY = ("delivery_consultation", "reimbursements_reimbursementclaim")
_COUNTRY = f"""
insert into territory_institution (id, code, kind, municipality_id, address, website, sort_key, is_example, name_lv, name_en,
                                   source, source_status, source_note)
select md5('inst' || n)::uuid, 'SPEED-' || n, 'GENERAL',
       (array(select id from territory_municipality where valid_to is null order by code))[1 + n % 42], '', '', '', true,
       'Skola ' || n, '', '', 'ASSUMED', '' from generate_series(1, {INSTITUTIONS}) n;
insert into learners_learner (id, version, created_at, updated_at, given_name, family_name, sort_key, search_key, birth_date,
                              registering_institution_id)
select md5('learner' || n)::uuid, 1, now(), now(), 'Vārds' || n, 'Uzvārds', md5(n::text), md5(n::text), date '2008-01-01',
       md5('inst' || 1 + n % {INSTITUTIONS})::uuid from generate_series(1, {PLANS}) n;
insert into learners_enrolment (id, version, created_at, updated_at, learner_id, institution_id, programme_kind, stage,
                                education_programme, starts_on, ends_on, end_reason)
select md5('enrolment' || id)::uuid, 1, now(), now(), id, registering_institution_id, 'GENERAL', 8, '', date '2021-09-01',
       null, ''
from learners_learner where family_name = 'Uzvārds';
insert into plans_supportplan (id, version, created_at, updated_at, number, learner_id, institution_id, enrolment_id, semester_id,
                               status, period_from, period_to, submitted_at, activated_at, result_text)
select md5('plan' || e.id)::uuid, 1, now(), now(), 'SPEED-' || e.id, e.learner_id, e.institution_id, e.id, s.id, 'ACTIVE',
       s.starts_on, s.ends_on, now(), now(), ''
from learners_enrolment e join learners_learner l on l.id = e.learner_id and l.family_name = 'Uzvārds'
join territory_semester s on s.code = '2022/2023-2';
insert into plans_riskassessment (id, version, created_at, updated_at, plan_id, institution_id, risk_factor_id, moment, level,
                                  note)
select gen_random_uuid(), 1, now(), now(), p.id, p.institution_id, f.id, m.moment, 1, ''
from plans_supportplan p
cross join lateral (select id from registry_riskfactor where valid_to is null order by md5(p.id::text || id::text) limit 3) f
cross join (values ('START'), ('END')) m (moment) where p.number like 'SPEED-%';
insert into plans_measure (id, version, created_at, updated_at, plan_id, learner_id, institution_id, kind_id, category, kind_code,
                           subject, planned_hours, planned_amount, months, note)
select gen_random_uuid(), 1, now(), now(), p.id, p.learner_id, p.institution_id, k.id, k.category, k.code, '',
       case when k.category = 'CONSULTATION' then 20 end, case when k.category = 'REIMBURSEMENT' then 45.50 end, '{{}}', ''
from plans_supportplan p
cross join lateral (select * from registry_measurekind where category <> 'YOUTH_PROJECT' and valid_to is null
                    order by md5(p.id::text || id::text) limit 3) k where p.number like 'SPEED-%';
insert into delivery_consultation (id, version, created_at, updated_at, measure_id, learner_id, institution_id, specialist_role,
    provider_id, held_on, starts_at, topic, channel, group_key, hours, provider_confirmed_at, learner_confirmed_at)
select gen_random_uuid(), 1, now(), now(), m.id, m.learner_id, m.institution_id, m.kind_code,
       (array(select id from accounts_user order by id))[1 + abs(hashtext(m.institution_id::text || m.kind_code)) % 10],
       date '2023-01-10' + n * 6, time '08:00', 'Temats', 'IN_PERSON', gen_random_uuid(), 1, now(), now()
from plans_measure m join plans_supportplan p on p.id = m.plan_id and p.number like 'SPEED-%' cross join generate_series(1, 20) n
where m.category = 'CONSULTATION';
insert into reimbursements_reimbursementclaim (id, version, created_at, updated_at, measure_id, learner_id, institution_id, kind,
    period, amount, amount_basis, basis_note, status, decided_at, approvals_needed)
select gen_random_uuid(), 1, now(), now(), m.id, m.learner_id, m.institution_id, m.kind_code,
       date '2023-01-01' + n * interval '1 month', 12.34, 'REPORTED', '', 'APPROVED', now(), 1
from plans_measure m join plans_supportplan p on p.id = m.plan_id and p.number like 'SPEED-%' cross join generate_series(1, 4) n
where m.category = 'REIMBURSEMENT';
"""


@pytest.fixture
def country(committed: Cast) -> Cast:  # noqa: F811
    """Made set-wise by the owner, without history and overlap checks: they have tests of their own, and cost minutes here."""
    with acting_as("owner"), connection.cursor() as cursor:
        _drop_all_but_lookups(cursor)
        for table in (*_QUIET, "learners_learner", "learners_enrolment"):
            cursor.execute(f"alter table {table} disable trigger user")
        cursor.execute(_COUNTRY)
        cursor.execute("analyze")
        for table in (*_QUIET, "learners_learner", "learners_enrolment"):
            cursor.execute(f"alter table {table} enable trigger user")
        rebuild()
    return committed


def _drop_all_but_lookups(cursor: Any) -> None:
    """Constraints between rows, and indexes that neither the report nor its recount uses: this database is thrown away."""
    cursor.execute(
        "select format('alter table %%s drop constraint %%I', conrelid::regclass, conname) from pg_constraint"
        " where contype in ('f', 'x') and conrelid::regclass::text = any (%s)",
        [list(_HEAVY)],
    )
    constraints = [text for (text,) in cursor.fetchall()]
    cursor.execute(
        "select format('drop index %%s', indexrelid::regclass) from pg_index where indrelid::regclass::text = any (%s)"
        " and not indisunique and indexrelid::regclass::text not like '%%by_measure'",
        [list(_HEAVY)],
    )
    for statement in (*constraints, *(text for (text,) in cursor.fetchall())):
        if "drop index" not in statement or "in_one_place" not in statement:
            cursor.execute(statement)


def test_the_report_is_much_quicker_than_its_recount(country: Cast, capsys: Any) -> None:
    semester = Semester.objects.get(code="2022/2023-2")
    told = []
    with acting_as("app"), scoped(STATE):
        for name, unit in {
            "country": {},
            "region": {"region": Region.objects.get(code="Vidzeme")},
            "municipality": {"municipality": Municipality.objects.get(code="LV-059")},
        }.items():
            reach = asked_for(scope=STATE, on=TODAY, **unit)
            assert reach is not None
            assert rolled_up(semester=semester, reach=reach) == recounted(scope=STATE, semester=semester, reach=reach)
            quick = best_of(lambda r=reach: rolled_up(semester=semester, reach=r), 15)
            slow = best_of(lambda r=reach: recounted(scope=STATE, semester=semester, reach=r), 3)
            whole = best_of(lambda u=unit: full_report(scope=STATE, semester=semester, division_on=TODAY, **u).tables)
            times = f"report {quick * 1e3:.2f} ms, recount {slow * 1e3:.0f} ms, {slow / quick:.0f} times"
            told.append(f"{name}: {times}; with all tables {whole * 1e3:.1f} ms")
            if name == "country":
                assert slow / quick >= TIMES_FASTER, told
                assert slow / whole >= TIMES_FASTER, told
    with capsys.disabled():
        print("\n" + "\n".join(told))


_HOUR = """
insert into delivery_consultation (id, version, created_at, updated_at, measure_id, learner_id, institution_id, specialist_role,
    provider_id, held_on, starts_at, topic, channel, group_key, hours, provider_confirmed_at, learner_confirmed_at)
select gen_random_uuid(), 1, now(), now(), m.id, m.learner_id, m.institution_id, m.kind_code, c.provider_id, date '2023-05-30',
       time '08:00', 'Temats', 'IN_PERSON', gen_random_uuid(), 1, now(), now()
from plans_measure m join delivery_consultation c on c.measure_id = m.id where m.plan_id = %s limit 1"""
_CLAIM = """
update reimbursements_reimbursementclaim set amount = amount + 1
where id = (select k.id from reimbursements_reimbursementclaim k join plans_measure m on m.id = k.measure_id
            where m.plan_id = %s limit 1)"""
_WRITES: tuple[tuple[int, str], ...] = (
    (5, _HOUR),
    (2, _CLAIM),
    (1, "update plans_riskassessment set level = 0 where plan_id = %s and moment = 'END'"),
    (1, "update plans_supportplan set status = 'EVALUATED', evaluated_at = now() where id = %s"),
    (1, "update plans_supportplan set status = 'DRAFT', activated_at = null where id = %s"),
)
"""What people write, by parts in ten: each a statement about another plan, so that no fold serves two of them."""


def _processor(process: int) -> float:
    """Seconds that a process has spent on a processor, whoever else was there."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def test_folding_keeps_up_with_five_hundred_writes_a_second(country: Cast, capsys: Any) -> None:
    """Batches of two seconds' writes, each folded as the periodic process does: by what the server computes, not by the clock,
    since other work runs on this machine too. At most half of one processor may go into folding.
    """
    fold_all()
    with whole_state(), connection.cursor() as cursor:
        cursor.execute(
            "select distinct p.id, md5(p.id::text) from plans_supportplan p"
            " join plans_measure h on h.plan_id = p.id and h.category = 'CONSULTATION'"
            " join plans_measure k on k.plan_id = p.id and k.category = 'REIMBURSEMENT' where p.number like 'SPEED-%' order by 2"
        )
        keys = [key for key, _order in cursor.fetchall()][:WRITES]
    assert len(keys) == WRITES
    parts = [statement for number, statement in _WRITES for _ in range(number)]
    writing = folding = clock = 0.0
    server = connection.connection.info.backend_pid
    for begin in range(0, WRITES, BATCH):
        before = _processor(server)
        with whole_state(), connection.cursor() as cursor:
            for place, key in enumerate(keys[begin : begin + BATCH]):
                cursor.execute(parts[place % len(parts)], [key])
                assert cursor.rowcount > 0
        between, began = _processor(server), time.perf_counter()
        assert fold(most=BATCH) == BATCH
        writing += between - before
        folding += _processor(server) - between
        clock += time.perf_counter() - began
    with whole_state():
        assert waiting() == 0
    told = f"{WRITES} writes: {writing:.2f} s of the server's processor; folded: {folding:.2f} s ({clock:.2f} s by the clock)"
    told += f", {WRITES / folding:.0f} plans a second"
    with capsys.disabled():
        print(f"\n{told}")
    assert differences() == {}
    assert WRITES / folding >= 2 * WRITES_A_SECOND, told
