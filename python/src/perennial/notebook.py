"""A notebook with tagged cells is a trainer: ``python -m perennial.notebook train.ipynb``.

Cells tagged ``parameters`` run first; a setting of the definition takes the place of the variable of its name. Then cells
tagged ``train`` run in their order, in a namespace that knows ``train``, ``validation`` and ``spec``, and leave ``model``
(and, where they like, ``predict``, as in ``Trained``). No notebook server takes part, and no other cell runs.
"""

from __future__ import annotations

import json
import linecache
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import PerennialError
from .spec import Spec
from .trained import Trained
from .trainer import Trainer, folder_of, run_and_exit

NOTEBOOK_BYTES_MAX = 64 * 1024 * 1024
TAGS = ("parameters", "train")


@dataclass(frozen=True)
class Cell:
    number: int
    tag: str
    source: str


def read_cells(path: Path) -> list[Cell]:
    """The tagged code cells. Raises PerennialError."""
    try:
        if path.stat().st_size > NOTEBOOK_BYTES_MAX:
            raise PerennialError(f"{path.name} is larger than 64 MiB.", "Clear its outputs.")
        raw = json.loads(path.read_text("utf-8"))
        cells = raw["cells"]
    except OSError as cause:
        raise PerennialError(f"{path} cannot be read ({cause.strerror}).", code="configuration") from None
    except (ValueError, KeyError, TypeError):
        raise PerennialError(f"{path.name} is no notebook of version 4.", "Save it once with a current Jupyter.") from None
    found: list[Cell] = []
    for number, cell in enumerate(cells, start=1):
        tags = (cell.get("metadata") or {}).get("tags") or []
        tag = next((tag for tag in TAGS if tag in tags), None)
        if tag is None or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        _refuse_magic(path, number, text)
        found.append(Cell(number, tag, text))
    if not any(cell.tag == "train" for cell in found):
        raise PerennialError(
            f'{path.name} has no code cell tagged "train".', 'Tag the cells that fit the model (View, Cell Toolbar, Tags) with "train".'
        )
    return sorted(found, key=lambda cell: TAGS.index(cell.tag))


def _refuse_magic(path: Path, number: int, text: str) -> None:
    for line in text.splitlines():
        if line.lstrip().startswith(("%", "!")):
            raise PerennialError(
                f"{path.name}, cell {number}: {line.strip()[:60]!r} is a command of the notebook, not Python.", "Move it into a cell without a tag."
            )


def notebook_trainer(path: str | Path) -> Trainer:
    """The same as a decorated function."""
    place = Path(path).resolve()
    cells = read_cells(place)

    def fit(train: Any, validation: Any, spec: Spec) -> Any:
        space: dict[str, Any] = {"__name__": "__notebook__", "train": train, "validation": validation, "spec": spec}
        for cell in cells:
            _run(place, cell, space)
            if cell.tag == "parameters":
                # What the definition says takes the place of what the notebook tries with.
                space.update({name: value for name, value in spec.settings.items() if name in space and name not in ("train", "validation", "spec")})
        if space.get("model") is None:
            raise PerennialError(f'The cells of {place.name} tagged "train" leave no variable "model".', "Assign the fitted model to it.")
        model = space["model"]
        return model if isinstance(model, Trained) or not callable(space.get("predict")) else Trained(model, predict=space["predict"])

    return Trainer(fit, place.stem, "pandas")


def _run(path: Path, cell: Cell, space: dict[str, Any]) -> None:
    name = f"{path.name}, cell {cell.number}"
    # So that a traceback shows the line.
    linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(keepends=True), name)
    exec(compile(cell.source, name, "exec"), space)


def main(words: Sequence[str]) -> None:
    """``python -m perennial.notebook FILE.ipynb``"""

    def work() -> None:
        if len(words) != 1 or not words[0].endswith(".ipynb"):
            raise PerennialError("Usage: python -m perennial.notebook FILE.ipynb", code="configuration")
        path = Path(words[0]).resolve()
        sys.path.insert(0, str(path.parent))
        notebook_trainer(path).fit_folder(folder_of())

    run_and_exit(work)


if __name__ == "__main__":
    main(sys.argv[1:])
