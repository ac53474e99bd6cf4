"""What is open now: by the data, as the warehouse has it, and by the last run.

The data side is `marts.rpt_ops_alerts`; the run side its failed checks, and that
nothing was published. What cannot be read now is not judged, so that nothing seems
to be over because nobody could look.
"""

import hashlib
from pathlib import Path

import duckdb

from orchestration.alerts.decide import Found
from orchestration.alerts.log import Alert
from orchestration.alerts.rules import Rules
from orchestration.run_result import FailedCheck, Run

CHECK_FAILED = "check_failed"
CHECK_WARNING = "check_warning"
PUBLISH_STOPPED = "publish_stopped"
OF_RUNS = frozenset({CHECK_FAILED, CHECK_WARNING, PUBLISH_STOPPED})
_KEY_LENGTH = 12

_OPEN = """
select
    alert_key,
    alert_code,
    severity,
    owner_role,
    runbook,
    record_count,
    concat_ws(', ', data_source, detail, left(facility_key, 8)) as subject,
    amount,
    deadline_date
from marts.rpt_ops_alerts
order by alert_key
"""


def find(warehouse: Path, run: Run | None, rules: Rules) -> Found:
    """Return what is open by the data and by the last run that ended, if any."""
    by_data = open_by_data(warehouse)
    by_run = open_by_run(run, rules) if run else Found(())
    data_codes = frozenset(rules.by_code) - OF_RUNS
    return Found(
        alerts=(*(by_data or ()), *by_run.alerts),
        judged_codes=by_run.judged_codes
        | (frozenset() if by_data is None else data_codes),
        judged_keys=by_run.judged_keys,
    )


def open_by_data(warehouse: Path) -> tuple[Alert, ...] | None:
    """Return what the warehouse says is open.

    None when it cannot say: it is missing, in use, or not of this version.
    """
    if not warehouse.is_file():
        return None
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            rows = connection.execute(_OPEN).fetchall()
    except duckdb.Error:
        return None
    return tuple(Alert(*row) for row in rows)


def open_by_run(run: Run, rules: Rules) -> Found:
    """Return what a run left open: each failed check, and a missing publication.

    Checks that the run did not come to stay as they were. A check whose heading of
    the runbook is that of an alert by the data is told by that one alone.
    """
    told_by_data = {
        rule.runbook for code, rule in rules.by_code.items() if code not in OF_RUNS
    }
    failed = [
        _of_check(check, rules)
        for check in run.failed_checks
        if check.runbook not in told_by_data
    ]
    stopped = [] if run.is_good else [_stopped(run, rules)]
    evaluated = (
        _key(code, asset, name)
        for asset, name in run.evaluated_checks
        for code in (CHECK_FAILED, CHECK_WARNING)
    )
    return Found(
        alerts=(*failed, *stopped),
        judged_codes=frozenset({PUBLISH_STOPPED}),
        judged_keys=frozenset(evaluated),
    )


def _of_check(check: FailedCheck, rules: Rules) -> Alert:
    code = CHECK_FAILED if check.is_error else CHECK_WARNING
    return Alert(
        key=_key(code, check.asset, check.name),
        code=code,
        severity=rules.by_code[code].severity,
        owner_role=check.owner,
        runbook=check.runbook,
        record_count=check.failed_count or 1,
        subject=f"{check.name} ({check.asset})",
    )


def _stopped(run: Run, rules: Rules) -> Alert:
    errors = sum(check.is_error for check in run.failed_checks)
    rule = rules.by_code[PUBLISH_STOPPED]
    return Alert(
        key=_key(PUBLISH_STOPPED),
        code=PUBLISH_STOPPED,
        severity=rule.severity,
        owner_role=rule.owner_role,
        runbook=rule.runbook,
        record_count=errors + len(run.problems) or 1,
        subject="the last run",
    )


def _key(code: str, *names: str) -> str:
    digest = hashlib.sha256("|".join((code, *names)).encode()).hexdigest()
    return f"{code}-{digest[:_KEY_LENGTH]}"
