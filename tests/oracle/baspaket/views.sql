-- What the ten parts are made of, from the files of an export alone. DuckDB finds them in file_search_path; the period is
-- in the variables first_day and last_day, both days included, and the geography in geography, as reports write it.
-- Made anew for each geography.

-- Places: every pair of offices with the folkbokföringskommun, and whether what happens there belongs to the geography.
-- Län and kommun go by kommun, office and area by the office of the event; a steering group of offices when both offices
-- of the event are listed, of kommuner by kommun.
create or replace temp table places as
with wanted as (
    select split_part(getvariable('geography'), ':', 1) as kind, split_part(getvariable('geography'), ':', 2) as code
)
select distinct
    o.fkOffice,
    o.afOffice,
    c.municipality,
    coalesce(case kind
        when 'riket' then true
        when 'lan' then (select m.county from 'municipalities.parquet' m where m.municipality = c.municipality) = code
        when 'kommun' then c.municipality = code
        when 'fk-kontor' then o.fkOffice = code
        when 'af-kontor' then o.afOffice = code
        when 'fk-omrade' then (select f.area from 'offices.parquet' f where f.office = o.fkOffice) = code
        when 'af-omrade' then (select f.area from 'offices.parquet' f where f.office = o.afOffice) = code
        when 'styrgrupp' then (
            select coalesce(list_contains(g.offices, o.fkOffice) and list_contains(g.offices, o.afOffice),
                            list_contains(g.municipalities, c.municipality))
            from 'steering_groups.parquet' g where g.steeringGroup = code)
        else error('no such geography: ' || getvariable('geography'))
    end, false) as belongs
from 'case_offices.parquet' o join 'cases.parquet' c using (caseNumber) cross join wanted;

-- Steps as events: each belongs to the offices on its date. previous is the step that it ends, left_after its days.
create or replace temp table events as
select
    s.caseNumber, s.stepNumber, s.step, s.date, c.sex as kon, p.belongs,
    s.date between getvariable('first_day') and getvariable('last_day') as in_period,
    lag(s.step) over chain as previous,
    s.date - lag(s.date) over chain as left_after
from 'steps.parquet' s
join 'cases.parquet' c using (caseNumber)
join places p on p.fkOffice = s.fkOffice and p.afOffice = s.afOffice
    and p.municipality is not distinct from c.municipality
window chain as (partition by s.caseNumber order by s.stepNumber);

-- The first date of each kind of step in each case.
create or replace temp table entered as
select * from events qualify row_number() over (partition by caseNumber, step order by date) = 1;

-- Cases ended in the period, and whether GK was held.
create or replace temp table ended as
select e.caseNumber, e.stepNumber, e.step, e.date, e.kon,
    if(exists (from events g where g.caseNumber = e.caseNumber and g.step = 'gk'), 'ja', 'nej') as gkHallen
from events e
where e.step in ('konsultativt_stod', 'avslutat', 'avbrutet') and e.in_period and e.belongs;
