"""The same looks by feast's online store (SQLite): prints one line of JSON, microseconds that pass per look."""

import json
import os
import resource
import sys
import time
from datetime import datetime, timedelta, timezone

os.environ["FEAST_USAGE"] = "False"

import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig
from feast.types import Float64
from feast.value_type import ValueType

ask = json.loads(sys.argv[1])
folder, features, entities = ask["dir"], ask["features"], ask["entities"]
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
rows = pd.DataFrame(
    {
        "card": ["e" + str(at) for at in range(entities)],
        "event_timestamp": [datetime.now(timezone.utc)] * entities,
        **{name: [at + place / 7 for at in range(entities)] for place, name in enumerate(features)},
    }
)
card = Entity(name="card", join_keys=["card"], value_type=ValueType.STRING)
views = []
for name in ask["views"]:
    path = os.path.join(folder, name + ".parquet")
    rows.to_parquet(path)
    views.append(
        FeatureView(
            name=name,
            entities=[card],
            ttl=timedelta(days=30),
            schema=[Field(name=feature, dtype=Float64) for feature in features],
            source=FileSource(path=path, timestamp_field="event_timestamp"),
        )
    )
store.apply([card, *views])
for name in ask["views"]:
    store.write_to_online_store(name, rows)
names = [name + ":" + feature for name in ask["views"] for feature in features]


def look(at):
    found = store.get_online_features(
        features=names, entity_rows=[{"card": "e" + str(at % entities)}], full_feature_names=True
    ).to_dict()
    if found[ask["views"][-1] + "__" + features[0]] != [float(at % entities)]:
        raise SystemExit("a row was not filled")


look(0)
before = resource.getrusage(resource.RUSAGE_SELF)
took = []
for at in range(ask["looks"]):
    started = time.perf_counter()
    look(at)
    took.append((time.perf_counter() - started) * 1e6)
used = resource.getrusage(resource.RUSAGE_SELF)
cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"storeUs": took, "storeCpuUs": cpu * 1e6 / ask["looks"]}))
