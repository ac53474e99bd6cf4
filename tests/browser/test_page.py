"""The operations page in a real browser: what a person sees, does and downloads."""

from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

FILTERS = {
    "owner": "owner_role",
    "stage": "stage",
    "blocker": "primary_blocker_code",
    "facility": "facility_name",
    "age": "age_bucket",
}
# header -> the expressions that order the mart the same way
SORTS = {
    "worklist_rank": "worklist_rank",
    "encounter_id": "encounter_id",
    "blocker_label": "lower(blocker_label)",
    "owner_role": "owner_role",
    "stage": "(select stage_order from marts.rpt_stage_counts as s"
    " where s.stage = w.stage)",
    "facility_name": "lower(facility_name)",
    "waiting_days": "waiting_days",
    "age_days": "age_days",
    "expected_amount": "expected_amount",
    "charged_amount": "charged_amount",
}
FIRST_DESCENDING = {"waiting_days", "age_days", "expected_amount", "charged_amount"}


def dollars(amount: Decimal) -> str:
    return f"${amount.quantize(Decimal(1), ROUND_HALF_UP):,}"


def counter(page: Page) -> str:
    return page.inner_text("#counter")


def shown_ids(page: Page) -> list[str]:
    return page.locator("#rows tbody th > span").all_inner_texts()


def test_tiles_equal_the_marts(practice, open_page) -> None:
    page = open_page(practice)
    [(waiting, expected)] = practice.query(
        "select count(*), sum(expected_amount) from marts.rpt_worklist"
    )
    [(total, unknown)] = practice.query(
        "select sum(encounter_count),"
        " sum(encounter_count) filter (where stage = 'unknown')"
        " from marts.rpt_stage_counts"
    )
    [(gaps,)] = practice.query(
        "select sum(gap_count) from marts.rpt_documentation_gap_aging"
    )

    def exact(name: str) -> str | None:
        return page.locator(f"[data-tile={name}] data").get_attribute("value")

    assert exact("waiting") == str(waiting)
    assert exact("total") == str(total)
    assert exact("gaps") == str(gaps)
    assert exact("unknown") == str(unknown)
    assert exact("expected") == str(expected)
    assert page.inner_text("[data-tile=waiting] .value") == f"{waiting:,}"
    assert page.inner_text("[data-tile=expected] .value") == dollars(expected)
    assert page.inner_text("[data-tile=unknown] .value") == f"{unknown / total:.1%}"
    assert page.inner_text("[data-tile=as-of] .value") == "2 June 2025"
    assert page.inner_text("[data-tile=as-of] .note") == "Monday, 06:00 UTC"


def test_every_stage_shows_its_count_and_a_bar_of_that_length(
    practice, open_page
) -> None:
    page = open_page(practice)
    stages = practice.query(
        "select stage, stage_label, encounter_count, is_open"
        " from marts.rpt_stage_counts order by stage_order"
    )
    longest = max(count for _, _, count, is_open in stages if is_open)
    rows = page.locator("#stages tbody tr")
    opened = [stage for stage in stages if stage[3]]
    assert rows.count() == len(opened)
    for row, (_, label, count, _) in zip(rows.all(), opened, strict=True):
        assert row.locator("th").inner_text() == label
        assert row.locator("td.strong").inner_text() == f"{count:,}"
        width = row.locator("rect").last.get_attribute("width") or ""
        assert float(width.rstrip("%")) == pytest.approx(100 * count / longest, abs=0.7)
    for stage, _, count, is_open in stages:
        if not is_open:
            assert page.inner_text(f"[data-done={stage}]") == f"{count:,}"


def test_gaps_are_stacked_by_item_in_the_order_of_their_buckets(
    practice, open_page
) -> None:
    page = open_page(practice)
    buckets = practice.query(
        "select age_bucket, sum(gap_count) from marts.rpt_documentation_gap_aging"
        " group by age_bucket order by min(bucket_order)"
    )
    rows = page.locator("#ages tbody tr")
    assert rows.count() == len(buckets)
    for row, (bucket, count) in zip(rows.all(), buckets, strict=True):
        assert row.locator("th").inner_text() == bucket
        assert row.locator("td.strong").inner_text() == f"{count:,}"
        titles = row.locator("title").all_text_contents()
        parts = practice.query(
            "select missing_item, sum(gap_count)"
            " from marts.rpt_documentation_gap_aging where age_bucket = ?"
            " group by missing_item",
            bucket,
        )
        assert sorted(titles) == sorted(f"{item}: {n:,}" for item, n in parts)


def test_blockers_equal_the_marts_and_open_their_encounters(
    practice, open_page
) -> None:
    page = open_page(practice)
    blockers = practice.query(
        "select primary_blocker_code, b.blocker_label, b.next_action, count(*),"
        " sum(charged_amount) from marts.rpt_worklist as w"
        " inner join marts.dim_blockers as b on primary_blocker_code = blocker_code"
        " group by all order by count(*) desc, primary_blocker_code"
    )
    rows = page.locator("#blockers tbody tr")
    assert rows.count() == min(8, len(blockers))
    for row, (code, label, action, count, charged) in zip(
        rows.all(), blockers, strict=False
    ):
        text = row.inner_text()
        assert code in text
        assert label in text
        assert action in text
        assert row.locator("td.strong").inner_text() == f"{count:,}"
        assert dollars(charged) in text
    rows.first.locator("a").click()
    total = len(practice.query("select 1 from marts.rpt_worklist"))
    page.wait_for_function("document.activeElement.id === 'worklist'")
    assert counter(page) == f"{blockers[0][3]} of {total} shown"


def test_rows_come_in_worklist_order_and_in_chunks_until_all_are_listed(
    practice, open_page
) -> None:
    page = open_page(practice)
    ids = [
        encounter
        for (encounter,) in practice.query(
            "select encounter_id from marts.rpt_worklist order by worklist_rank"
        )
    ]
    assert counter(page) == f"{len(ids)} of {len(ids)} shown"
    assert shown_ids(page) == ids[:50]
    assert "The first 50 of 320" in page.inner_text("#range")
    while page.is_visible("#more"):
        page.click("#more")
    assert shown_ids(page) == ids
    assert page.inner_text("#range") == ""


@pytest.mark.parametrize("name", FILTERS)
def test_each_choice_of_each_filter_finds_what_the_mart_holds(
    practice, open_page, download, name
) -> None:
    page = open_page(practice)
    column = FILTERS[name]
    counts = dict(
        practice.query(f"select {column}, count(*) from marts.rpt_worklist group by 1")
    )
    options = page.locator(f"#filter-{name} option")
    found = {}
    for index in range(1, options.count()):
        page.select_option(f"#filter-{name}", index=index)
        [value] = parse_qs(urlsplit(page.url).fragment, keep_blank_values=True)[name]
        found[value or None] = int(counter(page).removesuffix(" of 320 shown"))
    assert found == counts
    rows = download(page)
    assert {row[column] or None for row in rows} == {value or None}
    assert len(rows) == counts[value or None]


def test_filters_and_search_narrow_together(practice, open_page, download) -> None:
    page = open_page(practice, "#owner=provider&stage=documentation")
    page.fill("#q", "sign medicare")
    [(expected,)] = practice.query(
        "select count(*) from marts.rpt_worklist where owner_role = 'provider'"
        " and stage = 'documentation' and payer_name = 'Medicare'"
        " and concat_ws(' ', blocker_label, missing_item, next_action) ilike '%sign%'"
    )
    assert 0 < expected < 320
    assert counter(page) == f"{expected} of 320 shown"
    assert len(download(page)) == expected
    page.click("#clear")
    assert counter(page) == "320 of 320 shown"
    assert page.evaluate("document.activeElement.id") == "q"


def test_age_choices_stand_in_order_of_age(practice, open_page) -> None:
    page = open_page(practice)
    buckets = practice.query(
        "select age_bucket from marts.rpt_worklist"
        " group by age_bucket order by min(age_days)"
    )
    options = page.locator("#filter-age option").all_inner_texts()
    assert options == ["Any age", *[bucket for (bucket,) in buckets]]


@pytest.mark.parametrize("name", SORTS)
def test_each_header_sorts_both_ways_with_the_unknown_last(
    practice, open_page, download, name
) -> None:
    page = open_page(practice)
    header = page.locator(f"th[data-sort={name}]")
    first = "desc" if name in FIRST_DESCENDING else "asc"
    if name != "worklist_rank":
        header.locator("button").click()
    for direction in (first, "asc" if first == "desc" else "desc"):
        ids = practice.query(
            f"select encounter_id from marts.rpt_worklist as w"
            f" order by {SORTS[name]} {direction} nulls last, worklist_rank"
        )
        assert header.get_attribute("aria-sort") == f"{direction}ending"
        assert page.locator("[aria-sort]").count() == 1
        rows = download(page)
        assert [row["encounter_id"] for row in rows] == [value for (value,) in ids]
        header.locator("button").click()


def test_csv_holds_the_filtered_rows_as_the_mart_has_them(
    practice, open_page, download
) -> None:
    page = open_page(practice, "#facility=Elm Park Urgent Care")
    rows = download(page)
    names = [
        {"stage_entered_date": "stage_entered_at::date"}.get(
            name, {"owner_since_date": "owner_since::date"}.get(name, name)
        )
        for name in rows[0]
    ]
    expected = practice.query(
        f"select {', '.join(names)} from marts.rpt_worklist"
        " where facility_name = 'Elm Park Urgent Care' order by worklist_rank"
    )
    assert [list(row.values()) for row in rows] == [
        ["" if value is None else str(value) for value in row] for row in expected
    ]


def test_filters_and_sort_live_in_the_address_and_search_words_do_not(
    practice, open_page
) -> None:
    page = open_page(practice)
    page.select_option("#filter-owner", label="Biller")
    page.click("th[data-sort=age_days] button")
    page.fill("#q", "E-1001")
    assert page.url.endswith("#owner=biller&sort=age_days%3Adesc")
    page.fill("#q", "")
    before = (counter(page), shown_ids(page))
    page.reload()
    assert (counter(page), shown_ids(page)) == before
    page.click("#clear")
    page.click("th[data-sort=worklist_rank] button")
    assert page.url == practice.url


def test_a_role_opens_its_own_list(practice, open_page) -> None:
    page = open_page(practice)
    link = page.locator(".roles a", has_text="Biller")
    count = link.locator(".count").inner_text()
    link.click()
    page.wait_for_function("document.activeElement.id === 'worklist'")
    assert counter(page) == f"{count} of 320 shown"
    page.go_back()
    assert page.url == practice.url


def test_the_first_screen_has_each_figure_of_the_summary(practice, open_page) -> None:
    page = open_page(practice)
    rows = practice.query(
        "select figure_code, any_value(label), sum(value), count(owner_role)"
        " from marts.rpt_leadership_summary group by figure_code"
        " order by min(figure_order)"
    )
    cards = page.locator("#summary .card")
    assert cards.count() == len(rows) == 7
    for number, (code, label, value, roles) in enumerate(rows):
        card = cards.nth(number)
        assert card.get_attribute("data-figure") == code
        assert card.locator("h3").inner_text() == label
        exact = card.locator("data").get_attribute("value")
        assert (float(exact) if exact else None) == (value and float(value))
        assert card.locator(".parts div").count() == roles
    shown = {code: cards.nth(n) for n, (code, *_) in enumerate(rows)}
    assert "1,680" in shown["open_visits"].inner_text()
    assert "worse at 3 of 10 places" in shown["open_visits"].inner_text()
    assert "7 days before: 1,636" in shown["open_visits"].inner_text()
    assert "29.9 days to 33.2 days" in shown["care_to_paid"].inner_text()
    assert "no more than chance" in shown["documented_in_time"].inner_text()
    assert "better at 2 of 6 places" in shown["charged_in_time"].inner_text()
    assert "Note not signed" in shown["bottleneck"].inner_text()
    assert "Not known" in shown["month_end"].inner_text()


def test_each_figure_leads_to_what_it_means(practice, open_page) -> None:
    page = open_page(practice)
    links = page.locator("#summary .card a")
    assert links.count() == 7
    for link in links.all():
        target = page.locator(link.get_attribute("href"))
        assert target.locator("p").count() == 4
    page.click("#summary .card >> nth=0 >> text=What this means")
    assert page.locator("#definition-m34").is_visible()
    assert "marts.rpt_stage_counts" in page.locator("#definition-m34").inner_text()


def test_exceptions_equal_the_mart_the_most_severe_first(practice, open_page) -> None:
    page = open_page(practice)
    rows = practice.query(
        "select alert_key, title, record_count, age_days"
        " from marts.rpt_open_exceptions order by severity_order, amount desc nulls"
        " last, opened_at nulls last"
    )
    shown = page.locator("#exceptions tbody tr")
    assert shown.count() == len(rows) > 3
    for number, (key, title, count, age) in enumerate(rows):
        row = shown.nth(number)
        assert row.get_attribute("data-alert") == key
        assert title in row.inner_text()
        assert row.locator("[data-label=Records]").inner_text() == f"{count:,}"
        open_for = row.locator("[data-label='Open for']").inner_text()
        assert open_for.split(" ")[0] == ("\u2013" if age is None else str(age))
    assert "2nd time" in shown.nth(0).inner_text()
    assert "Somebody sees to it" in shown.nth(1).inner_text()
    assert "Snoozed until 9 June 2025" in shown.nth(2).inner_text()
    assert "11th time" in shown.nth(2).inner_text()


def test_the_calendar_marks_each_day_on_which_a_site_is_off(
    practice, open_page
) -> None:
    page = open_page(practice)
    rows = practice.query(
        "select feed, count(*), count(*) filter (where unusual_site_count > 0)"
        " from marts.rpt_coverage_calendar"
        " where coverage_date > date '2025-06-02' - 35 group by all order by"
        " min(data_source), feed"
    )
    shown = page.locator("#coverage tbody tr")
    assert shown.count() == len(rows) == 4
    for number, (feed, days, off) in enumerate(rows):
        row = shown.nth(number)
        assert row.locator("th").inner_text().lower().startswith(feed)
        assert row.locator("rect.day").count() == days
        assert row.locator(".figure").inner_text() == str(off)
    assert page.locator("#coverage rect.hole").count() == 4
    assert page.locator("#coverage rect.fewer").count() == 1
    assert page.locator("#coverage rect.more").count() == 1
    assert page.locator("#coverage rect.arriving").count() == 3
    page.click("text=days to look at")
    [first] = page.locator("#off-days tbody tr", has_text="27 May 2025").all()
    assert "1 of 2" in first.inner_text()


def test_the_last_runs_are_those_of_the_load_log_and_of_the_checks(
    practice, open_page
) -> None:
    page = open_page(practice)
    [load] = practice.query(
        "select count(*), sum(received_count), sum(loaded_count), sum(duplicate_count),"
        " sum(rejected_count) from ops.fct_file_loads where batch_id = 'batch1'"
    )
    shown = page.locator("#loads tbody tr").nth(1)
    assert shown.locator("td").all_inner_texts() == [f"{n:,}" for n in load]
    assert shown.locator("th").inner_text() == "1 June 2025, 05:00"
    assert page.locator("#loads tbody tr").count() == 7
    newest = page.locator("#checks tbody tr").nth(0).locator("td").all_inner_texts()
    assert newest == ["50", "0", "1"]
    other = page.locator("#checks tbody tr").nth(1).locator("td").all_inner_texts()
    assert other == ["50", "1", "0"]
