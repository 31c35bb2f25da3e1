-- 10. Utfall efter arbetsförberedande och arbetslivsinriktade insatser: cases ended in the period whose last activity was
-- afi or ali; one outcome a case, the first that fits. Count, and share per last insats.
with last_activity as (
    select caseNumber, arg_max(step, stepNumber) as insats
    from events where step in ('gk', 'afi', 'ali') group by caseNumber
), outcomes as (
    select l.insats, c.kon,
        case
            when c.step = 'avbrutet' then 'avbrutet'
            when a.arbetar and list_contains(a.arbetstyper, 'ej_subventionerat') then 'arbete_ej_subventionerat'
            when a.arbetar and list_contains(a.arbetstyper, 'subventionerat') then 'arbete_subventionerat'
            when a.arbetar then 'arbete_typ_saknas'
            when a.studerar then 'studier'
            when a.program then 'program'
            when a.oppetArbetslos then 'oppet_arbetslos'
            when a.fortsattHosFk then 'fortsatt_fk'
            when a.arbetar is null or a.studerar is null or a.program is null or a.oppetArbetslos is null
                or a.fortsattHosFk is null then 'uppgift_saknas'
            else 'annat'
        end as utfall
    from ended c
    join last_activity l using (caseNumber)
    left join 'answers.parquet' a using (caseNumber, stepNumber)
    where l.insats in ('afi', 'ali')
), counted as (
    select coalesce(insats, 'samtliga') as insats, coalesce(utfall, 'samtliga') as utfall,
        coalesce(kon, 'samtliga') as kon, count(*) as antal
    from outcomes group by cube (insats, utfall, kon)
)
select *, antal / nullif(max(antal) over (partition by insats, kon), 0) as andel from counted;
