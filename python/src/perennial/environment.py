"""Where a model was fitted, for whoever wants to fit it again."""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib import metadata
from pathlib import Path

PACKAGES_MAX = 150
LOCK_BYTES_MAX = 16 * 1024 * 1024
LOCK_NAMES = ("requirements.lock", "uv.lock", "poetry.lock", "pdm.lock", "requirements.txt")


def environment() -> dict[str, str | None]:
    """Python, the host's kind, the SHA-256 of the lock file beside the code, and the packages in use by version."""
    return {
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "platform": f"{platform.system()} {platform.machine()}",
        "lock": lock_digest(Path.cwd()),
        **packages(),
    }


def packages() -> dict[str, str]:
    """Installed packages of which something was imported."""
    used = {name.split(".")[0] for name in sys.modules}
    names = {package for module, found in metadata.packages_distributions().items() if module in used for package in found}
    return {f"package {name}": metadata.version(name) for name in sorted(names, key=str.lower)[:PACKAGES_MAX]}


def lock_digest(folder: Path) -> str | None:
    """Of the first lock file that is there; None without one."""
    for name in LOCK_NAMES:
        path = folder / name
        if path.is_file() and path.stat().st_size <= LOCK_BYTES_MAX:
            return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    return None
