"""The raw tables: empty files that carry their columns."""

from pathlib import Path

import pyarrow.parquet as pq

from orchestration.raw import SCHEMAS, batch_file, write_empty_tables


def schema_files(raw: Path) -> dict[str, Path]:
    return {table: batch_file(raw, table, "_schema") for table in SCHEMAS}


def test_every_table_gets_an_empty_file_with_its_columns(tmp_path: Path) -> None:
    write_empty_tables(tmp_path)
    for table, path in schema_files(tmp_path).items():
        found = pq.read_table(path)
        assert found.num_rows == 0
        assert found.column_names == SCHEMAS[table].names


def test_files_that_are_right_stay_untouched(tmp_path: Path) -> None:
    write_empty_tables(tmp_path)
    paths = schema_files(tmp_path).values()
    before = [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths]
    write_empty_tables(tmp_path)
    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in paths] == before


def test_a_file_that_is_missing_damaged_or_has_other_columns_is_replaced(
    tmp_path: Path,
) -> None:
    write_empty_tables(tmp_path)
    missing, empty, cut, other, right, *_ = schema_files(tmp_path).values()
    paths = schema_files(tmp_path).values()
    before = {path: path.read_bytes() for path in paths}
    missing.unlink()
    empty.write_bytes(b"")
    cut.write_bytes(cut.read_bytes()[:-1])
    other.write_bytes(right.read_bytes())
    write_empty_tables(tmp_path)
    assert {path: path.read_bytes() for path in paths} == before
    assert list(tmp_path.rglob("*.draft")) == []
