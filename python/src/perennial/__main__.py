"""``python -m perennial train module:function``: the command of a trainer."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .errors import PerennialError
from .find import find_trainer
from .trainer import folder_of, run_and_exit

USAGE = "Usage: python -m perennial train MODULE:FUNCTION (or FILE.py:FUNCTION, or FILE.ipynb)"


def main(words: Sequence[str]) -> None:
    """Ends the process: 0 when the model is there, 1 with one sentence."""

    def work() -> None:
        if len(words) != 2 or words[0] != "train":
            raise PerennialError(USAGE, code="configuration")
        folder = folder_of()
        if words[1].endswith(".ipynb"):
            from .notebook import notebook_trainer

            notebook_trainer(words[1]).fit_folder(folder)
        else:
            find_trainer(words[1]).fit_folder(folder)

    run_and_exit(work)


if __name__ == "__main__":
    main(sys.argv[1:])
