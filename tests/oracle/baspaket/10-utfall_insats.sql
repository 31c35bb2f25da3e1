-- 10. Utfall efter arbetsförberedande och arbetslivsinriktade insatser: cases ended in the period whose last activity was
-- afi or ali; one outcome a case, the first that fits. Count, and share per last insats.
with counted as (
    select coalesce(last_activity, 'samtliga') as insats, coalesce(utfallInsats, 'samtliga') as utfall,
        coalesce(kon, 'samtliga') as kon, count(*) as antal
    from asked where ends and last_activity in ('afi', 'ali') group by cube (last_activity, utfallInsats, kon)
)
select *, antal / nullif(max(antal) over (partition by insats, kon), 0) as andel from counted;
