-- 9. Deltagare i aktiva insatser: afi and ali: stock on the last day, at the offices of that day; and distinct cases in
-- the period, at any offices they had while in it.
with spans as (
    -- Days in an insats at one pair of offices; last is the last of them.
    select s.caseNumber, s.step as insats, c.sex as kon,
        greatest(s.date, o.since) as first,
        least(coalesce(s.until, 'infinity'::date), coalesce(o.until, 'infinity'::date)) as after_last
    from 'steps.parquet' s
    join 'cases.parquet' c using (caseNumber)
    join 'case_offices.parquet' o using (caseNumber)
    join places p on p.fkOffice = o.fkOffice and p.afOffice = o.afOffice
        and p.municipality is not distinct from c.municipality
    where s.step in ('afi', 'ali') and p.belongs
), active as (
    select *, getvariable('last_day') >= first and getvariable('last_day') < after_last as on_last_day
    from spans
    where first < after_last and first <= getvariable('last_day') and after_last > getvariable('first_day')
)
select coalesce(insats, 'samtliga') as insats, coalesce(kon, 'samtliga') as kon,
    count(*) filter (where on_last_day) as antal, count(distinct caseNumber) as distinkta
from active group by cube (insats, kon);
