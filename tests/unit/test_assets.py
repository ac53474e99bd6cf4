"""What the assets that dbt does not make tell of themselves."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration import raw
from orchestration.alert_assets import tell_alerts
from orchestration.alerts import log
from orchestration.alerts.log import Alert, Event
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


def test_alerts_tell_counts_and_no_words_of_a_sender(
    tmp_path: Path,
) -> None:
    """What an alert is about stays in the log; a role without an address is named."""
    subject = "synthetic-name"
    bill = Alert("bill-1", "deadline_near", "critical", "biller", "x", 3, subject)
    log.append(tmp_path / "alerts", [Event(log.RAISED, datetime.now(UTC), bill)])
    settings = Settings(data_dir=tmp_path, alert_urls="front_desk=json://127.0.0.1:1/")

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [tell_alerts], instance=instance, resources={"settings": settings}
        )

    [made] = result.asset_materializations_for_node("tell_alerts")
    [check] = result.get_asset_check_evaluations()
    assert {name: value.value for name, value in made.metadata.items()} == {
        "open": 1,
        "raised": 0,
        "resolved": 0,
        "sent": 0,
    }
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "billing" in check.metadata["without an address"].value
    assert "synthetic" not in f"{made}{check}"
