"""Takes the country away again, so that another scale can be made.

History stays: it is append-only, so every row leaves an entry that says it was deleted. The next country therefore uses keys
of its own (`generation`). `make demo-reset` forgets everything, history too, and is faster.
"""

from __future__ import annotations

import psycopg
from django.db import connection, transaction

from backend.core.trail.context import Channel, noted
from backend.core.vault import store
from backend.demonstration.country import targets
from backend.demonstration.country.places import PREFIX
from backend.demonstration.models import CountryRoom

GENERATION = "generation"
"""Marker that counts the countries that stood here before; its `rows` are the number."""
_HERE = f"(select id from territory_institution where code like '{PREFIX}%')"
_LEARNERS = f"(select id from learners_learner where registering_institution_id in {_HERE})"
_STAFF = "(select id from accounts_user where username like 'staff.dc%')"
OPEN_EVENTS = "institution_id is null and name_en = '' and kind <> 'SUPERVISION' and starts_at < timestamptz '2023-10-16'"
"""SQL that tells the country's events for everybody from those that people enter, which have both names."""
_CALLS = "(select id from initiatives_initiativecall where is_example and code like 'DC-%')"
_PROJECTS = f"(select id from initiatives_initiativeproject where call_id in {_CALLS})"
# Children before parents.
_AWAY = (
    *(
        (table, f"institution_id in {_HERE}")
        for table in (
            "exchange_importproblem",
            "exchange_dataimport",
            "evaluation_earlywarning",
            "cooperation_feedbackanswer",
            "cooperation_feedbackrequest",
            "cooperation_meetingdecision",
            "cooperation_meetingattendance",
            "cooperation_meeting",
            "cooperation_teamshare",
            "cooperation_teammember",
            "cooperation_cooperationteam",
            "initiatives_projectparticipant",
            "delivery_timesheetstep",
            "registry_staffcontract",
        )
    ),
    ("workspace_message", f"answers_id is not null and institution_id in {_HERE}"),
    ("workspace_message", f"institution_id in {_HERE}"),
    *(
        (table, f"project_id in {_PROJECTS}")
        for table in (
            "initiatives_projectscore",
            "initiatives_projectscorer",
            "initiatives_projectreport",
            "initiatives_projectpartner",
            "initiatives_projectstep",
        )
    ),
    ("initiatives_initiativeproject", f"id in {_PROJECTS}"),
    ("initiatives_callcriterion", f"call_id in {_CALLS}"),
    ("initiatives_initiativecall", f"id in {_CALLS}"),
    ("initiatives_organisationmember", f"user_id in {_STAFF}"),
    ("initiatives_youthorganisation", "is_example and name like '%(paraugs)'"),
    ("registry_preventionplan", "source_note = 'invented for the demonstration country'"),
    ("training_trainingregistration", f"institution_id in {_HERE}"),
    ("training_trainingleader", f"leader_id in {_STAFF}"),
    ("training_trainingevent", f"institution_id in {_HERE} or ({OPEN_EVENTS})"),
    ("transfers_transfershare", f"institution_id in {_HERE}"),
    ("transfers_transfer", f"institution_id in {_HERE}"),
    ("evaluation_learnerindicator", f"institution_id in {_HERE}"),
    ("reimbursements_ledgerposting", f"institution_id in {_HERE}"),
    ("reimbursements_ledgerentry", f"reverses_id is not null and institution_id in {_HERE}"),
    ("reimbursements_ledgerentry", f"institution_id in {_HERE}"),
    ("reimbursements_paymentitem", f"institution_id in {_HERE}"),
    ("reimbursements_paymentbatch", "message_id like 'DC2%'"),
    # The accounts of the small demonstration stay with its payments.
    ("registry_partneraccount", "holder like 'paraugs: partneris %'"),
    ("reimbursements_claimdecision", f"institution_id in {_HERE}"),
    ("delivery_timesheetline", f"institution_id in {_HERE}"),
    ("delivery_timesheet", f"institution_id in {_HERE}"),
    ("delivery_monthsubmission", f"institution_id in {_HERE}"),
    ("delivery_consultationsheet", f"institution_id in {_HERE}"),
    ("plans_planoutcome", f"institution_id in {_HERE}"),
    ("plans_planauthor", f"institution_id in {_HERE}"),
    ("reimbursements_claimitem", f"institution_id in {_HERE}"),
    ("reimbursements_reimbursementclaim", f"reverses_id is not null and institution_id in {_HERE}"),
    ("reimbursements_reimbursementclaim", f"institution_id in {_HERE}"),
    ("delivery_consultation", f"institution_id in {_HERE}"),
    ("plans_measure", f"institution_id in {_HERE}"),
    ("plans_riskassessment", f"institution_id in {_HERE}"),
    ("plans_planremark", f"institution_id in {_HERE}"),
    ("plans_planstep", f"institution_id in {_HERE}"),
    ("plans_restrictednote", f"learner_id in {_LEARNERS}"),
    ("learners_duplicatecandidate", f"first_id in {_LEARNERS} or second_id in {_LEARNERS}"),
    ("plans_supportplan", f"institution_id in {_HERE}"),
    ("plans_application", f"institution_id in {_HERE}"),
    ("learners_enrolment", f"learner_id in {_LEARNERS}"),
    ("learners_learneridentity", f"learner_id in {_LEARNERS}"),
    ("learners_learner", f"id in {_LEARNERS}"),
    ("accounts_assignment", f"user_id in {_STAFF}"),
    ("accounts_user", f"id in {_STAFF}"),
    ("registry_institutionparticipation", f"institution_id in {_HERE}"),
    ("registry_cooperationagreement", "number like 'DC/%'"),
    ("territory_institution", f"id in {_HERE}"),
)


def generation() -> int:
    """How many countries stood here before this one."""
    marker = CountryRoom.objects.filter(name=GENERATION).first()
    return marker.rows if marker else 0


def reset() -> int:
    """Take the country's rows and its learners' keys away; how many rows. Needs the role `loader`, outside a transaction.

    Raises IntegrityError when somebody's later work hangs on the country's rows: then only `make demo-reset` helps.
    """
    if not CountryRoom.objects.exclude(name=GENERATION).exists():
        return 0
    gone = 0
    before = generation()
    with transaction.atomic(), noted(channel=Channel.COMMAND, reason="country taken away"), connection.cursor() as cursor:
        cursor.execute(f"select id from learners_learner where id in {_LEARNERS}")
        learners = [key for (key,) in cursor.fetchall()]
        for table, condition in _AWAY:
            cursor.execute(f'delete from "{table}" where {condition}')
            gone += cursor.rowcount
        CountryRoom.objects.all().delete()
        CountryRoom.objects.create(name=GENERATION, scale=0, seed=targets.SEED, rows=before + 1)
    with psycopg.connect(store.conninfo("loader")) as keys:
        keys.execute("delete from learner_key where learner_id = any(%s)", [learners])
    return gone
