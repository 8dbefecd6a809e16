"""Rules of papers, hours and money, of figures about learners and of who moved: plain SQL that counts what breaks them.

Like `invariants.py`, written apart from the generator: 0 where the rule holds.
"""

from __future__ import annotations

_HERE = "(select id from territory_institution where code like 'DC-%')"
_MONTH = "date_trunc('month', c.held_on)::date"
_COUNTING = f"""delivery_consultation c where c.provider_confirmed_at is not null and c.learner_confirmed_at is not null
            and c.voided_at is null and c.institution_id in {_HERE}"""


def _balance(account: str, side: str, other: str) -> str:
    return (
        f"(select coalesce(sum(p.{side} - p.{other}), 0) from reimbursements_ledgerposting p"
        f" join registry_ledgeraccount k on k.id = p.account_id where k.code = '{account}' and p.institution_id in {_HERE})"
    )


PAPERS: dict[str, str] = {
    "plans that name another application than the one that stands, or none": f"""
        select count(*) from plans_supportplan p
        left join plans_application a on a.learner_id = p.learner_id and a.institution_id = p.institution_id
            and a.semester_id = p.semester_id and a.withdrawn_on is null
        where p.institution_id in {_HERE} and p.application_id is distinct from a.id""",
    "submitted plans without exactly one standing application": f"""
        select count(*) from plans_supportplan p where p.submitted_at is not null and p.institution_id in {_HERE}
        and (select count(*) from plans_application a where a.learner_id = p.learner_id and a.institution_id = p.institution_id
             and a.semester_id = p.semester_id and a.withdrawn_on is null) <> 1""",
    "applications that came after their plan was submitted": """
        select count(*) from plans_application a join plans_supportplan p on p.learner_id = a.learner_id
        and p.institution_id = a.institution_id and p.semester_id = a.semester_id
        where a.received_on > (p.submitted_at at time zone 'Europe/Riga')::date""",
    "applications signed by who may not": """
        select count(*) from plans_application a join learners_learner l on l.id = a.learner_id
        where l.erased_at is null
        and (a.signer_kind = 'ADULT_LEARNER') <> (a.signed_on >= (l.birth_date + interval '18 years')::date)""",
    "authors who approved their own plan": """
        select count(*) from plans_planauthor a join plans_planstep s on s.plan_id = a.plan_id and s.actor_id = a.user_id
        where s.to_status in ('APPROVED_BY_INSTITUTION', 'APPROVED_BY_MUNICIPALITY', 'ACTIVE')""",
    "evaluated plans without a theme, or a theme without evaluation": f"""
        select count(*) from plans_supportplan p where p.institution_id in {_HERE}
        and (p.evaluated_at is not null) <> exists (select from plans_planoutcome o where o.plan_id = p.id)""",
    "plans carried on from one that was not to be continued": """
        select count(*) from plans_supportplan p join plans_supportplan b on b.id = p.carried_from_id
        where b.continue_next is not true or b.period_to >= p.period_from""",
}

HOURS: dict[str, str] = {
    "consultations without an agreement signed by then, or agreements without consultations": f"""
        select count(*) from (select measure_id, provider_id, min(held_on) as first from delivery_consultation
                              where institution_id in {_HERE} group by 1, 2) c
        full join (select * from delivery_consultationsheet where institution_id in {_HERE}) s
            on s.measure_id = c.measure_id and s.provider_id = c.provider_id
        where s.id is null or c.first is null or s.signed_on > c.first""",
    "timesheets with other hours than the entries that count": f"""
        select count(*) from (select c.provider_id, c.institution_id, {_MONTH} as month, count(*) as held
                              from {_COUNTING} group by 1, 2, 3) c
        full join (select * from delivery_timesheet where institution_id in {_HERE}) t
            on t.provider_id = c.provider_id and t.institution_id = c.institution_id and t.month = c.month
        where t.hours is distinct from c.held""",
    "days of timesheets with other hours than the entries that count": f"""
        select count(*) from (select c.provider_id, c.institution_id, c.specialist_role, c.held_on, count(*) as held
                              from {_COUNTING} group by 1, 2, 3, 4) c
        full join (select t.provider_id, t.institution_id, l.specialist_role, t.month + d.place::integer - 1 as held_on, d.hours
                   from delivery_timesheetline l join delivery_timesheet t on t.id = l.timesheet_id
                   cross join unnest(l.hours_by_day) with ordinality as d (hours, place)
                   where l.institution_id in {_HERE} and d.hours > 0) t
            using (provider_id, institution_id, specialist_role, held_on)
        where t.hours is distinct from c.held""",
    "timesheets in a position that does not match the measure": """
        select count(*) from delivery_timesheetline l join registry_position o on o.id = l.position_id
        where o.specialist_role <> l.specialist_role""",
    "submitted months with other hours than their timesheets": """
        select count(*) from delivery_monthsubmission s
        where s.hours <> (select coalesce(sum(t.hours), 0) from delivery_timesheet t where t.submission_id = s.id)""",
    "months submitted before they were over, or under another partner's agreement": """
        select count(*) from delivery_monthsubmission s
        where (s.submitted_at at time zone 'Europe/Riga')::date < s.month + interval '1 month'
           or not exists (select from registry_institutionparticipation t
                          where t.institution_id = s.institution_id and t.agreement_id = s.agreement_id)""",
}

MONEY: dict[str, str] = {
    "costs that are claimed twice": """
        select count(*) from (select 1 from reimbursements_claimitem where is_live
                              group by fingerprint having count(*) > 1) twice""",
    "claims that are not the sum of their costs": f"""
        select count(*) from reimbursements_reimbursementclaim c where c.amount > 0 and c.institution_id in {_HERE}
        and c.amount <> (select coalesce(sum(i.amount), 0) from reimbursements_claimitem i where i.claim_id = c.id)""",
    "costs that live without their claim, or died with none": """
        select count(*) from reimbursements_claimitem i join reimbursements_reimbursementclaim c on c.id = i.claim_id
        where i.is_live = (c.status = 'REJECTED' or exists (
            select from reimbursements_reimbursementclaim r where r.reverses_id = c.id and r.amount = -c.amount))""",
    "claims whose decisions are not their status": f"""
        select count(*) from reimbursements_reimbursementclaim c
        left join (select claim_id, count(*) as decided, bool_and(verdict = 'APPROVED') as approved, max(at) as at
                   from reimbursements_claimdecision group by 1) d on d.claim_id = c.id
        where c.institution_id in {_HERE} and (coalesce(d.decided, 0) <> (c.status <> 'CLAIMED')::integer
            or d.approved = (c.status = 'REJECTED') or d.at <> c.decided_at)""",
    "claims decided by who made them": """
        select count(*) from reimbursements_claimdecision d join reimbursements_reimbursementclaim c on c.id = d.claim_id
        where d.actor_id = c.claimed_by_id""",
    "ledger entries that do not balance": """
        select count(*) from reimbursements_ledgerentry e
        left join (select entry_id, sum(debit) as debit, sum(credit) as credit from reimbursements_ledgerposting group by 1) p
            on p.entry_id = e.id where p.debit is null or p.debit <> p.credit""",
    "approved claims that are not booked once, at their amount": f"""
        select count(*) from reimbursements_reimbursementclaim c
        left join (select e.claim_id, sum(p.debit) as booked from reimbursements_ledgerentry e
                   join reimbursements_ledgerposting p on p.entry_id = e.id
                   where e.kind in ('CLAIM_APPROVED', 'REVERSAL') group by 1) e on e.claim_id = c.id
        where c.institution_id in {_HERE}
          and coalesce(e.booked, 0) <> case when c.status in ('APPROVED', 'PAID') then abs(c.amount) else 0 end""",
    "submitted months that are not booked": f"""
        select count(*) from delivery_monthsubmission s where s.institution_id in {_HERE} and not exists (
            select from reimbursements_ledgerentry e where e.submission_id = s.id and e.kind = 'HOURS_APPROVED')""",
    "reversals booked before what they reverse": """
        select count(*) from reimbursements_ledgerentry r join reimbursements_ledgerentry e on e.id = r.reverses_id
        where r.recorded_at <= e.recorded_at""",
    "euro between what is owed for claims by the ledger and by the claims": f"""
        select abs({_balance("2100", "credit", "debit")} - (select coalesce(sum(amount), 0)
            from reimbursements_reimbursementclaim where status = 'APPROVED' and institution_id in {_HERE}))""",
    "euro between what claims cost by the ledger and by the claims": f"""
        select abs({_balance("5100", "debit", "credit")} - (select coalesce(sum(amount), 0)
            from reimbursements_reimbursementclaim where status in ('APPROVED', 'PAID') and institution_id in {_HERE}))""",
    "batches that are not the sum of their items": """
        select count(*) from reimbursements_paymentbatch b
        where b.total <> (select coalesce(sum(i.amount), 0) from reimbursements_paymentitem i where i.batch_id = b.id)""",
    "claims that are paid other than once, at their amount and time": f"""
        select count(*) from reimbursements_reimbursementclaim c
        left join (select claim_id, sum(amount) as amount, max(paid_at) as at from reimbursements_paymentitem
                   where status = 'PAID' group by 1) i on i.claim_id = c.id
        where c.institution_id in {_HERE} and ((c.status = 'PAID') <> (i.claim_id is not null) or i.amount <> c.amount
            or i.at <> c.paid_at)""",
    "payments without the hash of the file that the bank got": """
        select count(*) from reimbursements_paymentbatch where file_sha256 !~ '^[0-9a-f]{64}$'""",
    "payments into another partner's account": """
        select count(*) from reimbursements_paymentitem i join reimbursements_paymentbatch b on b.id = i.batch_id
        where not exists (select from registry_institutionparticipation t
                          where t.institution_id = i.institution_id and t.agreement_id = b.agreement_id)""",
    "accounts whose check digits are wrong": """
        select count(*) from registry_partneraccount where iban like 'LV__DEMO%'
        and ('13142224' || substr(iban, 9) || '2131' || substr(iban, 3, 2))::numeric % 97 <> 1""",
}

TRAINING: dict[str, str] = {
    "supervisions with more than ten people, or of other than three hours": """
        select count(*) from training_trainingevent e where e.kind = 'SUPERVISION' and (e.credited_minutes <> 180 or (
            select count(*) from training_trainingregistration r where r.event_id = e.id and r.status = 'REGISTERED') > 10)""",
    "supervisions without a leader, at a week-end, or before the institution joined": f"""
        select count(*) from training_trainingevent e
        join registry_institutionparticipation p on p.institution_id = e.institution_id
        where e.institution_id in {_HERE} and (extract(isodow from e.starts_at) > 5
            or (e.starts_at at time zone 'Europe/Riga')::date < p.joined_on
            or not exists (select from training_trainingleader l where l.event_id = e.id))""",
    "people at two supervisions at once": """
        select count(*) from (select e.starts_at,
                                  lag(e.ends_at) over (partition by r.participant_id order by e.starts_at) as before
                              from training_trainingregistration r join training_trainingevent e on e.id = r.event_id
                              where r.status = 'REGISTERED') r
        where r.before > r.starts_at""",
}

LEARNERS: dict[str, str] = {
    "indicators outside their enrolment or semester": """
        select count(*) from evaluation_learnerindicator i join learners_enrolment e on e.id = i.enrolment_id
        join territory_semester s on s.id = i.semester_id
        where e.starts_on > s.ends_on or e.ends_on < s.starts_on
           or (i.recorded_at at time zone 'Europe/Riga')::date <= s.ends_on""",
    "learners who moved without a transfer, or transfers without a move": f"""
        select count(*) from (
            select id, end_reason, institution_id, lead(id) over w as next_id, lead(institution_id) over w as next_place
            from learners_enrolment window w as (partition by learner_id order by starts_on)) e
        full join (select * from transfers_transfer where status = 'ACCEPTED') t on t.leaves_enrolment_id = e.id
        where (e.end_reason = 'MOVED' and e.next_place <> e.institution_id and e.institution_id in {_HERE})
            is distinct from (t.id is not null and t.enters_enrolment_id = e.next_id)
          and (t.id is not null or e.next_id is not null)""",
    "transfers decided after they took effect": """
        select count(*) from transfers_transfer where status = 'ACCEPTED'
        and (decided_at at time zone 'Europe/Riga')::date > effective_on""",
    "records with one code that are no pair, or pairs by code with two": """
        select count(*) from (select a.learner_id as first_id, b.learner_id as second_id from learners_learneridentity a
                              join learners_learneridentity b on b.code_index = a.code_index and b.learner_id > a.learner_id
                              where a.code_index <> '') same
        full join (select * from learners_duplicatecandidate where 'PERSONAL_CODE' = any (bases)) d using (first_id, second_id)
        where (d.id is null or same.first_id is null) and not exists (
            select from learners_learner l where l.id in (d.first_id, d.second_id) and l.erased_at is not null)""",
    "records merged without a decision": """
        select count(*) from learners_learner l
        full join (select *, case when kept_id = first_id then second_id else first_id end as gone
                   from learners_duplicatecandidate where status = 'SAME_PERSON') d on d.gone = l.id
        where l.merged_into_id is distinct from d.kept_id""",
}

RECKONING = PAPERS | HOURS | MONEY | LEARNERS | TRAINING
