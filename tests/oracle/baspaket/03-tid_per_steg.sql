-- 3. Genomsnittlig tid i dagar för en deltagare i samarbetet: days in each kind of step over all cases ended in the
-- period, repeats added, 0 where never visited; samtliga is all steps together.
with kinds as (
    select unnest(['begaran', 'gk', 'planerad_afi', 'planerad_ali', 'afi', 'ali', 'samtliga']) as steg
), days as (
    select k.steg, c.gkHallen, c.kon,
        coalesce((select sum(e.left_after) from events e
                  where e.caseNumber = c.caseNumber and k.steg in (e.previous, 'samtliga')), 0) as days
    from ended c cross join kinds k
)
select steg, coalesce(gkHallen, 'samtliga') as gkHallen, coalesce(kon, 'samtliga') as kon,
    avg(days) as dagarMedel, median(days) as dagarMedian, count(*) as n
from days group by grouping sets ((steg), (steg, gkHallen), (steg, kon), (steg, gkHallen, kon));
