"""The geometry of the charts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orchestration.page.charts import age_chart, stage_chart
from orchestration.page.marts import GapCount, StageCount

COUNTS = st.integers(min_value=0, max_value=10**9)
GAPS = st.lists(
    st.builds(
        GapCount,
        bucket=st.sampled_from(["0-2 days", "3-7 days", "over 60 days", None]),
        item=st.one_of(st.none(), st.sampled_from("abcdefghij")),
        count=COUNTS,
        oldest=st.none(),
    )
)


def stage(name: str, count: int, *, is_open: bool = True) -> StageCount:
    return StageCount(name, name.title(), is_open, count, None, None)


def share(percentage: str) -> float:
    return float(percentage.removesuffix("%"))


def test_the_longest_open_stage_takes_the_whole_width() -> None:
    chart = stage_chart([stage("visit", 50), stage("claim", 200), stage("payer", 0)])
    assert [bar.width for bar in chart.bars] == ["25.000%", "100.000%", "0.000%"]


def test_finished_stages_are_counted_and_set_no_scale() -> None:
    chart = stage_chart([stage("visit", 5), stage("closed", 9000, is_open=False)])
    assert chart.bars[0].width == "100.000%"
    assert [row.stage for row in chart.finished] == ["closed"]
    assert chart.total == 9005


def test_one_encounter_among_many_is_still_drawn() -> None:
    chart = stage_chart([stage("visit", 1), stage("claim", 10**6)])
    assert share(chart.bars[0].width) > 0.5


@given(GAPS)
def test_no_gap_is_lost_between_buckets_items_and_legend(gaps) -> None:
    chart = age_chart(gaps)
    total = sum(gap.count for gap in gaps)
    assert chart.total == total
    assert sum(bar.total for bar in chart.bars) == total
    assert sum(entry.count for entry in chart.legend) == total
    assert sum(s.count for bar in chart.bars for s in bar.segments) == total


@given(GAPS)
def test_segments_follow_one_another_within_the_width(gaps) -> None:
    for bar in age_chart(gaps).bars:
        end = 0.0
        for segment in bar.segments:
            assert abs(share(segment.x) - end) < 0.01
            end = share(segment.x) + share(segment.width)
        assert end <= 100.01 + 0.6 * len(bar.segments)


def test_items_beyond_the_letters_share_the_last_one() -> None:
    gaps = [GapCount("0-2 days", f"item {n}", 100 - n, None) for n in range(9)]
    chart = age_chart(gaps)
    assert [entry.key for entry in chart.legend] == list("ABCDEF")
    assert chart.legend[-1].item == "Other items"
    assert chart.legend[-1].count == sum(100 - n for n in range(5, 9))


def test_buckets_keep_the_order_they_come_in() -> None:
    gaps = [GapCount(b, "note", 1, None) for b in ("0-2", "15-30", "8-14", None)]
    names = [bar.bucket for bar in age_chart(gaps).bars]
    assert names == ["0-2", "15-30", "8-14", "Age not known"]


def test_a_letter_stands_only_where_it_fits() -> None:
    gaps = [GapCount("0-2", "note", 970, None), GapCount("0-2", "consent", 30, None)]
    [bar] = age_chart(gaps).bars
    assert Counter(s.letter for s in bar.segments) == Counter({"A": 1, "": 1})
