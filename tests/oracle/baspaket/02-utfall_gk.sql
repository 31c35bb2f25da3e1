-- 2. Utfall av gemensam kartläggning: gk left in the period. Where it was left to avslutat the outcome is fortsatt
-- handläggning. Count, and share of all that left gk.
with outcomes as (
    select e.kon,
        case
            when e.step <> 'avslutat' then e.step
            when a.fortsattHandlaggning in ('endast_af', 'endast_fk', 'ingen') then a.fortsattHandlaggning
            else 'uppgift_saknas'
        end as utfall
    from events e
    left join 'answers.parquet' a using (caseNumber, stepNumber)
    where e.previous = 'gk' and e.in_period and e.belongs
), counted as (
    select coalesce(utfall, 'samtliga') as utfall, coalesce(kon, 'samtliga') as kon, count(*) as antal
    from outcomes group by cube (utfall, kon)
)
select *, antal / nullif(max(antal) over (partition by kon), 0) as andel from counted;
