-- 3. Genomsnittlig tid i dagar för en deltagare i samarbetet: days in each kind of step over all cases ended in the
-- period, repeats added, 0 where never visited; samtliga is all steps together.
with days as (
    select steg, gkHallen, kon, days
    from (
        select gkHallen, kon, days_begaran as begaran, days_gk as gk, days_planerad_afi as planerad_afi,
            days_planerad_ali as planerad_ali, days_afi as afi, days_ali as ali, days_samtliga as samtliga
        from asked where ends
    ) unpivot (days for steg in (begaran, gk, planerad_afi, planerad_ali, afi, ali, samtliga))
)
select steg, coalesce(gkHallen, 'samtliga') as gkHallen, coalesce(kon, 'samtliga') as kon,
    avg(days) as dagarMedel, median(days) as dagarMedian, count(*) as n
from days group by grouping sets ((steg), (steg, gkHallen), (steg, kon), (steg, gkHallen, kon));
