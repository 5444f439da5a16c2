"""The processes that the platform starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from folders import make_folder, predictions, report

PLAIN = """
import perennial
{more}
@perennial.trainer
def fit(train, validation, spec):
{body}

if __name__ == "__main__":
    fit.run()
"""
TREE = """
    from sklearn.pipeline import make_pipeline
    from sklearn.compose import make_column_transformer
    from sklearn.preprocessing import OneHotEncoder
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    numbers = ["basket", "device age", "club"]
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["country"]), (SimpleImputer(), numbers)),
        LogisticRegression(max_iter=500),
    )
    for step in range(5):
        spec.progress(step + 1, 5, loss=1 / (step + 1))
    perennial.log_metrics({"tried": 5})
    return model.fit(spec.x(train)[["country", *numbers]], spec.y(train))
"""


def run(code: Path, words: list[str], folder: Path | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PERENNIAL_")}
    if folder is not None:
        environment["PERENNIAL_FOLDER"] = str(folder)
    return subprocess.run([sys.executable, *words], cwd=code, env=environment, capture_output=True, text=True, timeout=120, check=False)


def program(folder: Path, body: str, more: str = "") -> Path:
    code = folder / "code"
    code.mkdir()
    (code / "train.py").write_text(PLAIN.format(body=body, more=more))
    return code


@pytest.mark.parametrize("words", [["train.py"], ["-m", "perennial", "train", "train:fit"], ["-m", "perennial", "train", "train.py:fit"]])
def test_a_function_is_a_command(tmp_path: Path, words: list[str]) -> None:
    folder = make_folder(tmp_path / "folder")
    code = program(tmp_path, TREE)
    (code / "requirements.lock").write_text("scikit-learn==1\n")
    done = run(code, words, folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        "model.onnx", "predictions.parquet", "progress.jsonl", "report.json", "spec.json",
    ]  # fmt: skip
    given = predictions(folder)
    assert len(given) == 240 and all(abs(sum(one) - 1) < 1e-9 for one in given.values())
    said = report(folder)
    assert said["metrics"] == {"loss": 0.2, "tried": 5}
    environment = said["environment"]
    assert environment["lock"].startswith("sha256:") and "package scikit-learn" in environment and environment["python"].startswith("3.")
    lines = [json.loads(line) for line in (folder / "progress.jsonl").read_text().splitlines()]
    assert lines[-1]["done"] <= lines[-1]["of"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    return None", "error: The trainer returned nothing. Return the model that it fitted.\n"),
        ("    return 7", "error: The trainer returned a builtins.int, for which there is no file format."),
        ("    return 'model.pkl'", "error: model.pkl is a pickled object, which runs code when it is read."),
        ("    return b'\\x80\\x04abc'", "error: The model is a pickled object"),
        ("    return 'nothing.onnx'", "error: There is no file "),
        ("    return 'model.bin'", 'error: "model.bin" is no model file.'),
        ("    return spec.y(train[[]])", 'error: These rows have no column "outcome"'),
        ("    from sklearn.linear_model import LogisticRegression\n    return LogisticRegression()", "error: The LogisticRegression was not fitted."),
        ("    from sklearn.svm import LinearSVC\n    return LinearSVC().fit(spec.x(train)[['basket']], spec.y(train))", "error: The LinearSVC gives no probabilities."),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, body: str, said: str) -> None:
    folder = make_folder(tmp_path / "folder")
    done = run(program(tmp_path, body), ["train.py"], folder)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr and done.stderr.count("\n") == 1
    assert not (folder / "model.onnx").exists()


def test_an_error_of_the_trainer_is_shown_from_its_own_code_on(tmp_path: Path) -> None:
    done = run(program(tmp_path, "    return train['baskets']"), ["-m", "perennial", "train", "train:fit"], make_folder(tmp_path / "folder"))
    assert done.returncode == 1
    assert "Traceback" in done.stderr and "train['baskets']" in done.stderr
    assert "perennial/trainer.py" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-m", "perennial", "train", "train"], '"train" names no trainer'),
        (["-m", "perennial", "train", "other:fit"], 'There is no module "other"'),
        (["-m", "perennial", "train", "train:fitted"], '"fitted" has nothing of that name. It has fit.'),
        (["-m", "perennial", "train", "train:perennial"], '"perennial" is no trainer'),
        (["-m", "perennial"], "Usage: python -m perennial train"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, words: list[str], said: str) -> None:
    done = run(program(tmp_path, "    return 1"), words, make_folder(tmp_path / "folder"))
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_without_a_folder_it_says_who_sets_it(tmp_path: Path) -> None:
    done = run(program(tmp_path, "    return 1"), ["train.py"], None)
    assert done.returncode == 1 and "PERENNIAL_FOLDER is not set" in done.stderr


def notebook(path: Path, cells: list[tuple[str | None, str]]) -> Path:
    made = [
        {"cell_type": "code", "metadata": {"tags": [tag] if tag else []}, "source": source.splitlines(keepends=True), "outputs": []}
        for tag, source in cells
    ]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}))
    return path


FITTED = (
    "from sklearn.tree import DecisionTreeClassifier\n"
    "model = DecisionTreeClassifier(max_depth=depth).fit(spec.x(train)[['basket']], spec.y(train))\n"
    "spec.progress(1, 1, depth=model.get_depth())"
)


def test_a_notebook_is_a_command(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "folder")
    cells = [(None, "raise SystemExit('not for training')"), ("train", FITTED), ("parameters", "depth = 9"), (None, "%matplotlib inline")]
    notebook(tmp_path / "train.ipynb", cells)
    done = run(tmp_path, ["-m", "perennial.notebook", "train.ipynb"], folder)
    assert (done.returncode, done.stderr) == (0, "")
    # The setting of the definition took the place of the notebook's own.
    assert report(folder)["metrics"] == {"depth": 3}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([(None, "model = 1")], 'has no code cell tagged "train"'),
        ([("train", "x = 1")], 'leave no variable "model"'),
        ([("train", "!pip install x")], "cell 1: '!pip install x' is a command of the notebook"),
    ],
)
def test_a_notebook_that_is_no_trainer_is_refused(tmp_path: Path, cells: list[tuple[str | None, str]], said: str) -> None:
    notebook(tmp_path / "train.ipynb", cells)
    done = run(tmp_path, ["-m", "perennial.notebook", "train.ipynb"], make_folder(tmp_path / "folder"))
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_an_error_in_a_cell_names_the_cell(tmp_path: Path) -> None:
    notebook(tmp_path / "train.ipynb", [("train", "a = 1\nmodel = a / 0")])
    done = run(tmp_path, ["-m", "perennial.notebook", "train.ipynb"], make_folder(tmp_path / "folder"))
    assert done.returncode == 1
    assert 'File "train.ipynb, cell 1", line 2' in done.stderr and "model = a / 0" in done.stderr and "notebook.py" not in done.stderr
