-- Synthetic rows whose texts attack the page, and a row of which nothing is known.
create temporary table attacks as
select * from (
    values
    (1, '<script>window.hit = 1</script>'),
    (2, '</script><script>window.hit = 1</script>'),
    (3, '<!--<script>'),
    (4, '"><img src=x onerror="window.hit = 1">'),
    (5, '=HYPERLINK("http://127.0.0.1:9/","open")'),
    (6, '+1+1'),
    (7, '-1+1'),
    (8, '@SUM(1)'),
    (9, chr(9) || '=1+1'),
    (10, chr(13) || '=1+1'),
    (11, '{{ 7 * 7 }}{% raw %}'),
    (12, 'Comma, "quote" and' || chr(10) || 'line'),
    (13, chr(8238) || 'reversed' || chr(8232) || chr(8233)),
    (14, repeat('longwithoutspace', 60)),
    (15, 'javascript:window.hit=1'),
    (16, 'ＷＩＤＥ ＝ and Ünïcödé 漢字')
) as texts (number, attack);

insert into marts.rpt_worklist
select
    attack, attack, attack, attack, attack, attack, attack, attack, attack, attack,
    date '2025-05-01', attack, attack, timestamp '2025-05-01 10:00:00', attack, attack, attack,
    timestamp '2025-05-01 10:00:00', attack, attack, 31, attack, 3, -12.50, 99999999999999.99,
    date '2026-05-01', number
from attacks;

insert into marts.rpt_worklist (encounter_key) values (null);

insert into marts.rpt_stage_counts
select attack, number, attack, true, 1, -12.50, null, timestamp '2025-06-02 06:00:00'
from attacks;

insert into marts.rpt_stage_counts (encounter_count) values (1);

insert into marts.rpt_documentation_gap_aging
select attack, attack, attack, attack, attack, number, number, null, null from attacks;

insert into marts.rpt_documentation_gap_aging (gap_count) values (1);

insert into marts.rpt_reconciliation select attack, attack, attack, 1, 0, 1 from attacks;

insert into marts.rpt_reconciliation (control) values (null);

insert into marts.dim_blockers select attack, attack, attack, attack, attack, true from attacks;

insert into marts.rpt_open_exceptions
select
    attack, attack, attack, attack, number, attack, 1, -12.50, null, null, null, 1, null, null
from attacks;

insert into marts.rpt_coverage_calendar
select attack, attack, date '2025-06-01', 1, 1, 1, 1, 'not complete' from attacks;

insert into marts.rpt_leadership_summary
select
    attack, number, attack, attack, attack, attack, -12.50, 1, 2, 3, attack, attack,
    attack, 1, 1, 0, attack, attack, attack, attack, attack, attack
from attacks;
