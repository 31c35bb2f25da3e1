-- 4. Genomsnittlig tid i dagar för en insats: gk, afi and ali episodes left in the period, also of open cases; each
-- episode is one observation.
select coalesce(previous, 'samtliga') as insats, coalesce(kon, 'samtliga') as kon,
    avg(left_after) as dagarMedel, median(left_after) as dagarMedian, count(*) as n
from asked where previous in ('gk', 'afi', 'ali') group by cube (previous, kon);
