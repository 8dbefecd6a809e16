"""Recording consultations: many entries in one command, all of them or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backend.accounts.attachments import attached_of, with_attached
from backend.accounts.commands import by_keys, command
from backend.accounts.models import Role
from backend.accounts.permissions import may
from backend.accounts.roles import Act
from backend.accounts.scope import Scope
from backend.cases.delivery.entry import Entry
from backend.cases.delivery.entry_rules import check_entries, check_providers, check_sheets, check_timetable, group_keys
from backend.cases.delivery.locking import lock_hours
from backend.cases.delivery.models import Channel, Consultation
from backend.cases.delivery.opening import month_of, open_papers
from backend.cases.delivery.remote_rules import check_remote
from backend.cases.delivery.standing import standing_hours
from backend.cases.plans.models import Measure
from backend.cases.plans.policies import PLANS
from backend.core import inputs
from backend.core.clock import now
from backend.core.refusals import Code, Problem, Problems, refuse

MOST_ENTRIES = 100


@dataclass(frozen=True)
class ConsultationEntry:
    """One hour as it was given. `provider_id` None: the caller. `starts_at` is the wall clock in Latvia."""

    measure_id: UUID
    held_on: dt.date
    starts_at: dt.time
    topic: str
    provider_id: UUID | None = None
    channel: str = Channel.IN_PERSON
    remote_order_id: UUID | None = None
    remote_channel: str = ""


@command("recordConsultations", answer=by_keys(Consultation))
def record_consultations(
    *, scope: Scope, entries: Sequence[ConsultationEntry], client_mutation_id: str = ""
) -> list[Consultation]:
    """Record consultations, a row each, in the order given; all or none. At most 12 statements for 30 entries.

    One entry is one hour: 40 minutes with the learner, 20 of preparation (domain.md 3.1). For each: the measure is a
    consultation of an active plan; the day lies in the plan's and the enrolment's time and not after today; a month's rows
    of a measure follow each other in time; recorded hours stay within the planned ones (more hours were never approved:
    plan them first); the provider is attached to the institution as support provider on that day; nobody is in two places at
    once, unless entries of one provider at one time make a group that the kind of measure allows. The caller records own
    hours; for others, the institution's coordinator or an app's own account does. A remote hour stands on a director's order
    that names the day, the specialist, the plan and the channel (REM). The first hour opens the measure's sheet and the
    specialist's month; in a month that was approved or submitted nothing is recorded.

    Raises Refusal with all problems, at paths like `entries.3.held_on`: REQUIRED, INVALID, NOT_FOUND, NOT_ALLOWED, LOCKED,
    UNMET_CONDITION, OUT_OF_PERIOD, LIMIT_EXCEEDED, CONFLICT.
    """
    if not entries:
        refuse(Code.REQUIRED, _("Name at least one consultation."), "entries")
    if len(entries) > MOST_ENTRIES:
        refuse(Code.LIMIT_EXCEEDED, _("Record at most 100 consultations at once."), "entries")
    problems = Problems()
    found = _with_measures(problems, scope, entries)
    problems.refuse()  # what follows needs every measure
    check_entries(problems, found, today=scope.on)
    check_providers(problems, scope, found, attached_of(entry.measure for entry in found))
    check_remote(problems, scope, found)
    lock_hours(plan_ids={entry.measure.plan_id for entry in found}, sheets={month_of(entry) for entry in found})
    open_papers(problems, found, actor_id=scope.principal_id, now=now())
    standing = standing_hours(found)
    check_sheets(problems, found, standing)
    check_timetable(problems, found, standing)
    problems.refuse()
    groups = group_keys(found)
    return Consultation.objects.bulk_create([entry.row(group_key=groups[entry.position]) for entry in found])


def _with_measures(problems: Problems, scope: Scope, entries: Sequence[ConsultationEntry]) -> list[Entry]:
    """The entries with their measures and providers, checked as far as an entry alone can be."""
    wanted = Measure.objects.filter(PLANS.visible(scope), pk__in={entry.measure_id for entry in entries})
    named = {key for entry in entries if (key := entry.provider_id or scope.principal_id)}
    rows = with_attached(
        wanted.select_related("plan__semester", "plan__enrolment", "kind"),
        role=Role.SUPPORT_PROVIDER,
        user_ids=named,
        scope=scope,
    )
    measures = {measure.pk: measure for measure in rows}
    decisions = {
        place: may(scope=scope, act=Act.RECORD_CONSULTATIONS, institution_id=place)
        for place in {measure.institution_id for measure in measures.values()}
    }
    found = []
    for position, given in enumerate(entries):
        path, own = f"entries.{position}", Problems()
        measure = measures.get(given.measure_id)
        provider = given.provider_id or scope.principal_id
        topic = inputs.line(own, given.topic, "topic", longest=500)
        through = inputs.line(own, given.remote_channel, "remote_channel", longest=60, required=False)
        if measure is None:
            own.add(Code.NOT_FOUND, _("No such measure within your reach. Check the id."), "measure_id")
        elif not decisions[measure.institution_id].allowed:
            own.extend([decisions[measure.institution_id].problem("measure_id")])
        elif provider is not None:
            start = given.starts_at.replace(microsecond=0)
            order = given.remote_order_id
            found.append(Entry(position, measure, provider, given.held_on, start, topic, given.channel, order, through))
        inputs.date(own, given.held_on, "held_on")
        if given.starts_at.tzinfo is not None:
            own.add(Code.INVALID, _("Write the start as the clock on the wall shows it, without an offset."), "starts_at")
        problems.extend(_under(path, own))
    return found


def _under(path: str, problems: Problems) -> list[Problem]:
    return [problem.under(path) for problem in problems]
