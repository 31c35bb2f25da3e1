-- 1. Nya deltagare i gemensam kartläggning: gk entered in the period; by sex and initierad av.
with new as (
    select e.kon, coalesce(a.initieradAv, 'uppgift_saknas') as initieradAv
    from entered e
    left join 'answers.parquet' a on a.caseNumber = e.caseNumber and a.stepNumber = 1
    where e.step = 'gk' and e.in_period and e.belongs
)
select coalesce(initieradAv, 'samtliga') as initieradAv, coalesce(kon, 'samtliga') as kon, count(*) as antal
from new group by cube (initieradAv, kon);
