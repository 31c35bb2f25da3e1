-- 2. Utfall av gemensam kartläggning: gk left in the period. Count, and share of all that left gk.
with counted as (
    select coalesce(utfallGk, 'samtliga') as utfall, coalesce(kon, 'samtliga') as kon, count(*) as antal
    from asked where previous = 'gk' group by cube (utfallGk, kon)
)
select *, antal / nullif(max(antal) over (partition by kon), 0) as andel from counted;
