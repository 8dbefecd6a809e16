"""The generated country at a small scale: loaded once for this file, room by room, and recounted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError, ProgrammingError
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from backend.accounts.models import User
from backend.activities.cooperation.models import CooperationTeam
from backend.activities.training.models import TrainingEvent
from backend.cases.plans.models import SupportPlan
from backend.cases.reimbursements.models import PaymentBatch
from backend.cases.reimbursements.payment_message import message_of
from backend.core.database.bulk import set_aside
from backend.core.database.roles import acting_as
from backend.core.text import sort_key
from backend.core.trail.history import known_on
from backend.core.trail.sealing import seal_all
from backend.core.trail.verification import verify
from backend.demonstration.country import making, resetting, targets
from backend.demonstration.country.checking import check
from backend.demonstration.models import CountryRoom
from backend.documents.bank_file import bank_file
from backend.insight.statistics.rollups.keeping import differences
from tests.database import TestDatabase
from tests.factories.rows import STATE

SCALE = 0.004
TABLES = [table for room in making.ROOMS for table in room.tables]
SET_ASIDE = "select bulk.set_aside(array['plans_measure'], array['plans_measure'])"
SHAPE = """
select pg_get_indexdef(indexrelid) from pg_index where indrelid::regclass::text = any(%(tables)s)
union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
          where conrelid::regclass::text = any(%(tables)s)
union all select tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text from pg_trigger
          where tgrelid::regclass::text = any(%(tables)s) and not tgisinternal
order by 1
"""


class CutOff(Exception):
    """The run ends here, as by a power cut."""


@dataclass(frozen=True)
class Loaded:
    """What was seen while the country was loaded."""

    shape_before: list[str]
    after_cut: dict[str, int]
    rooms_after_cut: list[str]
    output: str


def rows(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def shape() -> list[str]:
    names = [*TABLES, *(f"trail.{table}" for table in TABLES)]
    # PostgreSQL spells the casts within a list otherwise once it has read its own words again: the same condition.
    return sorted(re.sub(r"::(character varying|text)(\[\])?|[()]", "", text) for (text,) in rows(SHAPE, {"tables": names}))


def counts() -> dict[str, int]:
    return {table: rows(f"select count(*) from {table}")[0][0] for table in TABLES}  # noqa: S608


@pytest.fixture(scope="module")
def country(
    django_db_setup: TestDatabase, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """The seed school, then the country, whose first run is cut off in the middle of the consultations."""
    anchors = tmp_path_factory.mktemp("country") / "anchors.jsonl"
    with django_db_blocker.unblock(), override_settings(TRAIL_ANCHOR_FILE=anchors):
        call_command("load_reference", stdout=StringIO())
        call_command("load_demo", scale=0, stdout=StringIO())

        def cut(room: str, written: int, expected: int) -> None:
            if room == "consultations" and written > 1000:
                raise CutOff

        with acting_as("loader"):
            before = shape()
            with pytest.raises(CutOff):
                making.make(scale=SCALE, say=cut)
            after, rooms = counts(), list(CountryRoom.objects.values_list("name", flat=True))
        output = StringIO()
        call_command("make_country", scale=SCALE, stdout=output)
        yield Loaded(before, after, rooms, output.getvalue())
        django_db_setup.renew()


@pytest.fixture(autouse=True)
def _as_loader(country: Loaded) -> Iterator[None]:
    with acting_as("loader"):
        yield


def test_every_figure_and_rule_holds() -> None:
    output = StringIO()
    call_command("check_country", stdout=output)
    assert [line for line in output.getvalue().splitlines() if "WRONG" in line] == []
    assert "all hold" in output.getvalue()
    assert output.getvalue().count("  ok ") > 140


def test_a_run_that_was_cut_off_left_whole_rooms_only_and_the_next_went_on(country: Loaded) -> None:
    assert country.rooms_after_cut == ["places", "staff", "learners", "plans"]
    assert country.after_cut["plans_supportplan"] > 600
    of_the_seed_school_alone = 2500
    assert country.after_cut["delivery_consultation"] < of_the_seed_school_alone
    assert "places" not in country.output
    assert "consultations" in country.output
    assert counts()["delivery_consultation"] > 5_000


def test_everything_that_was_set_aside_stands_again(country: Loaded) -> None:
    assert shape() == country.shape_before
    assert sum("EXCLUDE" in text for text in country.shape_before) == 6
    assert sum("FOREIGN KEY" in text for text in country.shape_before) > 20
    assert rows("select count(*) from pg_constraint where not convalidated")[0][0] == 0


def test_the_reports_figures_are_those_of_the_rows() -> None:
    """No trigger noted whose figures changed while rows were loaded: the last room reckoned them."""
    assert rows("select count(*) from rollup.fact")[0][0] > 5_000
    assert differences() == {}
    assert rows("select count(*) from rollup.touched")[0][0] == 0


def test_a_generated_payment_gives_the_file_that_its_hash_tells() -> None:
    """The way that `/documents/payment-batch/<id>.xml` goes; that the message meets its schema is checked for some."""
    batches = list(PaymentBatch.objects.select_related("account", "agreement").order_by("month", "id"))
    assert len(batches) > 500
    for batch in batches[:: len(batches) // 12]:
        found = bank_file(scope=STATE, batch_id=batch.pk)
        assert found
        assert found == (f"{batch.message_id}.xml", message_of(batch).content)
        assert hashlib.sha256(found[1]).hexdigest() == batch.file_sha256


def test_every_name_has_its_place_in_the_latvian_order() -> None:
    for model, name in ((User, "name_in_order"), (CooperationTeam, "name"), (TrainingEvent, "name_lv")):
        named = [(row.sort_key, sort_key(getattr(row, name))) for row in model._default_manager.all()]
        assert [stored for stored, _ in named] == [made for _, made in named]
        assert len(named) > 5


def test_the_trail_verifies() -> None:
    blocks = [block.entries for block in seal_all()]
    report = verify()
    assert report.findings == []
    assert report.entries == sum(blocks) > 40_000
    assert (report.tail, max(blocks) <= 100_000) == (0, True)


def test_the_past_is_read_as_it_was_known() -> None:
    plan = SupportPlan.objects.filter(status="CLOSED", institution__code__startswith="DC-").earliest("activated_at")
    assert plan.activated_at
    assert plan.evaluated_at

    def known(moment: Any) -> list[SupportPlan]:
        return list(known_on(model=SupportPlan, moment=moment, where="h.id = %s", parameters=[plan.id]))

    (then,) = known(plan.activated_at)
    assert (then.status, then.evaluated_at, then.result_text, then.activated_at) == ("ACTIVE", None, "", plan.activated_at)
    (drafted,) = known(plan.created_at)
    assert (drafted.status, drafted.submitted_at, drafted.version) == ("DRAFT", None, 1)
    (now,) = known(plan.closed_at)
    assert (now.status, now.version, now.updated_at) == ("CLOSED", plan.version, plan.updated_at)
    assert known(plan.created_at.replace(year=2016)) == []


def test_loading_again_changes_nothing_and_another_scale_is_refused() -> None:
    before, output = counts(), StringIO()
    call_command("make_country", scale=SCALE, stdout=output)
    assert "unchanged" in output.getvalue()
    assert counts() == before
    with pytest.raises(CommandError, match="--reset"):
        call_command("make_country", scale=0.02, stdout=StringIO())


def test_the_seed_decides_everything_but_what_is_secret() -> None:
    again = making.Country(scale=SCALE)
    stored = rows("select id, given_name, family_name, birth_date from learners_learner order by id")
    decided = {person.id: (person.given, person.family, person.born) for person in again.world.people}
    assert {key.hex: tuple(rest) for key, *rest in stored if key.hex in decided} == decided
    numbers = {line.split("\t")[4] for written in again.casework() for line in written.plans}
    assert numbers == {number for (number,) in rows("select number from plans_supportplan where number like 'IAP-DC-%'")}


DAMAGES = {
    "update plans_supportplan set status = 'EVALUATED' where status = 'CLOSED'": "last step is not their status",
    "update learners_learner set given_name = 'Jānis', family_name = 'Bērziņa'": "parts do not agree",
    "delete from plans_planstep where to_status = 'SUBMITTED'": "do not follow",
    "update delivery_consultation set held_on = held_on + 3000": "consultations outside their plan",
    "update learners_learneridentity set code_index = 'b1:0' where id = (select max(id::text)::uuid from"
    " learners_learneridentity where code_index <> '')": "codes that are not sound",
    "update reimbursements_reimbursementclaim set amount = amount * 3": "beyond what was planned",
    "update plans_application set withdrawn_on = signed_on where signer_kind = 'PARENT'": "one standing application",
    "update plans_application set signer_kind = 'ADULT_LEARNER'": "signed by who may not",
    "update plans_planauthor a set user_id = s.actor_id from plans_planstep s where s.plan_id = a.plan_id"
    " and s.to_status = 'APPROVED_BY_INSTITUTION'": "approved their own plan",
    "delete from plans_planoutcome": "without a theme",
    "update delivery_consultationsheet set signed_on = signed_on + 4000": "agreement signed by then",
    "update delivery_consultation set voided_at = now(), void_reason = 'x'": "days of timesheets",
    "update delivery_monthsubmission set hours = hours + 1": "other hours than their timesheets",
    "update reimbursements_claimdecision set at = at + interval '1 day'": "decisions are not their status",
    "update reimbursements_ledgerposting set debit = debit + 1 where debit > 0": "do not balance",
    "update reimbursements_ledgerentry set recorded_at = '2025-01-01' where kind = 'CLAIM_APPROVED'": "booked before",
    "update reimbursements_paymentitem set status = 'OPEN', paid_at = null where status = 'PAID'": "paid other than once",
    "update registry_partneraccount set iban = 'LV00' || substr(iban, 5)": "check digits",
    "update evaluation_learnerindicator set recorded_at = '2018-01-01'": "indicators outside",
    "update learners_learner set merged_into_id = null": "merged without a decision",
    "update registry_institutionparticipation set joined_on = '2022-12-31'": "joined by 2017-12-31",
    "update initiatives_projectstep set to_status = 'SCORED' where to_status = 'RUNNING'": "steps are not their status",
    "update initiatives_projectparticipant set starts_on = starts_on - 400": "places in projects outside",
    "update initiatives_projectscore set points = 0 where points > 1": "fewer points than one of their call",
    "update cooperation_meeting set starts_at = starts_at - interval '900 days'": "meetings outside the days",
    "delete from cooperation_feedbackanswer": "answered requests without an answer",
    "update evaluation_earlywarning set observed = observed + 1": "figures that meet a rule",
    "delete from registry_staffcontract": "has no contract in that position",
    "delete from delivery_timesheetstep where to_status = 'LOCKED'": "timesheets whose last step",
    "update exchange_dataimport set rows_written = rows_written - 1 where rows_written > 0": "imports that wrote",
    "update training_trainingevent set kind = 'WORKSHOP' where kind = 'SEMINAR'": "events for everybody: SEMINAR",
}


def test_the_recount_notices_every_damage() -> None:
    with transaction.atomic():
        for damage in DAMAGES:
            rows(f"with done as ({damage} returning 1) select count(*) from done")  # noqa: S608  (ours)
        wrong = " · ".join(finding.name for finding in check(scale=SCALE) if not finding.holds)
        transaction.set_rollback(True)
    assert [noticed for noticed in DAMAGES.values() if noticed not in wrong] == []


# -- setting aside ----------------------------------------------------------------------------------------------------
def test_nothing_can_be_committed_while_constraints_are_set_aside(country: Loaded) -> None:
    with pytest.raises(DatabaseError, match="still set aside"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SET_ASIDE)
    assert shape() == country.shape_before


def test_rows_that_break_a_rule_are_found_at_the_end(country: Loaded) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), set_aside(["delivery_consultation"]):
        rows("insert into delivery_consultation select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).*"
             " from delivery_consultation c limit 1 returning 1")  # fmt: skip
    assert shape() == country.shape_before


def test_rows_without_history_are_refused(country: Loaded) -> None:
    with pytest.raises(DatabaseError, match="no entry in the trail"), transaction.atomic(), set_aside(["plans_planstep"]):
        rows("insert into plans_planstep select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).*"
             " from plans_planstep c limit 1 returning 1")  # fmt: skip
    assert shape() == country.shape_before


CLAIM = "reimbursements_reimbursementclaim"
UNSOUND = {
    "ledger_entry_balances": (
        "reimbursements_ledgerposting",
        "reimbursements_ledgerposting set debit = debit + 1 where debit > 0",
    ),
    "batch_adds_up": ("reimbursements_paymentbatch", "reimbursements_paymentbatch set total = total + 1"),
    "timesheet_adds_up": ("delivery_timesheet", "delivery_timesheet set hours = hours + 1"),
    "claim_reversed_within": (CLAIM, f"{CLAIM} set amount = amount * 3 where reverses_id is not null"),
    "costs_live_with_claim": (CLAIM, "reimbursements_claimitem set is_live = false where is_live"),
}
"""By rule, the table whose set-aside takes the rule along, and the update that breaks it."""


@pytest.mark.parametrize("rule", UNSOUND)
def test_sums_that_do_not_hold_are_found_at_the_end(country: Loaded, rule: str) -> None:
    """What triggers look at row by row is looked at once over the whole tables."""
    table, change = UNSOUND[rule]
    with pytest.raises(IntegrityError, match=f"Sums do not hold: {rule}"), transaction.atomic(), set_aside([table]):
        assert rows(f"with done as (update {change} returning 1) select count(*) from done")[0][0]  # noqa: S608  (ours)
    assert shape() == country.shape_before


@pytest.mark.parametrize(
    "statement",
    [
        "select bulk.gather(array['plans_measure'])",
        "select bulk.set_aside(array['plans_measure'], array['plans_measure'])",
        "select bulk.make_whole()",
    ],
)
def test_the_serving_role_may_set_nothing_aside(statement: str) -> None:
    with acting_as("app"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows(statement)


def test_the_loader_cannot_put_words_into_the_owners_mouth() -> None:
    """A table of the loader's own in the place of the owner's list would be executed as the owner."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("create temporary table bulk_set_aside (place integer, table_name text, remake text)")
            cursor.execute("insert into bulk_set_aside values (1, 'x', 'alter role loader superuser')")
        with pytest.raises(DatabaseError, match="Nothing is set aside"):
            rows("select bulk.make_whole()")
        transaction.set_rollback(True)


def test_a_duplicate_stays_findable_when_one_of_both_is_erased() -> None:
    """The truth of a pair is in the pair: an erased code takes it from nobody, and no rule takes the erased for damage."""
    pairs = "select first_id, second_id from learners_duplicatecandidate where 'PERSONAL_CODE' = any (bases) order by 1"
    before = rows(pairs)
    with transaction.atomic():
        first, _second = before[0]
        rows("select trail.erase_learner(%s, 'wished')", [first])
        assert rows("select code_index, code_cipher from learners_learneridentity where learner_id = %s", [first]) == [("", None)]
        assert rows(pairs) == before
        assert [finding for finding in check(scale=SCALE) if not finding.holds] == []
        transaction.set_rollback(True)


def test_a_reset_takes_the_country_away_and_the_next_has_other_keys() -> None:
    """Last in this file. The whole way to a second country is among the large tests."""
    keys = {key for (key,) in rows("select id from learners_learner")}
    assert resetting.reset() > 10_000
    assert CountryRoom.objects.exclude(name=resetting.GENERATION).count() == 0
    assert rows("select count(*) from territory_institution where code like 'DC-%'")[0][0] == 0
    again = making.Country(scale=SCALE)
    assert len(again.world.people) > 200
    assert not {UUID(hex=person.id) for person in again.world.people} & keys


@pytest.mark.full
def test_another_country_after_a_reset() -> None:
    """After the one above: history keeps both and still verifies."""
    call_command("make_country", scale=0.01, stdout=StringIO())
    assert [finding for finding in check(scale=0.01) if not finding.holds] == []
    assert sum(block.entries for block in seal_all()) > 0
    assert verify().findings == []
    assert targets.institutions(0.01) == rows("select count(*) from territory_institution")[0][0]
