"""A Parquet file that is there as a whole or not at all."""

import os
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write_whole(target: Path, rows: pa.Table) -> None:
    """Write a file aside and rename it: a reader sees the old, or all of the new.

    Its folder is made where it is missing. Raises OSError when it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{uuid.uuid4().hex[:8]}.draft")
    try:
        with draft.open("wb") as file:
            # As raw: plain text to every reader.
            pq.write_table(rows, file, compression="zstd", store_schema=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
