"""Finds a trainer by its name: ``module:function`` or ``path/to/file.py:function``."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import Any

from .errors import PerennialError
from .trainer import Trainer


def find_trainer(reference: str) -> Trainer:
    """Loads the module and takes the trainer from it. What its own code raises is not caught."""
    module_name, colon, attribute = reference.rpartition(":")
    if not colon or not module_name or not attribute:
        raise PerennialError(
            f'"{reference}" names no trainer.', 'Name it as module:function or file.py:function, such as "train:fit".', code="configuration"
        )
    module = _load(module_name)
    found: Any = module
    for part in attribute.split("."):
        found = getattr(found, part, None)
    if isinstance(found, Trainer):
        return found
    known = [name for name, value in vars(module).items() if isinstance(value, Trainer)]
    what = "has nothing of that name" if found is None else "is no trainer"
    hint = f"It has {', '.join(known)}." if known else "Write @perennial.trainer above the function."
    raise PerennialError(f'{module_name}: "{attribute}" {what}.', hint, code="configuration")


def _load(name: str) -> ModuleType:
    if not name.endswith(".py"):
        # As `python train.py` would, so that modules beside it are found.
        if os.getcwd() not in sys.path:
            sys.path.insert(0, os.getcwd())
        if _is_absent(name):
            raise PerennialError(f'There is no module "{name}".', "Name one that can be imported in the folder of the code.", code="configuration")
        return importlib.import_module(name)
    path = os.path.abspath(name)
    if not os.path.isfile(path):
        raise PerennialError(f"There is no file {path}.", code="configuration")
    sys.path.insert(0, os.path.dirname(path))
    module_name = os.path.splitext(os.path.basename(path))[0]
    made = importlib.util.spec_from_file_location(module_name, path)
    if made is None or made.loader is None:
        raise PerennialError(f"{path} cannot be read as a Python file.", code="configuration")
    module = importlib.util.module_from_spec(made)
    sys.modules[module_name] = module
    made.loader.exec_module(module)
    return module


def _is_absent(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is None
    except ModuleNotFoundError:
        return True
