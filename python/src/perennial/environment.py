"""Where a model was fitted, for whoever wants to fit it again."""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib import metadata
from pathlib import Path

PACKAGES_MAX = 300
LOCK_BYTES_MAX = 16 * 1024 * 1024
LOCK_NAMES = ("requirements.lock", "uv.lock", "poetry.lock", "pdm.lock", "requirements.txt")


def environment() -> dict[str, object]:
    """Python, its packages by version, the host's kind, and the SHA-256 of the lock file beside the code."""
    names = {str(found.metadata["Name"]): str(found.version) for found in metadata.distributions() if found.metadata["Name"]}
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": dict(sorted(names.items(), key=lambda item: item[0].lower())[:PACKAGES_MAX]),
        "lock": lock_digest(Path.cwd()),
    }


def lock_digest(folder: Path) -> str | None:
    """Of the first lock file that is there; None without one."""
    for name in LOCK_NAMES:
        path = folder / name
        if path.is_file() and path.stat().st_size <= LOCK_BYTES_MAX:
            return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    return None
