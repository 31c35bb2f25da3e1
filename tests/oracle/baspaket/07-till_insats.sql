-- 7. Antal och andel deltagare till arbetsförberedande och arbetslivsinriktade insatser: cases that left gk in the
-- period, by the first of afi and ali that was started, dated at the latest on the last day; ingen: the rest.
with firsts as (
    select caseNumber, arg_min(step, date) as insats
    from events where step in ('afi', 'ali') and date <= getvariable('last_day') group by caseNumber
), went as (
    select e.kon, coalesce(f.insats, 'ingen') as insats
    from events e left join firsts f using (caseNumber)
    where e.previous = 'gk' and e.in_period and e.belongs
), counted as (
    select coalesce(insats, 'samtliga') as insats, coalesce(kon, 'samtliga') as kon, count(*) as antal
    from went group by cube (insats, kon)
)
select *, antal / nullif(max(antal) over (partition by kon), 0) as andel from counted;
