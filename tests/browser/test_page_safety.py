"""The page against hostile texts, small screens, print, no script and many rows."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def counter(page: Page) -> str:
    return page.inner_text("#counter")


def shown_ids(page: Page) -> list[str]:
    return page.locator("#rows tbody th > span").all_inner_texts()


def test_no_text_in_the_csv_can_run_as_a_formula(hostile, open_page, download) -> None:
    rows = download(open_page(hostile))
    attacks = hostile.query(
        "select provider_name from marts.rpt_worklist order by worklist_rank nulls last"
    )
    for row, (attack,) in zip(rows, attacks, strict=True):
        if attack is None:
            assert set(row.values()) == {""}
            continue
        is_formula = attack[0] in "=+-@\t\r"
        assert row["provider_name"] == ("'" + attack if is_formula else attack)
        # A negative amount is a number of our own making and stays one.
        assert row["charged_amount"] == "-12.50"
    texts = [cell for row in rows for cell in row.values() if cell != "-12.50"]
    assert not [text for text in texts if text[:1] and text[0] in "=+-@\t\r"]


def test_hostile_texts_are_shown_and_execute_nothing(hostile, open_page) -> None:
    page = open_page(hostile)
    assert counter(page) == "17 of 17 shown"
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for name in ("owner", "stage", "blocker", "facility", "age"):
        page.select_option(f"#filter-{name}", index=1)
        page.select_option(f"#filter-{name}", index=0)
    page.locator("#blockers a").first.click()
    assert page.evaluate("window.hit") is None
    assert page.locator("script").count() == 2
    assert page.locator("main img").count() == 0
    assert "{{ 7 * 7 }}" in page.content()
    page.goto(hostile.url)
    assert "<script>window.hit = 1</script>" in shown_ids(page)


def test_a_row_of_which_nothing_is_known_says_so(hostile, open_page) -> None:
    page = open_page(hostile, "#owner=")
    assert counter(page) == "1 of 17 shown"
    assert shown_ids(page) == ["not known"]
    assert page.locator("#filter-owner option:checked").inner_text() == "Nobody named"


def test_a_script_that_is_not_ours_is_refused(practice, browser: Browser) -> None:
    page = browser.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(practice.url)
    page.evaluate(
        "() => { const s = document.createElement('script');"
        " s.textContent = 'window.hit = 1'; document.body.append(s);"
        " document.body.setAttribute('onclick', 'window.hit = 1');"
        " document.body.click(); }"
    )
    assert page.evaluate("window.hit") is None
    assert any("Content Security Policy" in text for text in refused)
    page.close()


def test_an_address_with_unknown_values_shows_everything(practice, open_page) -> None:
    page = open_page(practice, "#owner=nobody&sort=drop:toString&stage=constructor")
    assert counter(page) == "320 of 320 shown"
    assert page.get_attribute("[aria-sort]", "data-sort") == "worklist_rank"


def test_the_keyboard_reaches_the_list_sorts_and_filters(practice, open_page) -> None:
    page = open_page(practice)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("E-100001")
    assert counter(page) == "1 of 320 shown"
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.locator("th[data-sort=age_days] button").focus()
    page.keyboard.press("Enter")
    assert page.get_attribute("[aria-sort]", "data-sort") == "age_days"
    page.keyboard.press("Space")
    assert page.get_attribute("[aria-sort]", "aria-sort") == "ascending"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"


def test_on_a_phone_rows_become_cards_that_sort(practice, open_page) -> None:
    page = open_page(practice, width=375, height=812)
    page.select_option("#sort", "charged_amount:desc")
    [(first,)] = practice.query(
        "select encounter_id from marts.rpt_worklist"
        " order by charged_amount desc limit 1"
    )
    assert shown_ids(page)[0] == first
    assert not page.is_visible("#rows thead")


@pytest.mark.parametrize("kind", ["practice", "hostile"])
def test_nothing_runs_out_of_the_screen(request, open_page, kind) -> None:
    page = open_page(request.getfixturevalue(kind))
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    widths = (360, 820, 1120, 1280, 1440)
    seen = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        seen.append(page.evaluate("document.documentElement.scrollWidth"))
    assert seen == list(widths)


@pytest.mark.parametrize(
    ("kind", "scheme", "width"),
    [
        ("practice", "light", 1440),
        ("practice", "dark", 1440),
        ("practice", "light", 375),
        ("practice", "dark", 375),
        ("hostile", "light", 1440),
        ("hostile", "dark", 375),
        ("empty", "light", 1440),
    ],
)
def test_axe_finds_nothing(request, open_page, kind, scheme, width) -> None:
    built = request.getfixturevalue(kind)
    page = open_page(built, width=width, height=812, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    if kind == "practice":
        page.select_option("#filter-stage", index=1)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_without_script_the_figures_stand_and_the_list_says_why(
    practice, open_page
) -> None:
    page = open_page(practice, script=False)
    assert page.is_visible("[data-tile=waiting] .value")
    assert "needs JavaScript" in page.inner_text("noscript")


def test_an_empty_publication_says_that_nothing_waits(empty, open_page) -> None:
    page = open_page(empty)
    assert page.inner_text("h1") == "Nothing is waiting"
    assert page.inner_text("[data-tile=as-of] .value") == "Not known"


def test_print_shows_figures_and_rows_without_the_controls(practice, open_page) -> None:
    page = open_page(practice, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible("#filters")
    assert not page.is_visible("#download")
    assert page.is_visible("#counter")
    assert page.is_visible("#rows thead")
    color = page.evaluate("getComputedStyle(document.body).color")
    assert color == "rgb(22, 37, 42)"


def test_twenty_thousand_rows_stay_usable(
    large, open_page, report: Callable[[str], None]
) -> None:
    page = open_page(large)
    assert counter(page) == "20,000 of 20,000 shown"
    ready = page.evaluate(
        "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    )
    timed = """([id, value, kind]) => {
        const control = document.getElementById(id);
        control.value = value;
        const start = performance.now();
        control.dispatchEvent(new Event(kind));
        return performance.now() - start;
    }"""
    chosen = page.evaluate(timed, ["filter-owner", "1", "change"])
    searched = page.evaluate(timed, ["q", "medicare sign", "input"])
    size = large.path.stat().st_size / 1e6
    report(
        f"20,000 rows: {size:.1f} MB, ready in {ready:.0f} ms,"
        f" filter {chosen:.0f} ms, search {searched:.0f} ms"
    )
    assert page.locator("#rows tbody tr").count() <= 50
