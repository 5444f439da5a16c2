"""Predictions and labels of one model."""

from __future__ import annotations

import datetime
import math
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from ..errors import PerennialError
from .door import Door, door_of

ROWS_PER_REQUEST = 500
EXPLAINED_ROWS_PER_REQUEST = 100
ADDRESSES = ("PERENNIAL_INFERENCE_URL", "PERENNIAL_URL")


def predict(
    model: str,
    rows: pd.DataFrame | Sequence[Mapping[str, Any]] | Mapping[str, Any],
    *,
    url: str | None = None,
    token: str | None = None,
    prediction_ids: Sequence[str] | None = None,
    explain: bool | int = False,
) -> list[dict[str, Any]]:
    """Asks a model about rows; the answers are in the order of the rows, each as the API gives it.

    ``rows``: a frame, or objects by feature; a missing value is None, NaN or NaT. Without ``url`` and ``token``
    PERENNIAL_INFERENCE_URL (or PERENNIAL_URL) and PERENNIAL_TOKEN are taken. ``prediction_ids``: ids of yours, sent again
    with the same one a row counts once. ``explain``: True, or how many features to name: each answer then has an
    ``explanation``. Long lists go in several requests, one after the other.
    """
    door = door_of(url, token, *ADDRESSES)
    plain: list[Any] = [rows] if isinstance(rows, Mapping) else rows.to_dict("records") if isinstance(rows, pd.DataFrame) else list(rows)
    cells = [{str(name): _cell(value, f"rows[{at}].{name}") for name, value in row.items()} for at, row in enumerate(plain)]
    ids = [client_id() for _ in cells] if prediction_ids is None else [str(one) for one in prediction_ids]
    if len(ids) != len(cells):
        raise PerennialError(f"There are {len(cells)} rows and {len(ids)} prediction ids.", "Give one id for each row.", code="invalid_request")
    path = f"/v1/models/{quote(model, safe='')}/predict"
    answers: list[dict[str, Any]] = []
    # 0 is no False: it is refused where it is read, as every other number of features that cannot be named.
    asked: dict[str, Any] = {} if explain is False else {"explain": True if explain is True else {"top": explain}}
    size = EXPLAINED_ROWS_PER_REQUEST if asked else ROWS_PER_REQUEST
    for at in range(0, len(cells), size):
        part = slice(at, at + size)
        answers += _answers(door, path, {"rows": cells[part], "predictionIds": ids[part], **asked}, at)
    return answers


def _answers(door: Door, path: str, body: Mapping[str, Any], at: int) -> list[dict[str, Any]]:
    given = door.ask("POST", path, body)
    found = given.get("predictions") if isinstance(given, dict) else None
    if not isinstance(found, list) or len(found) != len(body["rows"]):
        raise PerennialError(f"The answer to POST {path} has not one prediction for each row.", code="unknown_answer")
    for place, answer in enumerate(found):
        error = answer.get("error") if isinstance(answer, dict) else None
        if isinstance(error, dict):
            raise PerennialError(
                f"rows[{at + place}]: {error.get('detail', 'no version could answer')}",
                "Ask for the other rows without this one; its failure is logged and counted with the model.",
                code=str(error.get("code", "internal")), path=f"rows[{at + place}]",
            )  # fmt: skip
    return found


def log_labels(
    model: str,
    labels: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    *,
    url: str | None = None,
    token: str | None = None,
) -> int:
    """Reports how predictions came out: ``{prediction id: label}``, or objects as the API takes them (``predictionId``, or
    ``entity`` and ``time``; ``label``; ``labelId``). Late, repeated and corrected labels are welcome. Returns how many were
    accepted; they are on disk then."""
    door = door_of(url, token, *ADDRESSES)
    listed = (
        [{"predictionId": str(name), "label": value} for name, value in labels.items()]
        if isinstance(labels, Mapping)
        else [dict(one) for one in labels]
    )
    # An id that was made before the first attempt lets a repeated request count once.
    cells = [
        {"labelId": client_id(), **{str(name): _cell(value, f"labels[{at}].{name}") for name, value in one.items()}}
        for at, one in enumerate(listed)
    ]
    accepted = 0
    for at in range(0, len(cells), ROWS_PER_REQUEST):
        given = door.ask("POST", "/v1/labels", {"model": model, "labels": cells[at : at + ROWS_PER_REQUEST]})
        accepted += int(given.get("accepted", 0)) if isinstance(given, dict) else 0
    return accepted


def _cell(value: Any, path: str) -> Any:
    """As JSON has it; instants as ISO 8601 in UTC."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            raise PerennialError(f"{path} is infinite.", "Give a finite number, or None.", code="invalid_request", path=path)
        return value
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, datetime.datetime):
        moment = value if value.tzinfo is not None else value.replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raise PerennialError(
        f"{path} is a {type(value).__name__}.", "Give text, a number, a truth value, an instant or None.", code="invalid_request", path=path
    )


def client_id() -> str:
    """A UUID of version 7 (RFC 9562): ids of predictions sort by the time at which they were made."""
    milliseconds = int(time.time() * 1000)
    noise = bytearray(os.urandom(10))
    noise[0] = 0x70 | (noise[0] & 0x0F)
    noise[2] = 0x80 | (noise[2] & 0x3F)
    text = f"{milliseconds:012x}{noise.hex()}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
