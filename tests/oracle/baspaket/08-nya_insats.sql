-- 8. Nya deltagare i arbetsförberedande och arbetslivsinriktade insatser: afi or ali entered in the period; cases per
-- kind, and distinct cases.
select coalesce(step, 'samtliga') as insats, coalesce(kon, 'samtliga') as kon, count(distinct caseNumber) as antal
from asked where step in ('afi', 'ali') and first_time
group by cube (step, kon);
