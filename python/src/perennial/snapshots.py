"""Rows of a snapshot, as Arrow or pandas."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from .client.door import Door, door_of
from .errors import PerennialError

EXPORT_SECONDS_MAX = 600.0


def read_snapshot(
    source: str | os.PathLike[str],
    *,
    form: Literal["arrow", "pandas"] = "arrow",
    url: str | None = None,
    token: str | None = None,
) -> Any:
    """Reads a file that ``perennial snapshot export`` wrote (Parquet, CSV, NDJSON, by its ending), or over HTTP a snapshot
    by its digest (``sha256:…``; the token is an operator's, and the reading is written into the audit)."""
    if form not in ("arrow", "pandas"):
        raise PerennialError(f'form: "{form}" is neither "arrow" nor "pandas".', code="configuration")
    name = os.fspath(source)
    table = _over_http(name, door_of(url, token)) if name.startswith("sha256:") else _from_file(Path(name))
    return table if form == "arrow" else table.to_pandas()


def _from_file(path: Path) -> Any:
    readers = {".parquet": pq.read_table, ".csv": pa_csv.read_csv, ".ndjson": pa_json.read_json, ".jsonl": pa_json.read_json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise PerennialError(f'"{path.name}" is no file of a snapshot.', f"It ends with {', '.join(readers)}.", code="configuration")
    if not path.is_file():
        raise PerennialError(f"There is no file {path}.", "Write it: perennial snapshot export DIGEST.", code="configuration")
    try:
        return reader(path)
    except (OSError, ValueError) as cause:  # Arrow's own errors are of these kinds.
        raise PerennialError(f"{path.name} cannot be read ({cause}).", code="invalid_data") from None


def _over_http(digest: str, door: Door) -> Any:
    with tempfile.TemporaryDirectory(prefix="perennial-") as folder:
        path = Path(folder) / "rows.parquet"

        def attempt(seconds: float) -> None:
            place = f"/v1/snapshots/{quote(digest, safe=':')}/rows?format=parquet"
            with door.open("GET", place, None, {}, seconds) as answer, door.reading(place, seconds):
                expected = answer.headers.get("content-length")
                with path.open("wb") as file:
                    shutil.copyfileobj(answer, file, 1024 * 1024)
            if expected is not None and path.stat().st_size != int(expected):
                raise PerennialError("The snapshot was cut off on its way.", "Ask again.", code="unavailable", retryable=True)

        door.repeat(attempt, EXPORT_SECONDS_MAX)
        return pq.read_table(path, memory_map=False)
