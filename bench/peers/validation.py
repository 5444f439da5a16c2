"""What other libraries need to ask the rules of `npm run bench:data` of its table, from a frame in memory.

One line of JSON: CPU seconds of all threads while the rules were asked (not while the file was read), how many rules
that were, and the peak memory of this process in MB, the frame in it."""

import json
import resource
import sys
import time
import warnings

import pandas as pd

warnings.filterwarnings("ignore")

NUMBERS = [f"number_{place}" for place in range(1, 13)]
WORDS = [f"word_{place}" for place in range(1, 6)]
KNOWN = ["red", "green", "blue", "white", "black"]
LEAST, MOST = -1e6, 1e6


def pandera(frame):
    import pandera.pandas as pa

    columns = {}
    for place, name in enumerate(NUMBERS):
        checks = [pa.Check.in_range(LEAST, MOST), pa.Check.le(MOST)]
        if place < 10:
            checks.append(pa.Check.ge(LEAST))
        columns[name] = pa.Column(float, checks, nullable=True)
    for name in WORDS:
        columns[name] = pa.Column(str, pa.Check.isin(KNOWN), nullable=True, coerce=False)
    columns["flag"] = pa.Column(bool, nullable=True)
    columns["won"] = pa.Column(str, pa.Check.isin(["yes", "no"]), nullable=False)
    schema = pa.DataFrameSchema(columns)
    asked = sum(1 + len(column.checks) for column in columns.values())
    return asked, lambda: schema.validate(frame, lazy=True)


def great_expectations(frame):
    import great_expectations as gx
    import great_expectations.expectations as gxe

    rules = []
    for place, name in enumerate(NUMBERS):
        rules.append(gxe.ExpectColumnValuesToBeOfType(column=name, type_="float64"))
        rules.append(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=LEAST, max_value=MOST))
        rules.append(gxe.ExpectColumnValuesToBeBetween(column=name, max_value=MOST))
        if place < 10:
            rules.append(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=LEAST))
    for name in WORDS:
        rules.append(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=KNOWN))
    rules.append(gxe.ExpectColumnValuesToBeOfType(column="flag", type_="bool"))
    rules.append(gxe.ExpectColumnValuesToBeInSet(column="won", value_set=["yes", "no"]))
    rules.append(gxe.ExpectColumnValuesToNotBeNull(column="won"))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="rules", expectations=rules)

    def ask():
        result = batch.validate(suite, result_format="BOOLEAN_ONLY")
        if not result.success:
            raise AssertionError("a rule of the benchmark is broken")

    return len(rules), ask


def main():
    name, path = sys.argv[1:]
    frame = pd.read_parquet(path)
    rules, ask = {"pandera": pandera, "great-expectations": great_expectations}[name](frame)
    started = time.process_time()
    ask()
    cpu_seconds = round(time.process_time() - started, 2)
    peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"rules": rules, "cpuSeconds": cpu_seconds, "peakMb": peak_mb}))


main()
