"""Builds the wheel, checks the types, and runs the tests against the wheel. The last line is `N passed, N failed, N skipped`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).resolve().parent
told: list[str] = []
passed = failed = skipped = 0


def check(name: str, words: list[str], environment: dict[str, str] | None = None) -> bool:
    """One command that counts as one."""
    global passed, failed
    print(f"== {name}", flush=True)
    is_good = subprocess.run([sys.executable, "-m", *words], cwd=HERE, env={**os.environ, **(environment or {})}, check=False).returncode == 0
    passed, failed = passed + is_good, failed + (not is_good)
    if not is_good:
        told.append(f"failed   python {name}")
    return is_good


def count(report: Path) -> None:
    """Adds what pytest ran, and names what it did not."""
    global passed, failed, skipped
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')} > {case.get('name')}"
        reason = next(iter(case.findall("skipped")), None)
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            told.append(f"failed   {name}")
        elif reason is not None:
            skipped += 1
            told.append(f"skipped  {name} ({(reason.get('message') or '')[:200]})")
        else:
            passed += 1


with tempfile.TemporaryDirectory(prefix="perennial-python-") as folder:
    place = Path(folder)
    if check("wheel", ["pip", "wheel", ".", "--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", folder]):
        [wheel] = place.glob("*.whl")
        zipfile.ZipFile(wheel).extractall(place / "unpacked")
        check("types", ["mypy"])
        words = [sys.executable, "-m", "pytest", f"--junitxml={place / 'report.xml'}", *sys.argv[1:]]
        # In a folder of their own, so that what is tested is what was built.
        done = subprocess.run(words, cwd=HERE, env={**os.environ, "PYTHONPATH": str(place / "unpacked")}, check=False)
        if (place / "report.xml").exists():
            before = failed
            count(place / "report.xml")
            if done.returncode != 0 and failed == before:
                failed += 1
                told.append(f"failed   pytest ended with {done.returncode}")
        else:
            failed += 1
            told.append(f"failed   pytest ended with {done.returncode} and counted nothing")

print("\n".join(["", *told, "", f"{passed} passed, {failed} failed, {skipped} skipped"]), flush=True)
sys.exit(0 if failed == 0 else 1)
