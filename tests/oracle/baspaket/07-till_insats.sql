-- 7. Antal och andel deltagare till arbetsförberedande och arbetslivsinriktade insatser: cases that left gk in the
-- period, by the first of afi and ali that was started, dated at the latest on the last day; ingen: the rest.
with went as (
    select kon, if(first_insats_on <= getvariable('last_day'), first_insats, 'ingen') as insats
    from asked where previous = 'gk'
), counted as (
    select coalesce(insats, 'samtliga') as insats, coalesce(kon, 'samtliga') as kon, count(*) as antal
    from went group by cube (insats, kon)
)
select *, antal / nullif(max(antal) over (partition by kon), 0) as andel from counted;
