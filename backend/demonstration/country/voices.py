"""What learners and guardians answered, and early warnings with what people made of them. Written by the server, all assumed."""

from __future__ import annotations

from collections.abc import Iterator

from backend.demonstration.country import targets
from backend.demonstration.country.drawing import HERE, TZ, among, key_after, run, share

TABLES = ("cooperation_feedbackrequest", "cooperation_feedbackanswer", "evaluation_earlywarning")
ASKED = {"LEARNER": 0.10, "GUARDIAN": 0.06}
"""Share of the evaluated plans about which the learner, or the guardian, was asked."""
ANSWERED, WITHDRAWN = 0.65, 0.02
WARNED_SINCE = "2022/2023-1"
"""The rules of early warning were tried on the figures from this semester on."""
_TEXTS = """array['Visvairāk palīdz sarunas un skaidri uzdevumi.', 'Gribētos konsultācijas citā dienā.',
    'Ir vieglāk saprast matemātiku.', 'Labi, ka kāds pajautā, kā iet.', 'Pusdienas ir liels atbalsts ģimenei.',
        'Nekas nav jāmaina.']"""
_RUNNING = f"(date '{targets.AS_OF}' - 11 + time '13:00') at time zone {TZ}"


def _requests(audience: str, seed: int) -> str:
    return f"""
insert into cooperation_feedbackrequest (id, version, created_at, updated_at, plan_id, learner_id, institution_id, audience,
    code_hash, requested_by_id, requested_at, expires_at, answered_at, withdrawn_at)
select r.id, case when coalesce(r.answered, r.withdrawn) is null then 1 else 2 end, r.at,
    coalesce(r.answered, r.withdrawn, r.at), r.plan_id, r.learner_id, r.institution_id, '{audience}',
    encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(r.id)), 'hex'), r.author_id, r.at, r.at + interval '21 days',
    r.answered, r.withdrawn
from (
    select r.*, case when not r.is_open and {share("r.id", seed + 1)} < {ANSWERED}
            then r.at + make_interval(hours => 5 + {among("r.id", seed + 2, "300")}) end as answered,
        case when not r.is_open and {share("r.id", seed + 1)} > 1 - {WITHDRAWN} then r.at + interval '3 days' end as withdrawn
    from (
        select p.id as plan_id, p.learner_id, p.institution_id, p.author_id, p.evaluated_at is null as is_open,
            {key_after("p.id", f"'{audience}'")} as id,
            coalesce(p.evaluated_at - interval '14 days', {_RUNNING}) as at
        from plans_supportplan p
        where p.institution_id in {HERE} and p.activated_at is not null and {share("p.id", seed)} < case
            when p.evaluated_at - interval '14 days' > p.activated_at then {ASKED[audience]}
            when p.status = 'ACTIVE' and p.activated_at < {_RUNNING} then {ASKED[audience] / 4} else 0 end
    ) r
) r order by r.id"""


_ANSWERS = f"""
insert into cooperation_feedbackanswer (id, request_id, learner_id, institution_id, question_id, value, text, answered_at)
select {key_after("r.id", "q.id::text")}, r.id, r.learner_id, r.institution_id, q.id,
    case when q.scale_max is not null then least(q.scale_max, greatest(1,
        round(q.scale_max * (0.45 + 0.6 * {share("r.id", 131)})
        - 1 + 2 * {share("q.id", 132)}))) end,
    case when q.scale_max is null then ({_TEXTS})[1 + {among("r.id", 133, "6")}] else '' end, r.answered_at
from cooperation_feedbackrequest r join cooperation_feedbackquestion q on q.audience = r.audience and q.valid_to is null
where r.answered_at is not null and r.institution_id in {HERE} order by r.id, q.position"""
_VALUE = """case r.measure when 'UNEXCUSED_LESSONS' then i.lessons_unexcused when 'MEAN_MARK' then i.mean_mark
    when 'INSUFFICIENT_SUBJECTS' then i.insufficient_subjects
    when 'ABSENCE_PERCENT' then round(100.0 * (i.lessons_excused + i.lessons_unexcused) / nullif(i.lessons_held, 0), 2) end"""
# Confirmed where a plan followed; the rest was rejected or put off, and of the last semester's some are still open.
_WARNINGS = f"""
insert into evaluation_earlywarning (id, version, created_at, updated_at, learner_id, institution_id, semester_id, rule_id,
    indicator_id, observed, raised_at, status, reason, deferred_until, decided_by_id, decided_at)
select w.id, case w.status when 'OPEN' then 1 else 2 end, w.raised, case w.status when 'OPEN' then w.raised else w.decided end,
    w.learner_id, w.institution_id, w.semester_id, w.rule_id, w.indicator_id, w.value, w.raised, w.status,
    case w.status when 'REJECTED' then 'Kavējumiem bija cits iemesls; ģimene informēta.'
        when 'DEFERRED' then 'Skatīsim pēc nākamā mēneša.' else '' end,
    case w.status when 'DEFERRED' then (w.decided at time zone {TZ})::date + 30 end,
    case w.status when 'OPEN' then null else w.head_id end, case w.status when 'OPEN' then null else w.decided end
from (
    select w.*, w.raised + make_interval(days => 3 + {among("w.indicator_id", 141, "8")}) as decided,
        case when w.is_last and {share("w.indicator_id", 142)} < 0.2 then 'OPEN'
            when exists (select from plans_supportplan p where p.learner_id = w.learner_id and p.period_from > w.ends_on)
                then 'CONFIRMED'
            when {share("w.indicator_id", 143)} < 0.3 then 'DEFERRED' else 'REJECTED' end as status
    from (
        select {key_after("i.id", "r.code")} as id, i.id as indicator_id, i.learner_id, i.institution_id, i.semester_id,
            r.id as rule_id, {_VALUE} as value, i.recorded_at + interval '1 hour' as raised, s.ends_on,
            s.ends_on = max(s.ends_on) over () as is_last, h.user_id as head_id,
            r.comparison, r.threshold
        from evaluation_learnerindicator i join territory_semester s on s.id = i.semester_id and s.code >= '{WARNED_SINCE}'
        join accounts_assignment h on h.institution_id = i.institution_id and h.role = 'institution_head'
        cross join evaluation_earlywarningrule r
        where i.institution_id in {HERE} and r.valid_from <= s.ends_on and (r.valid_to is null or r.valid_to >= s.ends_on)
    ) w
    where case w.comparison when 'ABOVE' then w.value > w.threshold when 'AT_LEAST' then w.value >= w.threshold
        else w.value < w.threshold end
) w order by w.id"""


def load() -> Iterator[int]:
    """Write all of it; rows of each statement."""
    yield run(_requests("LEARNER", 121))
    yield run(_requests("GUARDIAN", 125))
    yield run(_ANSWERS)
    yield run(_WARNINGS)
