"""What is missing more often than with peers is found, and what chance brings is not.

Made-up counts go through the SQL of the model itself; scipy says what is right.
"""

import random
from collections.abc import Callable, Iterator

import duckdb
import pyarrow as pa
import pytest
from scipy.stats import false_discovery_control, fisher_exact

# Of each group: visits judged, and visits on which the element is missing.
Groups = list[tuple[int, int]]
Tested = Callable[[list[Groups]], dict[tuple[str, str], dict[str, float]]]


@pytest.fixture(scope="module")
def tested(model_sql: Callable[[str], str]) -> Iterator[Tested]:
    """Return a function that tests the groups of some requirements together."""
    chances, statement = map(model_sql, ("rpt_pattern_chances", "rpt_pattern_tests"))
    with duckdb.connect() as connection:

        def run(requirements: list[Groups]) -> dict[tuple[str, str], dict[str, float]]:
            rows = [
                {
                    "dimension": "provider",
                    "dimension_value": f"p{place}",
                    "requirement_id": f"r{number}",
                    "judged_count": judged,
                    "missing_count": missing,
                }
                for number, groups in enumerate(requirements)
                for place, (judged, missing) in enumerate(groups)
            ]
            connection.register("rpt_pattern_counts", pa.Table.from_pylist(rows))
            connection.execute(
                f"create or replace table rpt_pattern_chances as {chances}"
            )
            found = connection.execute(statement).to_arrow_table().to_pylist()
            return {
                (row["requirement_id"], row["dimension_value"]): row for row in found
            }

        yield run


def some_groups(chance: random.Random, *, odd: float = 1.0) -> Groups:
    """Return eight groups with a tenth missing; in the first `odd` times as much."""
    sizes = [chance.randint(25, 300) for _ in range(8)]
    return [
        (size, sum(chance.random() < 0.1 * (1 if place else odd) for _ in range(size)))
        for place, size in enumerate(sizes)
    ]


def test_chances_are_those_of_fishers_exact_test(tested):
    chance = random.Random(1)
    requirements = [some_groups(chance, odd=odd) for odd in (1, 2, 3, 0)]
    requirements.append([(20, 0), (20, 20), (2_000, 300)])

    found = tested(requirements)

    for number, groups in enumerate(requirements):
        judged = sum(size for size, _ in groups)
        missing = sum(count for _, count in groups)
        for place, (size, count) in enumerate(groups):
            table = [
                [count, size - count],
                [missing - count, judged - size - missing + count],
            ]
            expected = fisher_exact(table).pvalue
            row = found[f"r{number}", f"p{place}"]
            assert row["chance"] == pytest.approx(expected, rel=1e-7, abs=1e-12)
            assert row["peer_judged_count"] == judged - size
            assert row["peer_missing_count"] == missing - count


def test_false_discoveries_are_controlled_as_benjamini_and_hochberg_do(tested):
    chance = random.Random(2)
    found = tested([some_groups(chance, odd=odd) for odd in (1, 1, 3)])

    rows = list(found.values())
    expected = false_discovery_control([row["chance"] for row in rows])
    assert [row["false_share"] for row in rows] == pytest.approx(list(expected))


def test_a_group_that_misses_three_times_as_often_is_found(tested):
    for seed in range(10):
        chance = random.Random(seed)
        groups = [(200, 60), *some_groups(chance)]

        found = tested([groups])

        assert found["r0", "p0"]["false_share"] < 0.05


def test_where_nothing_differs_findings_are_rare(tested):
    """At most one practice in twenty has any."""
    with_findings = 0
    for seed in range(200):
        chance = random.Random(1_000 + seed)
        found = tested([some_groups(chance) for _ in range(3)])
        with_findings += any(row["false_share"] <= 0.05 for row in found.values())
    assert with_findings <= 10


def test_small_groups_and_what_nobody_or_everybody_lacks_are_not_tested(tested):
    found = tested(
        [
            [(19, 19), (100, 10), (100, 10)],
            [(100, 0), (100, 0)],
            [(100, 100), (100, 100)],
        ]
    )

    assert set(found) == {("r0", "p1"), ("r0", "p2")}
