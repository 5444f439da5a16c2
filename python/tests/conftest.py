from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PERENNIAL_FOLDER", "PERENNIAL_URL", "PERENNIAL_INFERENCE_URL", "PERENNIAL_TOKEN", "PERENNIAL_DEADLINE_MS"):
        monkeypatch.delenv(name, raising=False)
