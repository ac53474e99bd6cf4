"""The worklist as compact JSON that can stand inside an HTML page.

Holds which columns travel to the browser, how they are encoded, and the choices
of each filter. It leaves out how rows look: that is assets/page.js.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from orchestration.page.marts import Marts
from orchestration.page.words import from_code

TEXT, DAY, NUMBER, CENTS = "text", "day", "number", "cents"

# name in the mart -> (name in the page and the CSV, kind). The order is that of
# the CSV. Surrogate keys stay in the database: (data_source, encounter_id) is the
# natural key, and a page of 20,000 rows stays small.
COLUMNS: dict[str, tuple[str, str]] = {
    "worklist_rank": ("worklist_rank", NUMBER),
    "data_source": ("data_source", TEXT),
    "encounter_id": ("encounter_id", TEXT),
    "facility_name": ("facility_name", TEXT),
    "provider_name": ("provider_name", TEXT),
    "payer_name": ("payer_name", TEXT),
    "visit_type": ("visit_type", TEXT),
    "service_date": ("service_date", DAY),
    "stage": ("stage", TEXT),
    "stage_label": ("stage_label", TEXT),
    "stage_entered_at": ("stage_entered_date", DAY),
    "primary_blocker_code": ("primary_blocker_code", TEXT),
    "blocker_label": ("blocker_label", TEXT),
    "missing_item": ("missing_item", TEXT),
    "owner_role": ("owner_role", TEXT),
    "owner_since": ("owner_since_date", DAY),
    "next_action": ("next_action", TEXT),
    "age_days": ("age_days", NUMBER),
    "age_bucket": ("age_bucket", TEXT),
    "waiting_days": ("waiting_days", NUMBER),
    "charged_amount": ("charged_amount", CENTS),
    "expected_amount": ("expected_amount", CENTS),
    "filing_deadline_date": ("filing_deadline_date", DAY),
}

# name in the address, column, label, choice for all, choice for the unknown
_FILTERS = (
    ("owner", "owner_role", "Who acts", "Everyone", "Nobody named"),
    ("stage", "stage", "Stage", "All stages", "No stage"),
    ("blocker", "primary_blocker_code", "Reason", "All reasons", "No reason named"),
    ("facility", "facility_name", "Facility", "All facilities", "Not named"),
    ("age", "age_bucket", "Age", "Any age", "Age not known"),
)


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the address, its column, its (code, text) choices."""

    name: str
    column: str
    label: str
    every: str
    choices: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Worklist:
    """The rows as JSON text safe inside a script element, and the filters."""

    payload: str
    filters: tuple[Filter, ...]
    count: int
    has_expected: bool
    has_deadline: bool

    def offers(self, name: str, value: str | None) -> bool:
        """Whether filter `name` has a choice that finds `value`."""
        return value in self._values.get(name, ())

    _values: dict[str, tuple[str | None, ...]]


def encode_worklist(marts: Marts) -> Worklist:
    """Encode the worklist column by column; texts and dates become codes.

    Codes count up in sort order (gates for stages, age for buckets, natural order
    for other texts), so the browser sorts numbers only. An empty text is unknown.
    """
    rows = marts.worklist
    values = {
        name: [_plain(row[i], kind) for row in rows]
        for i, (name, kind) in enumerate(COLUMNS.values())
    }
    orders = _orders(marts, values)
    columns = [
        _encode(name, kind, values[name], orders.get(name, _natural))
        for name, kind in COLUMNS.values()
    ]
    dictionaries = {c["name"]: tuple(c["values"]) for c in columns if "codes" in c}
    filters = _filters(dictionaries, values)
    payload = {
        "as_of": None if marts.as_of is None else marts.as_of.date().isoformat(),
        "count": len(rows),
        "filters": {item.name: item.column for item in filters},
        "columns": columns,
    }
    return Worklist(
        payload=script_json(payload),
        filters=filters,
        count=len(rows),
        has_expected=any(v is not None for v in values["expected_amount"]),
        has_deadline=any(v is not None for v in values["filing_deadline_date"]),
        _values={item.name: dictionaries[item.column] for item in filters},
    )


def script_json(value: object) -> str:
    """JSON that cannot end, or open a comment in, the script element around it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _plain(value: object, kind: str) -> str | int | None:
    if value is None or value == "":
        return None
    if kind == CENTS:
        return int(Decimal(str(value)) * 100)
    if kind == DAY:
        moment = value.date() if isinstance(value, datetime) else value
        return moment.isoformat() if isinstance(moment, date) else None
    return int(str(value)) if kind == NUMBER else str(value)


def _encode(
    name: str,
    kind: str,
    values: Sequence[str | int | None],
    order: Callable[[Any], tuple[Any, ...]],
) -> dict[str, Any]:
    if kind in (NUMBER, CENTS):
        return {"name": name, "kind": kind, "values": values}
    known = sorted({value for value in values if value is not None}, key=order)
    dictionary: list[str | int | None] = [*known]
    if None in values:
        dictionary.append(None)
    code = {value: i for i, value in enumerate(dictionary)}
    return {
        "name": name,
        "kind": kind,
        "values": dictionary,
        "codes": [code[value] for value in values],
    }


def _natural(text: str) -> tuple[str, str]:
    """Order in which item 9 comes before item 10, and case does not matter."""
    padded = re.sub(r"[0-9]+", lambda run: run[0].zfill(20), text.casefold())
    return padded, text


def _orders(
    marts: Marts, values: dict[str, list[str | int | None]]
) -> dict[str, Callable[[str], tuple[Any, ...]]]:
    """Sort keys of the columns whose order is not that of their texts."""
    gates = {stage.stage: i for i, stage in enumerate(marts.stages)}
    labels = _texts(values["stage_label"], values["stage"])
    youngest: dict[str | int | None, int] = {}
    for bucket, age in zip(values["age_bucket"], values["age_days"], strict=True):
        known = int(age) if age is not None else 10**9
        youngest[bucket] = min(known, youngest.get(bucket, known))
    last = len(gates)
    return {
        "stage": lambda stage: (gates.get(stage, last), stage),
        "stage_label": lambda label: (gates.get(labels[label], last), label),
        "age_bucket": lambda bucket: (youngest[bucket], bucket),
    }


def _texts(
    keys: Sequence[str | int | None], texts: Sequence[str | int | None]
) -> dict[str | int | None, str | None]:
    """Find the first text that stands beside each key."""
    found: dict[str | int | None, str | None] = {}
    for key, text in zip(keys, texts, strict=True):
        found.setdefault(key, None if text is None else str(text))
    return found


def _filters(
    dictionaries: dict[str, tuple[str | None, ...]],
    values: dict[str, list[str | int | None]],
) -> tuple[Filter, ...]:
    stages = _texts(values["stage"], values["stage_label"])
    reasons = _texts(values["primary_blocker_code"], values["blocker_label"])
    shown: dict[str, Callable[[str | None], str | None]] = {
        "owner": lambda role: from_code(role, ""),
        "stage": stages.get,
        "blocker": reasons.get,
    }
    return tuple(
        Filter(
            name=name,
            column=column,
            label=label,
            every=every,
            choices=tuple(
                (code, shown.get(name, str)(value) or value or missing)
                if value is not None
                else (code, missing)
                for code, value in enumerate(dictionaries[column])
            ),
        )
        for name, column, label, every, missing in _FILTERS
    )
