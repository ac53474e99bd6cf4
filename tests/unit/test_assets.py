"""What the assets that dbt does not make tell of themselves."""

from pathlib import Path

import dagster as dg

from orchestration import raw
from orchestration.assets import INGEST_OP, ingest_landing
from orchestration.settings import Settings


def test_the_load_log_tells_how_many_files_were_passed_over_and_no_name(
    tmp_path: Path,
) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    for name in (".synthetic-hidden", "synthetic-upload.tmp"):
        (landing / name).touch()

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [ingest_landing],
            instance=instance,
            resources={
                "settings": Settings(data_dir=tmp_path, settle_seconds=0),
                "progress": lambda *_: None,
            },
        )
    metadata = {
        made.asset_key.path[-1]: made.metadata
        for made in result.asset_materializations_for_node(INGEST_OP)
        if made.asset_key
    }

    assert metadata[raw.LOAD_LOG]["passed over"].value == 2
    assert metadata[raw.LOAD_LOG]["files"].value == 0
    assert "synthetic" not in str(metadata)
