-- The observations that the parts of the deltagarrapporter count, one view a part: its own dimensions, and days where it
-- measures them. A dimension of several answers stands as a list; whoever counts adds samtliga once.
create or replace temp view floden as
select *, previous as fran, step as till from asked where previous is not null;

create or replace temp view steg as
select *, previous as steg, left_after as days from asked where previous is not null;

create or replace temp view samarbete as
select *, since_begun as days from asked where ends;

-- Cases ended (avslutat) in the period whose gemensam kartläggning was held.
create or replace temp view mapped as
select * from asked where step = 'avslutat' and gkHallen = 'ja';

create or replace temp view sysselsattning as
select *, sysselsattningFore as fore, sysselsattningEfter as efter from mapped;

create or replace temp view efter as
select *, sysselsattningEfter as sysselsattning from mapped;

create or replace temp view forandring as
select *, forandringar || if(forandringar = [], [], ['nytt_eller_okat']) as forandring from mapped;

create or replace temp view forman as
select *, formanFore as forman, 'fore' as nar from mapped
union all select *, formanEfter, 'efter' from mapped
union all select *, list_intersect(formanFore, formanEfter), 'bada' from mapped;

create or replace temp view forman_efter as
select *, formanEfter as forman from mapped;

-- Every part of the background.
create or replace temp view bakgrund as
select * from asked where stepNumber = 1;
