"""The same join by feast: its own process, so that CPU and peak memory are its own. Prints one line of JSON."""

import json
import os
import resource
import sys
import time
from datetime import timedelta

os.environ["FEAST_USAGE"] = "False"

import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig
from feast.types import Float64
from feast.value_type import ValueType

ask = json.loads(sys.argv[1])
folder, features = ask["dir"], ask["features"]
started = time.perf_counter()
store = FeatureStore(
    config=RepoConfig(
        project="bench",
        provider="local",
        registry=os.path.join(folder, "registry.db"),
        offline_store={"type": "file"},
        online_store={"type": "sqlite", "path": os.path.join(folder, "online.db")},
        entity_key_serialization_version=3,
    )
)
card = Entity(name="card", join_keys=["card"], value_type=ValueType.STRING)
views = [
    FeatureView(
        name=name,
        entities=[card],
        ttl=timedelta(days=ask["ttlDays"]),
        schema=[Field(name=feature, dtype=Float64) for feature in features],
        source=FileSource(path=os.path.join(folder, name + ".parquet"), timestamp_field="event_timestamp"),
    )
    for name in ask["views"]
]
store.apply([card, *views])
labels = pd.read_parquet(os.path.join(folder, "labels.parquet"), columns=["card", "event_timestamp"])
names = [name + ":" + feature for name in ask["views"] for feature in features]
joined = store.get_historical_features(entity_df=labels, features=names, full_feature_names=True).to_df()
joined.to_parquet(os.path.join(folder, "feast.parquet"))
wall = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_SELF)
total = sum(float(joined[name + "__" + feature].sum()) for name in ask["views"] for feature in features)
print(
    json.dumps(
        {
            "cpuS": used.ru_utime + used.ru_stime,
            "wallS": wall,
            "peakMib": used.ru_maxrss / 1024,
            "rows": len(joined),
            "sum": total,
        }
    )
)
