"""The raw tables: their names, their columns and where they lie.

The one place that knows what raw looks like. It leaves out how rows get there
(`raw_batch`) and what they mean (the dbt models).
"""

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.feeds import FEEDS, SYNTHEA

TEXT = pa.string()
# Few distinct values: kept as a dictionary in memory, plain text in the file.
LABEL = pa.dictionary(pa.int32(), pa.string())
NUMBER = pa.int64()
TIME = pa.timestamp("us")  # UTC by convention, so that no session zone can shift it

FHIR_RESOURCES = "fhir_resources"
X12_SEGMENTS = "x12_segments"
HL7V2_SEGMENTS = "hl7v2_segments"
LOAD_LOG = "load_log"
REJECTS = "rejects"
RUN = "run"
SOURCES = "sources"
EXTRA = "_extra"
POSITION = "_position"


def _fields(kind: pa.DataType, names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, kind) for name in names.split()]


_OWN_COLUMNS: dict[str, list[tuple[str, pa.DataType]]] = {
    FHIR_RESOURCES: [
        ("resource_type", LABEL),
        *_fields(TEXT, "resource_id version_id last_updated full_url resource change"),
    ],
    X12_SEGMENTS: [
        *_fields(NUMBER, "interchange_index group_index transaction_index"),
        *_fields(LABEL, "transaction_type implementation segment_id"),
        ("segment", TEXT),
        *_fields(
            LABEL,
            "element_separator component_separator repetition_separator"
            " segment_terminator",
        ),
    ],
    HL7V2_SEGMENTS: [
        *_fields(NUMBER, "message_index segment_index batch_index"),
        ("message_control_id", TEXT),
        *_fields(
            LABEL,
            "sending_application sending_facility message_type trigger_event version",
        ),
        ("message_at", TEXT),
        *_fields(
            LABEL,
            "charset field_separator component_separator repetition_separator"
            " escape_character subcomponent_separator segment_id",
        ),
        ("segment", TEXT),
    ],
    **{
        feed.name: _fields(TEXT, " ".join((*feed.columns, EXTRA)))
        for feed in (*FEEDS.values(), *SYNTHEA.values())
    },
}

_LOADED_SCHEMAS = {
    table: pa.schema(
        [
            ("_file_id", LABEL),
            (POSITION, NUMBER),
            ("_data_source", LABEL),
            ("_batch_id", LABEL),
            ("_loaded_at", TIME),
            *columns,
        ]
    )
    for table, columns in _OWN_COLUMNS.items()
}

_LOG_SCHEMAS = {
    LOAD_LOG: pa.schema(
        [
            *_fields(TEXT, "file_id batch_id data_source file_name"),
            *_fields(NUMBER, "file_size modified_ns changed_ns"),
            *_fields(TEXT, "format feed outcome"),
            *_fields(
                NUMBER, "received_count loaded_count duplicate_count rejected_count"
            ),
            ("reason", TEXT),
            ("loaded_at", TIME),
            ("readers_version", NUMBER),
            ("mapping_id", TEXT),
        ]
    ),
    REJECTS: pa.schema(
        [
            *_fields(TEXT, "file_id batch_id data_source file_name"),
            ("position", NUMBER),
            *_fields(TEXT, "reason_code reason"),
            ("record_count", NUMBER),
            ("record_text", TEXT),
            ("loaded_at", TIME),
        ]
    ),
    RUN: pa.schema(
        [("as_of", TIME), *_fields(TEXT, "ingest_id hash_key"), ("started_at", TIME)]
    ),
    SOURCES: pa.schema(_fields(TEXT, "data_source time_zone submitter_zone")),
}

SCHEMAS: dict[str, pa.Schema] = {**_LOADED_SCHEMAS, **_LOG_SCHEMAS}
"""Every raw table and its columns, in order."""

LOADED_TABLES = tuple(_LOADED_SCHEMAS)
"""The raw tables that hold what senders sent, each row with its file and position."""


def reader_schema(table: str) -> pa.Schema:
    """Return what a reader fills of a raw table: its position and own columns."""
    return pa.schema([(POSITION, NUMBER), *_OWN_COLUMNS[table]])


def batch_file(raw: Path, table: str, batch_id: str) -> Path:
    """Return where one batch of one raw table lies."""
    return raw / table / f"{batch_id}.parquet"


def parquet_writer(target: Any, table: str) -> pq.ParquetWriter:  # noqa: ANN401
    """Open a Parquet writer for a raw table on a writable binary file.

    The Arrow schema is not stored: labels are plain text to every reader.
    """
    schema = SCHEMAS[table]
    few_values = [field.name for field in schema if field.type in (LABEL, TIME)]
    counters = [field.name for field in schema if field.type == NUMBER]
    return pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        use_dictionary=few_values,
        column_encoding=dict.fromkeys(counters, "DELTA_BINARY_PACKED"),
        store_schema=False,
    )


def write_empty_tables(raw: Path) -> None:
    """Give every raw table its folder and an empty file that carries its columns.

    A file that holds these bytes already stays untouched; any other is replaced.
    """
    for table in SCHEMAS:
        target = batch_file(raw, table, "_schema")
        content = _empty_file(table)
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".draft")
        draft.write_bytes(content)
        draft.replace(target)


def _empty_file(table: str) -> bytes:
    content = io.BytesIO()
    with parquet_writer(content, table) as writer:
        writer.write_table(SCHEMAS[table].empty_table())
    return content.getvalue()
