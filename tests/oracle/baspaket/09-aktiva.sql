-- 9. Deltagare i aktiva insatser: afi and ali: stock on the last day, at the offices of that day; and distinct cases in
-- the period, at any offices they had while in it.
select coalesce(insats, 'samtliga') as insats, coalesce(kon, 'samtliga') as kon,
    count(*) filter (where getvariable('last_day') >= first and getvariable('last_day') < after_last) as antal,
    count(distinct caseNumber) as distinkta
from spans
where first <= getvariable('last_day') and after_last > getvariable('first_day') and place in (select place from here)
group by cube (insats, kon);
