"""The landing folder: what is found in it, and what is passed over."""

from pathlib import Path

from orchestration.landing import landed_files, passed_over_count


def test_hidden_entries_and_unfinished_uploads_are_counted_not_yielded(
    tmp_path: Path,
) -> None:
    names = [".hidden", "a.part", "b/c.TMP", "b/.d/e", "b/.d/.f", "g.tmp/h.csv"]
    for name in [*names, "i.csv", "b/j.part.csv"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [file.name for file in landed_files(tmp_path)] == ["b/j.part.csv", "i.csv"]
    assert passed_over_count(tmp_path) == len(
        {".hidden", "a.part", "b/c.TMP", "b/.d", "g.tmp"}
    )


def test_a_link_to_a_folder_and_its_hidden_files_count_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".b").touch()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert passed_over_count(tmp_path) == 1


def test_nothing_is_passed_over_in_a_missing_folder(tmp_path: Path) -> None:
    assert passed_over_count(tmp_path / "none") == 0
