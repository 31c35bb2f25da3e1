-- 1. Nya deltagare i gemensam kartläggning: gk entered in the period; by sex and initierad av.
select coalesce(initieradAv, 'samtliga') as initieradAv, coalesce(kon, 'samtliga') as kon, count(*) as antal
from asked where step = 'gk' and first_time
group by cube (initieradAv, kon);
