-- 6. Genomsnittlig tid i samarbetet: cases ended in the period, from the request and from gk to the end, each with its n.
with times as (
    select fran, gkHallen, kon, days
    from (select gkHallen, kon, since_begun as begaran, since_gk as gk from asked where ends)
        unpivot (days for fran in (begaran, gk))
)
select fran, coalesce(gkHallen, 'samtliga') as gkHallen, coalesce(kon, 'samtliga') as kon,
    avg(days) as dagarMedel, median(days) as dagarMedian, count(*) as n
from times group by grouping sets ((fran), (fran, gkHallen), (fran, kon), (fran, gkHallen, kon));
