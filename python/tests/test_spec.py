from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from folders import CLASSES, COUNTRIES, make_folder
from perennial import PerennialError, Spec, load, trainer
from perennial.frames import read_arrow
from perennial.spec import read_spec
from perennial.trainer import frames_of


def frames(folder: Path) -> tuple[Spec, dict[str, pd.DataFrame]]:
    spec = read_spec(folder)
    return spec, frames_of({part: read_arrow(folder, part) for part in ("train", "validation", "test")}, spec)


def test_a_folder_is_loaded_by_hand(tmp_path: Path) -> None:
    train, validation, spec = load(make_folder(tmp_path))
    assert (len(train), len(validation), spec.task) == (360, 120, "binary")


def test_frames_have_the_types_of_the_definition(tmp_path: Path) -> None:
    spec, given = frames(make_folder(tmp_path))
    train = given["train"]
    assert train.index.name == "_order" and train.index.is_monotonic_increasing
    assert {name: str(train[name].dtype) for name in spec.features} == {
        "basket": "float64", "device age": "float64", "country": "category", "club": "boolean", "at": "datetime64[ms, UTC]",
    }  # fmt: skip
    assert list(train["country"].cat.categories) == COUNTRIES
    assert set(spec.y(train)) == set(CLASSES["binary"])
    assert train["club"].isna().any() and train["device age"].isna().any() and train["country"].isna().any()
    assert str(train["at"].iloc[0]) == "2023-11-14 22:13:20+00:00"
    # What a model is judged by is not shown.
    assert "outcome" not in given["test"].columns


def test_numbers_are_what_the_model_is_asked_with(tmp_path: Path) -> None:
    _, given = frames(make_folder(tmp_path))
    basket = given["train"]["basket"].to_numpy()
    assert (basket == basket.astype(np.float32)).all()


def test_x_is_text_and_numbers(tmp_path: Path) -> None:
    spec, given = frames(make_folder(tmp_path))
    x = spec.x(given["test"])
    assert list(x.columns) == spec.features
    assert set(x["country"]) == {*COUNTRIES, ""}
    assert x["club"].isna().any() and set(x["club"].dropna()) == {0.0, 1.0}
    assert x["at"].iloc[0] == np.float32(given["test"]["at"].iloc[0].timestamp() * 1000)
    as_category = spec.x(given["test"], categories="category")
    assert str(as_category["country"].dtype) == "category" and as_category["country"].isna().any()


def test_codes_follow_the_order_of_the_definition(tmp_path: Path) -> None:
    spec, given = frames(make_folder(tmp_path))
    words, codes = spec.y(given["train"]), spec.codes(given["train"])
    assert [spec.classes[code] for code in codes] == list(words)


def test_labels_of_the_test_are_refused(tmp_path: Path) -> None:
    spec, given = frames(make_folder(tmp_path))
    with pytest.raises(PerennialError, match="not shown to its trainer"):
        spec.y(given["test"])


def test_a_category_without_declared_values_has_those_of_its_rows(tmp_path: Path) -> None:
    features = [{"name": "country", "kind": "category", "missing": "allow", "isDerived": False}]
    _, given = frames(make_folder(tmp_path, features=features))
    assert list(given["train"]["country"].cat.categories) == COUNTRIES


def test_a_release_has_no_rows_beside_those_to_learn_from(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    make_folder(tmp_path, stage="release")
    for part in ("validation", "test"):
        path = tmp_path / part / "rows.parquet"
        pq.write_table(pq.read_table(path).slice(0, 0), path)
    spec, given = frames(tmp_path)
    assert len(given["validation"]) == 0 and len(spec.x(given["test"])) == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"formatVersion": 2}, "formatVersion is 2"),
        ({"task": "ranking"}, 'task "ranking"'),
        ({"target": {"column": "outcome", "classes": ["one"]}}, "target.classes does not fit"),
        ({"features": []}, "features is empty"),
        ({"features": [{"name": "a", "kind": "image"}]}, 'kind "image" is none of'),
        ({"seed": "x"}, "seed is missing or of another type"),
    ],
)
def test_a_spec_of_another_form_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    make_folder(tmp_path)
    path = tmp_path / "spec.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(PerennialError, match=said):
        read_spec(tmp_path)


def test_the_end_is_told_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(tmp_path)
    assert read_spec(tmp_path).seconds_left is None
    monkeypatch.setenv("PERENNIAL_DEADLINE_MS", "1")
    assert read_spec(tmp_path).seconds_left == 0


def test_a_function_of_other_parameters_is_no_trainer() -> None:
    with pytest.raises(PerennialError, match="takes three"):

        @trainer
        def fit(train: object) -> None: ...  # type: ignore[arg-type]
