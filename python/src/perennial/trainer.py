"""A function becomes a trainer."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NoReturn, overload

import pandas as pd

from . import progress
from .errors import PerennialError
from .frames import frame_of, open_values, read_arrow
from .leave import leave
from .spec import Spec, read_spec

Fit = Callable[[Any, Any, Spec], Any]
Frames = Literal["pandas", "arrow"]
FOLDER_SETTING = "PERENNIAL_FOLDER"
PARTS = ("train", "validation", "test")


class Trainer:
    """A function ``fit(train, validation, spec)`` that Perennial can ask. Called, it is the function itself."""

    def __init__(self, function: Fit, name: str | None, frames: Frames) -> None:
        if frames not in ("pandas", "arrow"):
            raise PerennialError(f'frames: "{frames}" is neither "pandas" nor "arrow".')
        _check_parameters(function)
        self.function = function
        self.name = name or getattr(function, "__name__", "fit")
        self.frames = frames
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    def __call__(self, train: Any, validation: Any, spec: Spec) -> Any:
        return self.function(train, validation, spec)

    def __repr__(self) -> str:
        return f"<trainer {self.name}>"

    @property
    def reference(self) -> str:
        """Where another process finds it: ``/path/of/file.py:function``."""
        path = inspect.getsourcefile(self.function)
        if path is None:
            raise PerennialError(f"The trainer {self.name} has no file.", "Write it into a file, so that a process of its own can run it.")
        return f"{os.path.abspath(path)}:{self.function.__qualname__}"

    def run(self, folder: str | os.PathLike[str] | None = None) -> NoReturn:
        """Fits what the folder asks for (``PERENNIAL_FOLDER`` unless given) and ends the process: 0 when the model is there."""
        run_and_exit(lambda: self.fit_folder(folder_of(folder)))

    def fit_folder(self, folder: Path) -> list[str]:
        """The same without ending the process. Returns the names of the files that were written."""
        spec = read_spec(folder)
        progress.begin(spec.said)
        try:
            parts = {part: read_arrow(folder, part) for part in PARTS}
            frames = frames_of(parts, spec)
            given = parts if self.frames == "arrow" else frames
            made = self.function(given["train"], given["validation"], spec)
            return leave(made, spec, frames)
        finally:
            progress.begin(None)


def frames_of(parts: Mapping[str, Any], spec: Spec) -> dict[str, pd.DataFrame]:
    """Tables as frames; a category without declared values has those of the rows that are learnt from, in all parts."""
    values = open_values(spec, parts["train"], parts["validation"])
    return {part: frame_of(table, spec, values) for part, table in parts.items()}


def load(folder: str | os.PathLike[str]) -> tuple[pd.DataFrame, pd.DataFrame, Spec]:
    """``train, validation, spec`` as a trainer gets them, to try one by hand, in a notebook say."""
    place = folder_of(folder)
    spec = read_spec(place)
    frames = frames_of({part: read_arrow(place, part) for part in PARTS}, spec)
    return frames["train"], frames["validation"], spec


def _check_parameters(function: Fit) -> None:
    if not callable(function):
        raise PerennialError("A trainer is a function fit(train, validation, spec).")
    parameters = list(inspect.signature(function).parameters.values())
    positional = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    required = [one for one in positional if one.default is one.empty]
    is_open = any(one.kind is one.VAR_POSITIONAL for one in parameters)
    if len(required) > 3 or (len(positional) < 3 and not is_open):
        name = getattr(function, "__name__", "fit")
        raise PerennialError(f"The trainer {name} takes {len(positional)} parameters.", "It takes three: fit(train, validation, spec).")


@overload
def trainer(function: Fit) -> Trainer: ...
@overload
def trainer(*, name: str | None = None, frames: Frames = "pandas") -> Callable[[Fit], Trainer]: ...
def trainer(
    function: Fit | None = None, *, name: str | None = None, frames: Frames = "pandas"
) -> Trainer | Callable[[Fit], Trainer]:
    """Makes a function a trainer.

    It gets the rows to learn from, the rows to choose by, and the spec, and returns one of: a scikit-learn estimator or
    pipeline, a LightGBM or XGBoost model, an ONNX model (``ModelProto`` or bytes), the path of a model file, or any of
    these in ``Trained`` with more to say. ``frames``: ``pandas``, or ``arrow`` for ``pyarrow.Table``.
    """
    if function is not None:
        return Trainer(function, name, frames)
    return lambda wrapped: Trainer(wrapped, name, frames)


def folder_of(given: str | os.PathLike[str] | None = None) -> Path:
    """The folder of the training that this process is asked for."""
    named = given if given is not None else os.environ.get(FOLDER_SETTING)
    if not named:
        raise PerennialError(
            f"{FOLDER_SETTING} is not set.",
            "Perennial sets it when it runs a trainer; to try one by hand, set it to the folder of a training.",
            code="configuration",
        )
    path = Path(named).resolve()
    if not path.is_dir():
        raise PerennialError(f"There is no folder {path}.", f"{FOLDER_SETTING} names the folder of a training.", code="configuration")
    return path


def run_and_exit(work: Callable[[], object]) -> NoReturn:
    """Ends the process: 0, or 1 with one sentence; what the trainer's own code raised is shown with its lines."""
    try:
        work()
    except PerennialError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("error: the trainer was ended.\n")
        sys.exit(130)
    except Exception as error:
        sys.stderr.write("".join(traceback.format_exception(type(error), error, _own_lines(error))))
        sys.exit(1)
    sys.stdout.flush()
    sys.exit(0)


def _own_lines(error: BaseException) -> Any:
    """The traceback from the trainer's own code on; all of it where none of that is in it."""
    here = os.path.dirname(os.path.abspath(__file__)) + os.sep
    at = error.__traceback__
    while at is not None and os.path.abspath(at.tb_frame.f_code.co_filename).startswith(here):
        at = at.tb_next
    return at if at is not None else error.__traceback__
