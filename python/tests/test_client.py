from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from perennial import PerennialError, log_labels, predict, read_snapshot
from perennial.client.ask import client_id
from perennial.client.door import Door
from server import problem, platform

ROW = {"basket": 3.5, "country": None}


def answered(count: int) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, json.dumps({"model": "m", "predictions": [{"label": "yes", "version": 1}] * count}).encode()


def test_rows_of_every_form_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with platform() as known:
        monkeypatch.setenv("PERENNIAL_URL", known.url)
        monkeypatch.setenv("PERENNIAL_TOKEN", "secret")
        known.answers = [answered(1), answered(2)]
        assert predict("a b", {"basket": np.float32(0.5), "club": np.bool_(True), "at": datetime(2026, 1, 5, 12, tzinfo=timezone.utc)})[0]["label"] == "yes"
        frame = pd.DataFrame({"basket": [1.0, np.nan], "country": pd.Categorical(["DE", None]), "at": pd.to_datetime(["2026-01-05", None])})
        assert len(predict("a b", frame, prediction_ids=["x", "y"])) == 2
    (method, path, headers, first), (_, _, _, second) = known.asked
    assert (method, path, headers["authorization"]) == ("POST", "/v1/models/a%20b/predict", "Bearer secret")
    assert json.loads(first)["rows"] == [{"basket": 0.5, "club": True, "at": "2026-01-05T12:00:00.000Z"}]
    assert json.loads(second) == {
        "rows": [{"basket": 1.0, "country": "DE", "at": "2026-01-05T00:00:00.000Z"}, {"basket": None, "country": None, "at": None}],
        "predictionIds": ["x", "y"],
    }


def test_explanations_are_asked_for_by_fewer_rows() -> None:
    with platform() as known:
        known.answers = [answered(100), answered(1), answered(1)]
        assert len(predict("m", [ROW] * 101, url=known.url, token="t", explain=True)) == 101
        predict("m", ROW, url=known.url, token="t", explain=2)
    bodies = [json.loads(body) for _, _, _, body in known.asked]
    assert [(len(body["rows"]), body["explain"]) for body in bodies] == [(100, True), (1, True), (1, {"top": 2})]


def test_long_lists_go_in_several_requests() -> None:
    with platform() as known:
        known.answers = [answered(500), answered(3)]
        assert len(predict("m", [ROW] * 503, url=known.url, token="t")) == 503
        known.answers = [(202, {}, b'{"accepted": 500}'), (202, {}, b'{"accepted": 1}')]
        assert log_labels("m", {f"p-{at}": "yes" for at in range(501)}, url=known.url, token="t") == 501
    labels = json.loads(known.asked[-1][3])["labels"]
    assert labels[0]["predictionId"] == "p-500" and uuid.UUID(labels[0]["labelId"]).version == 7


def test_what_may_succeed_later_is_sent_again_with_the_same_ids() -> None:
    with platform() as known:
        known.answers = [(503, {"retry-after": "0"}, b"busy"), (429, {}, problem("rate_limited", "Too many.", True)), answered(1)]
        predict("m", [ROW], url=known.url, token="t")
    assert len(known.asked) == 3 and len({body for *_, body in known.asked}) == 1


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-length": "100", "connection": "close"}, b'{"model": "m", "predictions": ['),
        ({"content-length": "0", "transfer-encoding": "chunked", "connection": "close"}, b"40\r\n{"),
    ],
)
def test_an_answer_that_is_cut_off_is_asked_for_again(headers: dict[str, str], body: bytes) -> None:
    with platform() as known:
        known.answers = [(200, headers, body), answered(1)]
        assert predict("m", [ROW], url=known.url, token="t")[0]["label"] == "yes"
    assert len(known.asked) == 2


def test_a_refusal_is_a_sentence_and_is_not_sent_again() -> None:
    with platform() as known:
        known.answers = [(400, {}, problem("invalid_request", 'rows[0] has the unknown field "contry".'))]
        with pytest.raises(PerennialError) as error:
            predict("m", [ROW], url=known.url, token="t")
    assert (error.value.code, error.value.status, error.value.request_id) == ("invalid_request", 400, "r-1")
    assert str(error.value) == 'rows[0] has the unknown field "contry". Do otherwise.'
    assert len(known.asked) == 1


def test_a_redirect_does_not_carry_the_token_away() -> None:
    with platform() as known, platform() as other:
        known.answers = [(307, {"location": f"{other.url}/v1"}, b"")]
        with pytest.raises(PerennialError):
            predict("m", [ROW], url=known.url, token="t")
    assert other.asked == []


def test_a_row_that_no_version_could_answer_is_named() -> None:
    with platform() as known:
        known.answers = [(200, {}, json.dumps({"predictions": [{"label": "a"}, {"error": {"code": "no_champion", "detail": "nobody"}}]}).encode())]
        with pytest.raises(PerennialError, match=r"rows\[1\]: nobody"):
            predict("m", [ROW, ROW], url=known.url, token="t")


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [(None, "t", "PERENNIAL_URL is not set"), ("127.0.0.1:1", "t", "must begin with http"), ("http://127.0.0.1:1", None, "PERENNIAL_TOKEN is not set")],
)
def test_what_is_not_configured_is_named(url: str | None, token: str | None, said: str) -> None:
    with pytest.raises(PerennialError, match=said):
        predict("m", [ROW], url=url, token=token)


def test_nobody_there_is_a_sentence() -> None:
    with platform() as known:
        url = known.url
    with pytest.raises(PerennialError, match=r"cannot be reached \(Connection refused\)") as error:
        Door(url, "secret", timeout_seconds=0.5).ask("GET", "/v1/models")
    assert error.value.code == "unreachable" and "secret" not in repr(Door(url, "secret"))


def test_cells_that_are_no_json_are_named() -> None:
    for value, said in ((float("inf"), "rows[0].basket is infinite"), ({}, "rows[0].basket is a dict")):
        with pytest.raises(PerennialError) as error:
            predict("m", [{"basket": value}], url="http://127.0.0.1:1", token="t")
        assert said in str(error.value)


def test_ids_sort_by_time() -> None:
    ids = [client_id() for _ in range(3)]
    assert len({*ids}) == 3 and ids[0][:8] <= ids[2][:8]


def test_a_snapshot_is_read_from_a_file_and_over_http(tmp_path: Path) -> None:
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    path = tmp_path / "rows.parquet"
    pq.write_table(table, path)
    assert read_snapshot(path).equals(table)
    (tmp_path / "rows.csv").write_text("a,b\n1,x\n")
    assert read_snapshot(tmp_path / "rows.csv", form="pandas").to_dict("records") == [{"a": 1, "b": "x"}]
    content = path.read_bytes()
    with platform() as known:
        known.answers = [(503, {}, b""), (200, {}, content)]
        digest = f"sha256:{'ab' * 32}"
        assert read_snapshot(digest, url=known.url, token="t").equals(table)
    assert known.asked[0][1] == f"/v1/snapshots/{digest}/rows?format=parquet"
    with pytest.raises(PerennialError, match="There is no file"):
        read_snapshot(tmp_path / "nothing.parquet")
    with pytest.raises(PerennialError, match="no file of a snapshot"):
        read_snapshot("orders")
