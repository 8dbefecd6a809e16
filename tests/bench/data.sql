-- 700 institutions, 60,000 learners, 120,000 plans, 400,000 measures, all times `bench.times`: made set-wise, the same at
-- every run. Run by `filling.py` after `manage.py load_reference`. Names are numbers in the Latvian alphabet: nobody's.
-- What comes with the times lies in other municipalities: who answers for the first 700 sees the same as without it.
select setseed(0.4);

insert into territory_institution (id, code, kind, municipality_id, address, website, sort_key, is_example,
                                   name_lv, name_en, source, source_status, source_note)
select ('0a000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'BENCH-' || n, 'GENERAL',
       (array(select id from territory_municipality where valid_to is null order by code))[case when n <= 700 then 1 + n % 35 else 36 + n % 7 end],
       '', '', 'BENCH' || lpad(n::text, 5, '0'), true, 'Skola ' || n, '', 'benchmark', 'ASSUMED', ''
from generate_series(1, 700 * current_setting('bench.times')::integer) n;

insert into learners_learner (id, version, created_at, updated_at, given_name, family_name, sort_key, search_key,
                              birth_date, registering_institution_id)
select ('0b' || substr(md5('learner' || n), 3, 6) || '-' || substr(md5('l' || n), 1, 4) || '-4' || substr(md5('m' || n), 1, 3)
        || '-8' || substr(md5('n' || n), 1, 3) || '-' || lpad(to_hex(n), 12, '0'))::uuid,
       1, now(), now(), 'Vārds' || n % 997, 'Uzvārds' || md5(n::text),
       upper(md5(n::text)), md5(n::text), date '2005-01-01' + (n % 4000),
       ('0a000000-0000-4000-8000-' || lpad(to_hex(1 + n % (700 * current_setting('bench.times')::integer)), 12, '0'))::uuid
from generate_series(1, 60000 * current_setting('bench.times')::integer) n;

insert into learners_enrolment (id, version, created_at, updated_at, learner_id, institution_id, programme_kind, stage,
                                education_programme, starts_on, ends_on, end_reason)
select gen_random_uuid(), 1, now(), now(), l.id, l.registering_institution_id, 'GENERAL', 8, '', date '2021-09-01', null, ''
from learners_learner l;

insert into plans_supportplan (id, version, created_at, updated_at, number, learner_id, institution_id, enrolment_id, semester_id,
                               status, period_from, period_to, submitted_at, activated_at, result_text)
select gen_random_uuid(), 1, now(), now(), 'IAP-' || row_number() over (), e.learner_id, e.institution_id, e.id, s.id,
       'ACTIVE', s.starts_on, s.ends_on, now(), now(), ''
from learners_enrolment e
cross join (select * from territory_semester where code in ('2021/2022-2', '2022/2023-2')) s;

insert into plans_measure (id, version, created_at, updated_at, plan_id, learner_id, institution_id, kind_id, category, kind_code,
                           subject, planned_hours, planned_amount, months, note)
select gen_random_uuid(), 1, now(), now(), p.id, p.learner_id, p.institution_id, k.id, k.category, k.code, '',
       case when k.category = 'CONSULTATION' then 10 + k.place % 20 end,
       case when k.category = 'REIMBURSEMENT' then 45.50 end, '{}', ''
from (select *, row_number() over (order by id) as place from plans_supportplan) p
join lateral (
    select id, category, code, place
    from (select id, category, code, row_number() over (order by code) as place from registry_measurekind
          where category in ('CONSULTATION', 'REIMBURSEMENT')) kinds
    order by (place + p.place) % 7, place limit case when p.place % 3 = 0 then 4 else 3 end
) k on true;


