-- 5. Genomsnittlig tid i väntan på insats: a wait is a maximal run of waiting steps, from its first date to what ends it,
-- under its last waiting step; waits left in the period, those ended by an ending apart.
with runs as (
    -- How many steps that are no waiting came before: alike for all steps of one run.
    select *, step in ('begaran', 'planerad_afi', 'planerad_ali') as waiting,
        count(*) filter (where step not in ('begaran', 'planerad_afi', 'planerad_ali'))
            over (partition by caseNumber order by stepNumber) as run
    from events
), waits as (
    select caseNumber, min(date) as since, arg_max(step, stepNumber) as vantan, max(stepNumber) as last
    from runs where waiting group by caseNumber, run
), waited as (
    select w.vantan, e.kon, e.date - w.since as days,
        if(e.step in ('gk', 'afi', 'ali'), 'aktivitet', 'avslut') as slut
    from waits w join events e on e.caseNumber = w.caseNumber and e.stepNumber = w.last + 1
    where e.in_period and e.belongs
)
select coalesce(vantan, 'samtliga') as vantan, coalesce(slut, 'samtliga') as slut, coalesce(kon, 'samtliga') as kon,
    avg(days) as dagarMedel, median(days) as dagarMedian, count(*) as n
from waited group by cube (vantan, slut, kon);
