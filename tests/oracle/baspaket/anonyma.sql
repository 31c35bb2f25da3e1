-- The row of anonymous cases: those with at least a day in the period, or an ending in it, at offices of the geography.
-- They have no kommun, so none is counted for a län or a kommun.
with wanted as (
    select split_part(getvariable('geography'), ':', 1) as kind, split_part(getvariable('geography'), ':', 2) as code
)
select count(distinct a.caseNumber) as antal
from 'anonymous.parquet' a cross join wanted
where a.since <= getvariable('last_day') and (a.until is null or a.until > getvariable('first_day'))
    and coalesce(case kind
        when 'riket' then true
        when 'fk-kontor' then a.fkOffice = code
        when 'af-kontor' then a.afOffice = code
        when 'fk-omrade' then (select f.area from 'offices.parquet' f where f.office = a.fkOffice) = code
        when 'af-omrade' then (select f.area from 'offices.parquet' f where f.office = a.afOffice) = code
        when 'styrgrupp' then (select list_contains(g.offices, a.fkOffice) and list_contains(g.offices, a.afOffice)
                               from 'steering_groups.parquet' g where g.steeringGroup = code)
    end, false);
