-- 5. Genomsnittlig tid i väntan på insats: waits left in the period, those ended by an ending apart.
with left_waits as (
    select vantan, kon, waited, if(ends, 'avslut', 'aktivitet') as slut from asked where vantan is not null
)
select coalesce(vantan, 'samtliga') as vantan, coalesce(slut, 'samtliga') as slut, coalesce(kon, 'samtliga') as kon,
    avg(waited) as dagarMedel, median(waited) as dagarMedian, count(*) as n
from left_waits group by cube (vantan, slut, kon);
