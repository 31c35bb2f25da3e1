-- What a question is about, made anew for each: the period is in the variables first_day and last_day, both days included,
-- and the geography in geography, as reports write it.

-- The places of the geography. Län and kommun go by kommun, office and area by the office of the event; a steering group of
-- offices when both offices of the event are listed, of kommuner by kommun.
create or replace temp table here as
with wanted as (
    select split_part(getvariable('geography'), ':', 1) as kind, split_part(getvariable('geography'), ':', 2) as code
)
select place from places p cross join wanted
where case kind
    when 'riket' then true
    when 'lan' then p.county = code
    when 'kommun' then p.municipality = code
    when 'fk-kontor' then p.fkOffice = code
    when 'af-kontor' then p.afOffice = code
    when 'fk-omrade' then p.fkArea = code
    when 'af-omrade' then p.afArea = code
    when 'styrgrupp' then (
        select coalesce(list_contains(g.offices, p.fkOffice) and list_contains(g.offices, p.afOffice),
                        list_contains(g.municipalities, p.municipality))
        from 'steering_groups.parquet' g where g.steeringGroup = code)
    else error('no such geography: ' || getvariable('geography'))
end;

-- The events of the period there.
create or replace temp view asked as
select * from events
where date between getvariable('first_day') and getvariable('last_day') and place in (select place from here);
