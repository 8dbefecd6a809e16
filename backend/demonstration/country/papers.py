"""What plans stand on and what came of them: signed applications, further authors, outcome themes. Written by the server.

Plans name their applications when they are written, so those come in the same room (`load_applications`).
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.demonstration.country.drawing import HERE, among, key_after, run, share

TABLES = ("plans_planauthor", "plans_planoutcome")
WITHDRAWN, GUARDIAN, CO_AUTHOR, SECOND_THEME = 0.003, 0.08, 0.12, 0.4
"""Shares, assumed: plans whose first application was withdrawn, applications signed by a guardian, plans with a second author,
evaluations that name two themes."""

_COLUMNS = """(id, version, created_at, updated_at, learner_id, institution_id, semester_id, signer_kind, signed_on,
    received_on, withdrawn_on)"""
_PLANS = f"""
    select p.*, p.period_from - {among("p.id", 11, "6")} as signed_on, l.birth_date
    from plans_supportplan p join learners_learner l on l.id = p.learner_id
    where p.institution_id in {HERE} and p.application_id is not null"""


def _signer(on: str) -> str:
    """Who signs on a day."""
    return f"""case when (p.birth_date + interval '18 years')::date <= {on} then 'ADULT_LEARNER'
    when {share("p.learner_id", 13)} < {GUARDIAN} then 'GUARDIAN' else 'PARENT' end"""


_APPLICATIONS = f"""
insert into plans_application {_COLUMNS}
select p.application_id, 1, p.created_at, p.created_at, p.learner_id, p.institution_id, p.semester_id,
    {_signer("p.signed_on")}, p.signed_on, p.period_from, null
from ({_PLANS}) p order by p.id"""
_WITHDRAWN = f"""
insert into plans_application {_COLUMNS}
select {key_after("p.id", "'withdrawn'")}, 2, p.created_at - interval '14 days', p.created_at - interval '1 hour', p.learner_id,
    p.institution_id, p.semester_id, {_signer("p.signed_on - 10")}, p.signed_on - 10, p.signed_on - 10, p.signed_on - 1
from ({_PLANS}) p where {share("p.id", 14)} < {WITHDRAWN} order by p.id"""
# Somebody who gives hours at the institution wrote the plan too: heads approve, so no head is among them.
_CO_AUTHORS = f"""
insert into plans_planauthor (id, plan_id, institution_id, user_id)
select {key_after("p.id", "'author'")}, p.id, p.institution_id, s.users[1 + {among("p.id", 22, "cardinality(s.users)")}]
from plans_supportplan p
join (select institution_id, array_agg(user_id order by user_id) as users from accounts_assignment
      where role = 'support_provider' group by 1) s on s.institution_id = p.institution_id
where p.institution_id in {HERE} and {share("p.id", 21)} < {CO_AUTHOR} order by p.id"""
_THEMES = "(select array_agg(id order by position, code) as ids from registry_outcometheme where valid_to is null)"


def _outcomes(nth: int, place: str, condition: str) -> str:
    return f"""
insert into plans_planoutcome (id, version, created_at, updated_at, plan_id, institution_id, theme_id, note)
select {key_after("p.id", f"'outcome{nth}'")}, 1, p.evaluated_at, p.evaluated_at, p.id, p.institution_id, t.ids[1 + {place}], ''
from plans_supportplan p cross join {_THEMES} t
where p.institution_id in {HERE} and p.evaluated_at is not null and {condition} order by p.id"""


_COUNT = "cardinality(t.ids)"
_FIRST = among("p.id", 31, _COUNT)
_OTHER = f"(({_FIRST} + 1 + {among('p.id', 32, f'({_COUNT} - 1)')}) % {_COUNT})"


def load_applications() -> Iterator[int]:
    """Write those that the plans name, and those that were withdrawn before; rows of each statement."""
    yield run(_APPLICATIONS)
    yield run(_WITHDRAWN)


def load() -> Iterator[int]:
    """Write the rest; rows of each statement."""
    yield run(_CO_AUTHORS)
    yield run(_outcomes(1, _FIRST, "true"))
    yield run(_outcomes(2, _OTHER, f"{share('p.id', 33)} < {SECOND_THEME}"))
