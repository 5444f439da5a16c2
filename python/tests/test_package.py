from __future__ import annotations

import re
from pathlib import Path

import perennial

HERE = Path(__file__).parent.parent


def test_the_version_is_that_of_the_package() -> None:
    found = re.search(r'^version = "(.+)"$', (HERE / "pyproject.toml").read_text(), re.MULTILINE)
    assert found is not None and found[1] == perennial.__version__


def test_types_are_shipped() -> None:
    assert Path(perennial.__file__).with_name("py.typed").exists()


def test_nothing_is_unpickled() -> None:
    for path in Path(perennial.__file__).parent.rglob("*.py"):
        assert not re.search(r"\b(import|from) (pickle|joblib|cloudpickle|dill)\b", path.read_text()), path
