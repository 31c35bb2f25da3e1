-- What figures are counted from, made once of the files of an export, which DuckDB finds in file_search_path: what does not
-- depend on the question. A row of events is a step with all that any report wants of it and its case; spans are the days
-- in an insats.

-- Places: every pair of offices with the folkbokföringskommun.
create or replace table places as
with pairs as (
    select distinct o.fkOffice, o.afOffice, c.municipality from 'case_offices.parquet' o join 'cases.parquet' c using (caseNumber)
)
select row_number() over ()::int as place, p.*, m.county,
    (select f.area from 'offices.parquet' f where f.office = p.fkOffice) as fkArea,
    (select f.area from 'offices.parquet' f where f.office = p.afOffice) as afArea
from pairs p left join 'municipalities.parquet' m using (municipality);

create or replace macro ja_nej(answer) as case when answer then 'ja' when not answer then 'nej' else 'uppgift_saknas' end;
create or replace macro sysselsattning(arbetar, studerar) as case
    when arbetar is null or studerar is null then 'uppgift_saknas'
    when arbetar and studerar then 'bada' when arbetar then 'arbete' when studerar then 'studier' else 'varken' end;
create or replace macro formaner(answer) as case
    when answer is null then ['uppgift_saknas'] when answer = [] then ['ingen'] else answer end;

-- What the chain of a case says of it, wherever it is asked: when it began and had gk, its first insats and its last
-- activity, its kinds of insats, what gk led to, and days in each kind of step.
create or replace temp table chains as
with after_gk as (
    select caseNumber, stepNumber, step, lag(step) over (partition by caseNumber order by stepNumber) as previous
    from 'steps.parquet'
), outcomes as (
    -- Where gk was left to avslutat the outcome is fortsatt handläggning.
    select a.caseNumber, case
            when a.step <> 'avslutat' then a.step
            when w.fortsattHandlaggning in ('endast_af', 'endast_fk', 'ingen') then w.fortsattHandlaggning
            else 'uppgift_saknas'
        end as utfall
    from after_gk a left join 'answers.parquet' w using (caseNumber, stepNumber) where a.previous = 'gk'
)
select caseNumber,
    min(date) as begun,
    min(date) filter (where step = 'gk') as gk_on,
    arg_min(step, date) filter (where step in ('afi', 'ali')) as first_insats,
    min(date) filter (where step in ('afi', 'ali')) as first_insats_on,
    arg_max(step, stepNumber) filter (where step in ('gk', 'afi', 'ali')) as last_activity,
    coalesce(list(distinct step order by step) filter (where step in ('afi', 'ali')), ['ingen']) as insatstyp,
    coalesce(any_value(o.utfall), 'ej_lamnad') as utfallGk,
    coalesce(sum(until - date) filter (where step = 'begaran'), 0)::int as days_begaran,
    coalesce(sum(until - date) filter (where step = 'gk'), 0)::int as days_gk,
    coalesce(sum(until - date) filter (where step = 'planerad_afi'), 0)::int as days_planerad_afi,
    coalesce(sum(until - date) filter (where step = 'planerad_ali'), 0)::int as days_planerad_ali,
    coalesce(sum(until - date) filter (where step = 'afi'), 0)::int as days_afi,
    coalesce(sum(until - date) filter (where step = 'ali'), 0)::int as days_ali,
    coalesce(sum(until - date), 0)::int as days_samtliga
from 'steps.parquet' left join outcomes o using (caseNumber) group by caseNumber;

-- A wait is a maximal run of waiting steps, from its first date to what ends it, under its last waiting step.
create or replace temp table waits as
with runs as (
    -- How many steps that are no waiting came before: alike for all steps of one run.
    select *, step in ('begaran', 'planerad_afi', 'planerad_ali') as waiting,
        count(*) filter (where step not in ('begaran', 'planerad_afi', 'planerad_ali'))
            over (partition by caseNumber order by stepNumber) as run
    from 'steps.parquet'
)
select caseNumber, arg_max(step, stepNumber) as vantan, min(date) as since, max(stepNumber) + 1 as stepNumber
from runs where waiting group by caseNumber, run;

-- Steps as events: each belongs to the offices on its date. previous is the step that it ends, left_after its days.
create or replace table events as
select
    s.caseNumber, s.stepNumber, s.step, s.date, p.place, c.sex as kon,
    lag(s.step) over chain as previous,
    (s.date - lag(s.date) over chain)::int as left_after,
    row_number() over (partition by s.caseNumber, s.step order by s.date) = 1 as first_time,
    s.step in ('konsultativt_stod', 'avslutat', 'avbrutet') as ends,
    (s.date - h.begun)::int as since_begun,
    (s.date - h.gk_on)::int as since_gk,
    w.vantan,
    (s.date - w.since)::int as waited,
    if(h.gk_on is null, 'nej', 'ja') as gkHallen,
    h.* exclude (caseNumber, begun, gk_on),
    case
        when s.step = 'avbrutet' then 'avbrutet'
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
    end as utfallInsats,
    coalesce(c.ageGroup, 'uppgift_saknas') as alder,
    coalesce(r.initieradAv, 'uppgift_saknas') as initieradAv,
    ja_nej(r.inskrivenAf) as inskrivenAf,
    case
        when r.anstalld is null or r.egetForetag is null then 'uppgift_saknas'
        when r.anstalld and r.egetForetag then 'bada'
        when r.anstalld then 'anstalld' when r.egetForetag then 'eget_foretag' else 'ingetdera'
    end as anstalld,
    ja_nej(r.arbetar) as arbetarFore,
    ja_nej(r.studerar) as studerarFore,
    ja_nej(r.program) as programFore,
    formaner(r.formaner) as formanFore,
    coalesce(r.tidOffentligForsorjning, 'uppgift_saknas') as tidOffentligForsorjning,
    coalesce(r.utbildning, 'uppgift_saknas') as utbildning,
    sysselsattning(r.arbetar, r.studerar) as sysselsattningFore,
    -- The rest is of steps that are avslutat: what their own answers say.
    sysselsattning(a.arbetar, a.studerar) as sysselsattningEfter,
    formaner(a.formaner) as formanEfter,
    list_filter([
        if(not r.arbetar and a.arbetar, 'arbete_nytt', null),
        if(r.arbetar and a.arbetar and a.arbetsandel > r.arbetsandel, 'arbete_okat', null),
        if(not r.studerar and a.studerar, 'studier_nya', null),
        if(r.studerar and a.studerar and a.studieandel > r.studieandel, 'studier_okade', null)
    ], lambda change: change is not null) as forandringar
from 'steps.parquet' s
join 'cases.parquet' c using (caseNumber)
join chains h using (caseNumber)
join places p on p.fkOffice = s.fkOffice and p.afOffice = s.afOffice and p.municipality is not distinct from c.municipality
left join waits w using (caseNumber, stepNumber)
left join 'answers.parquet' a using (caseNumber, stepNumber)
left join 'answers.parquet' r on r.caseNumber = s.caseNumber and r.stepNumber = 1
window chain as (partition by s.caseNumber order by s.stepNumber);

-- Days in an insats at one pair of offices.
create or replace table spans as
select s.caseNumber, s.step as insats, c.sex as kon, p.place,
    greatest(s.date, o.since) as first,
    least(coalesce(s.until, 'infinity'::date), coalesce(o.until, 'infinity'::date)) as after_last
from 'steps.parquet' s
join 'cases.parquet' c using (caseNumber)
join 'case_offices.parquet' o using (caseNumber)
join places p on p.fkOffice = o.fkOffice and p.afOffice = o.afOffice and p.municipality is not distinct from c.municipality
where s.step in ('afi', 'ali') and greatest(s.date, o.since)
    < least(coalesce(s.until, 'infinity'::date), coalesce(o.until, 'infinity'::date));

drop table chains;
drop table waits;
