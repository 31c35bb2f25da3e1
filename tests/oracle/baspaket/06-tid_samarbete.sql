-- 6. Genomsnittlig tid i samarbetet: cases ended in the period, from the request and from gk to the end, each with its n.
with times as (
    select s.step as fran, c.gkHallen, c.kon, c.date - s.date as days
    from ended c join entered s on s.caseNumber = c.caseNumber and s.step in ('begaran', 'gk')
)
select fran, coalesce(gkHallen, 'samtliga') as gkHallen, coalesce(kon, 'samtliga') as kon,
    avg(days) as dagarMedel, median(days) as dagarMedian, count(*) as n
from times group by grouping sets ((fran), (fran, gkHallen), (fran, kon), (fran, gkHallen, kon));
