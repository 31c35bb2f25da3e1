-- 4. Genomsnittlig tid i dagar för en insats: gk, afi and ali episodes left in the period, also of open cases; each
-- episode is one observation.
with episodes as (
    select previous as insats, kon, left_after as days
    from events where previous in ('gk', 'afi', 'ali') and in_period and belongs
)
select coalesce(insats, 'samtliga') as insats, coalesce(kon, 'samtliga') as kon,
    avg(days) as dagarMedel, median(days) as dagarMedian, count(*) as n
from episodes group by cube (insats, kon);
