"""Recounts the country by plain SQL and compares with the published figures and with the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from backend.cases.learners.identity import CODE
from backend.cases.learners.personal_code import parse_personal_code
from backend.core.vault.blind_index import blind_index
from backend.core.vault.cipher import decrypt_many
from backend.demonstration.country import targets
from backend.demonstration.country.invariants import RULES
from backend.demonstration.country.naming import family_names, given_names
from backend.demonstration.country.places import PREFIX
from backend.demonstration.country.reckoning import RECKONING
from backend.demonstration.country.surroundings import SURROUNDINGS

_BATCH = 5000


@dataclass(frozen=True)
class Finding:
    """One thing that was counted, what it should be, and how far off it may be."""

    name: str
    expected: float
    found: float
    tolerance: float = 0

    @property
    def holds(self) -> bool:
        """Whether what was found is near enough."""
        return abs(self.found - self.expected) <= self.tolerance


def check(*, scale: float) -> list[Finding]:
    """Everything, counted now. Needs a role that sees all rows (`loader`), and the country of that scale."""
    return [
        *_institutions(scale),
        *_plans(scale),
        *_people(scale),
        *_mix(scale),
        *_hours(),
        *_supervisions(scale),
        *_lateness(),
        *_activities(scale),
        *_kinds(),
        *_rules(),
        *_names(),
        *_codes(),
    ]


def _rows(statement: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _one(statement: str, parameters: list[Any] | None = None) -> float:
    return float(_rows(statement, parameters)[0][0] or 0)


def _institutions(scale: float) -> Iterator[Finding]:
    for day, count in targets.joined_by(scale):
        found = _one("select count(distinct institution_id) from registry_institutionparticipation where joined_on <= %s", [day])
        yield Finding(f"institutions that had joined by {day}", count, found)
    partners = _one(
        "select count(distinct municipality_id) from registry_cooperationagreement a where municipality_id is not null"
    )
    yield Finding("municipalities with an agreement", targets.PARTNER_MUNICIPALITIES, partners)
    kinds = _rows("select kind from territory_institution group by kind")
    yield Finding("kinds of institutions", 5, len(kinds))


def _plans(scale: float) -> Iterator[Finding]:
    """Plans by semester and year within one in a hundred (one plan at least); of the running semester whatever their status."""
    years: dict[str, list[float]] = {}
    for target in targets.SEMESTERS:
        counted = "activated_at is not null" if target.counted else "true"
        found = _one(
            f"select count(*) from plans_supportplan p join territory_semester s on s.id = p.semester_id"
            f" where s.code = %s and {counted}",
            [target.code],
        )
        others = _one(
            f"select count(*) from plans_supportplan p join territory_semester s on s.id = p.semester_id"
            f" join territory_institution i on i.id = p.institution_id where s.code = %s and {counted} and i.code not like %s",
            [target.code, f"{PREFIX}%"],
        )
        wanted = others + targets.plans(target, scale=scale, standing=int(others))
        yield Finding(f"plans {target.code}", wanted, found, _hundredth(wanted))
        years.setdefault(target.code[:9], []).append(found)
    for year, published in targets.PLANS_BY_YEAR.items():
        yield Finding(f"plans {year}", published * scale, sum(years[year]), _hundredth(published * scale))
    until = sum(sum(years[year]) for year in targets.PLANS_BY_YEAR) + years["2022/2023"][0]
    wanted = targets.PLANS_UNTIL_2022 * scale
    yield Finding("plans until December 2022", wanted, until, _hundredth(wanted))


def _hundredth(value: float) -> float:
    """One in a hundred; rounding of small scales is a few plans."""
    return max(value / 100, 3)


def _people(scale: float) -> Iterator[Finding]:
    wanted = targets.LEARNERS_UNTIL_2022 * scale
    found = _one(
        "select count(distinct learner_id) from plans_supportplan"
        " where activated_at is not null and period_from < date '2023-01-01'"
    )
    yield Finding("learners with a plan until December 2022", wanted, found, max(wanted / 50, 12))
    untreated = _one(
        "select count(*) from learners_learner l where not exists"
        " (select from plans_supportplan p where p.learner_id = l.id and p.activated_at is not null)"
    )
    yield Finding("learners without a plan to compare with, at least", 1, min(1, untreated))
    # By the pairs, which stay when one of both is erased; the codes behind them are held against each other in `reckoning`.
    doubles = _one("select count(*) from learners_duplicatecandidate where 'PERSONAL_CODE' = any (bases)")
    strangers = _one(
        "select count(*) from learners_learner l where not exists (select from learners_enrolment e where e.learner_id = l.id)"
    )
    yield Finding("duplicates: pairs with one code", strangers, doubles)


def _mix(scale: float) -> Iterator[Finding]:
    """Risk identifications of 2019/2020 by group, to the plans of that year (each learner of a plan once a group)."""
    rows = _rows(
        "select f.group, count(*) from plans_riskassessment r join registry_riskfactor f on f.id = r.risk_factor_id"
        " join plans_supportplan p on p.id = r.plan_id join territory_semester s on s.id = p.semester_id"
        " where s.school_year = '2019/2020' and r.moment = 'START' and p.activated_at is not null group by 1"
    )
    found = {group: int(count) for group, count in rows}
    whole = targets.IDENTIFICATIONS * scale
    yield Finding("risk identifications 2019/2020", whole, sum(found.values()), whole * 0.02 + 3 * whole**0.5)
    for group, count in targets.RISK_SHARES.items():
        wanted = count * scale
        # A share drawn plan by plan: three standard deviations of chance, and how many vocational plans there are.
        yield Finding(f"  of them {group}", wanted, found.get(group, 0), wanted * 0.05 + 4 * wanted**0.5 + 2)


def _hours() -> Iterator[Finding]:
    """Plans with a consultation measure that ran to their end hold 17 to 24 hours on the average."""
    rows = _rows(
        "select avg(held), count(*) from (select p.id, count(c.id) as held from plans_supportplan p"
        " join plans_measure m on m.plan_id = p.id and m.category = 'CONSULTATION'"
        " join territory_institution i on i.id = p.institution_id"
        " left join delivery_consultation c on c.measure_id = m.id"
        f" where p.status in ('EVALUATED', 'CLOSED') and i.code like '{PREFIX}%%' group by p.id) each"
    )
    middle = (targets.HOURS_LEAST + targets.HOURS_MOST) / 2
    yield Finding("consultations of a plan that ran to its end, average", middle, float(rows[0][0] or 0), 2.5)


def _supervisions(scale: float) -> Iterator[Finding]:
    found = _rows(
        "select count(*), count(distinct institution_id) from training_trainingevent e"
        f" join territory_institution i on i.id = e.institution_id where e.kind = 'SUPERVISION' and i.code like '{PREFIX}%'"
    )
    yield Finding("supervisions", targets.supervisions(scale), found[0][0])
    here = _one(f"select count(*) from territory_institution where code like '{PREFIX}%'")
    yield Finding("institutions with supervisions", min(here, targets.supervised(scale)), found[0][1])


def _lateness() -> Iterator[Finding]:
    """Kinds of things that every country has, and the selection that was planted: who has plans misses more."""
    late = _one(
        "select count(*) from delivery_monthsubmission"
        " where (submitted_at at time zone 'Europe/Riga')::date > month + interval '1 month' + interval '12 days'"
    )
    yield Finding("late months, at least", 1, min(1, late))
    waiting = _one("select count(*) from transfers_transfer where status <> 'ACCEPTED'")
    yield Finding("transfers that wait or came to nothing, at least", 1, min(1, waiting))
    ratio = _one(
        "select avg(i.lessons_unexcused) filter (where p.learner_id is not null)"
        " / avg(i.lessons_unexcused) filter (where p.learner_id is null) from evaluation_learnerindicator i"
        " left join (select distinct learner_id from plans_supportplan where activated_at is not null) p using (learner_id)"
    )
    yield Finding("lessons missed by learners with plans to those of others, 1.1 at least", 1, float(ratio > 1.1))


def _activities(scale: float) -> Iterator[Finding]:
    """Published counts of the initiatives' first round and of events for everybody."""
    first = "from initiatives_initiativecall c where c.is_example and c.code like 'DC-%' and c.round_number = 1"
    yield Finding("calls of the first round", targets.FIRST_CALLS, _one(f"select count(distinct municipality_id) {first}"))
    granted = _one(
        f"select count(*) from initiatives_initiativeproject where decision_reason = '' and call_id in (select c.id {first})"
    )
    wanted = max(targets.FIRST_CALLS, round(targets.FIRST_PROJECTS * scale))
    yield Finding("projects of the first round that got the grant", wanted, granted)
    for kind, count in targets.EVENTS.items():
        found = _one("select count(*) from training_trainingevent where institution_id is null and kind = %s", [kind])
        yield Finding(f"events for everybody: {kind}", count, found)


KINDS = (
    ("statuses of projects", "initiatives_initiativeproject", "status", 9),
    ("statuses of calls", "initiatives_initiativecall", "status", 3),
    ("kinds of members of teams", "cooperation_teammember", "kind", 4),
    ("statuses of meetings", "cooperation_meeting", "status", 3),
    ("audiences that were asked", "cooperation_feedbackrequest", "audience", 2),
    ("statuses of early warnings", "evaluation_earlywarning", "status", 4),
    ("statuses of timesheets in their steps", "delivery_timesheetstep", "to_status", 4),
)


def _kinds() -> Iterator[Finding]:
    """Every scale has every kind of thing: (name, table, column, how many different values at least)."""
    for name, table, column, least in KINDS:
        found = _one(f'select count(distinct "{column}") from {table}')
        yield Finding(f"{name}, of {least} at least", least, min(least, found))
    for table in ("workspace_message", "exchange_dataimport", "initiatives_projectparticipant", "registry_preventionplan"):
        yield Finding(f"rows of {table}, one at least", 1, float(_one(f"select count(*) from {table}") > 0))


def _rules() -> Iterator[Finding]:
    for name, statement in (RULES | RECKONING | SURROUNDINGS).items():
        yield Finding(name, 0, _one(statement))


def _names() -> Iterator[Finding]:
    """Every part of a name is a form of one gender; a given name and its family name agree. Duplicates are misspelt."""
    families = family_names()
    wrong = _one(
        "with parts as (select l.id, regexp_split_to_array(l.given_name, ' ') as given,"
        "  regexp_split_to_array(l.family_name, '-') as family from learners_learner l"
        "  join territory_institution i on i.id = l.registering_institution_id"
        f"  where i.code like '{PREFIX}%%' and l.erased_at is null"
        "   and exists (select from learners_enrolment e where e.learner_id = l.id))"
        " select count(*) from parts where not (given <@ %s::text[] and family <@ %s::text[])"
        " and not (given <@ %s::text[] and family <@ %s::text[])",
        [
            given_names()["f"],
            [pair.feminine for pair in families],
            given_names()["m"],
            [pair.masculine for pair in families],
        ],
    )
    yield Finding("names whose parts do not agree", 0, wrong)


def _codes() -> Iterator[Finding]:
    """Every code opened under its learner's key: valid, of the birth date, found by its index; both formats are there."""
    broken = new = old = 0
    rows = _rows(
        "select d.learner_id, d.code_cipher, d.code_index, l.birth_date from learners_learneridentity d"
        " join learners_learner l on l.id = d.learner_id"
        " join territory_institution i on i.id = l.registering_institution_id"
        f" where d.code_cipher is not null and i.code like '{PREFIX}%%' order by d.learner_id"
    )
    for first in range(0, len(rows), _BATCH):
        part = rows[first : first + _BATCH]
        for code, row in zip(decrypt_many(field=CODE, ciphers=[(row[0], row[1]) for row in part]), part, strict=True):
            broken += not _sound(code or "", *row)
            new += (code or "").startswith("32")
            old += not (code or "").startswith("32")
    yield Finding("personal codes that are not sound", 0, broken)
    yield Finding("formats of personal codes", 2, bool(new) + bool(old))


def _sound(code: str, learner: UUID, cipher: bytes, index: str, born: dt.date) -> bool:
    parsed = parse_personal_code(code)
    return not parsed.doubtful and parsed.birth_date in (None, born) and blind_index(field=CODE, value=code) == index
