"""Writes the golden vectors of src/statistics, of every function that it exports.

    python -m venv golden && golden/bin/pip install -r bench/golden/requirements.txt
    golden/bin/python bench/golden/write.py            # compares; exit code 1 where a value differs by more than 1e-13
    golden/bin/python bench/golden/write.py --write    # writes the files; with names of rooms after it, theirs alone

Libraries compute what libraries have; the rest is written here a second time, from its formula and not from the code,
with mpmath to 50 digits or with numpy. Each function names which.
"""

import json
import platform
import sys
from pathlib import Path

import mpmath
import numpy
import scipy
import sklearn
import statsmodels

import distributions
import numeric
import samples
import sequential

FOLDER = Path(__file__).resolve().parents[2] / "src" / "statistics"
RELATIVE_ERROR_MAX = 1e-13
VERSIONS = {
    "mpmath": mpmath.__version__,
    "numpy": numpy.__version__,
    "scikit-learn": sklearn.__version__,
    "scipy": scipy.__version__,
    "statsmodels": statsmodels.__version__,
}


def plain(value):
    """Numbers of every kind as JSON has them."""
    if isinstance(value, (list, tuple, numpy.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, numpy.integer):
        return int(value)
    return float(value)


def differences(name, known, computed):
    if isinstance(computed, dict):
        return [line for key in computed for line in differences(f"{name}.{key}", (known or {}).get(key), computed[key])]
    if isinstance(computed, list) and isinstance(known, list) and len(known) == len(computed):
        return [line for i, one in enumerate(computed) for line in differences(f"{name}[{i}]", known[i], one)]
    if isinstance(computed, float) and isinstance(known, (int, float)):
        return [] if abs(computed - known) <= RELATIVE_ERROR_MAX * abs(computed) else [f"{name}: {known}, {computed} computed"]
    return [] if computed == known else [f"{name}: {known} in the file, {computed} computed"]


def main():
    found = []
    asked = [word for word in sys.argv[1:] if word != "--write"]
    for room in (numeric, distributions, samples, sequential):
        name = room.__name__
        if asked and name not in asked:
            continue
        computed = plain({"versions": VERSIONS, "functions": room.functions()})
        file = FOLDER / name / f"{name}.golden.json"
        if "--write" in sys.argv[1:]:
            lines = []
            for function, golden in computed["functions"].items():
                vectors = ",\n".join(json.dumps(vector) for vector in golden.pop("vectors"))
                head = json.dumps(golden)[:-1]
                lines.append(f'{json.dumps(function)}: {head}, "vectors": [\n{vectors}\n]}}')
            body = ",\n".join(lines)
            file.write_text(f'{{"versions": {json.dumps(VERSIONS)},\n"functions": {{\n{body}\n}}}}\n')
        else:
            found += differences(name, json.loads(file.read_text()), computed)
    done = "written" if "--write" in sys.argv[1:] else "every value agrees"
    print("\n".join(found) if found else f"python {platform.python_version()}: {done}")
    sys.exit(1 if found else 0)


main()
