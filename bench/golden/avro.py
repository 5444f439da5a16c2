"""Writes the golden vectors of Avro: bytes by fastavro, and what fastavro reads of them by another schema.

    python -m venv golden && golden/bin/pip install fastavro==1.13.1
    golden/bin/python bench/golden/avro.py             # compares; exit code 1 where the file would differ
    golden/bin/python bench/golden/avro.py --write

Values are written down as src/sources/kafka writes them: bytes in base64, times and dates in ISO 8601. A case whose value
is `refused` is one that fastavro does not resolve.
"""

import base64
import datetime
import decimal
import io
import json
import random
import sys
import uuid
from pathlib import Path

import fastavro

FILE = Path(__file__).resolve().parents[2] / "src" / "sources" / "kafka" / "avro.golden.json"
CASES_RANDOM = 200
UTC = datetime.timezone.utc


def record(*fields, name="Row"):
    return {"type": "record", "name": name, "namespace": "shop", "fields": list(fields)}


def field(name, kind, **more):
    return {"name": name, "type": kind, **more}


def said(value, timespec):
    """As a line of JSON has it."""
    if isinstance(value, dict):
        return {name: said(one, timespec) for name, one in value.items()}
    if isinstance(value, list):
        return [said(one, timespec) for one in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec=timespec).replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return float(value) if isinstance(value, decimal.Decimal) else value


def case(about, writer, value, reader=None, timespec="milliseconds"):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(writer), value)
    made = {"about": about, "writer": writer, "hex": out.getvalue().hex()}
    if reader is not None:
        made["reader"] = reader
    try:
        read = fastavro.schemaless_reader(io.BytesIO(out.getvalue()), fastavro.parse_schema(writer), None if reader is None else fastavro.parse_schema(reader))
        made["value"] = said(read, timespec)
    except (fastavro.read.SchemaResolutionError, ValueError):
        made["refused"] = True
    return made


def logical(kind, name, /, **more):
    return {"type": kind, "logicalType": name, **more}


def by_hand():
    at = datetime.datetime(2026, 2, 3, 4, 5, 6, 789_012, UTC)
    colours = {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE", "GREEN"]}
    fewer = {**colours, "symbols": ["RED", "BLUE"]}
    inner = record(field("next", ["null", "Node"], default=None), field("n", "int"), name="Node")
    price = logical("bytes", "decimal", precision=12, scale=2)
    fixed_price = logical("fixed", "decimal", name="Price", size=6, precision=12, scale=4)
    one = field("a", "int")
    yield case("millis", record(field("at", logical("long", "timestamp-millis"))), {"at": at})
    yield case("before 1970", record(field("at", logical("long", "timestamp-millis"))), {"at": datetime.datetime(1969, 7, 20, 20, 17, 40, 1_000, UTC)})
    yield case("micros", record(field("at", logical("long", "timestamp-micros"))), {"at": at}, timespec="microseconds")
    yield case("local micros", record(field("at", logical("long", "local-timestamp-micros"))), {"at": at.replace(tzinfo=None)}, timespec="microseconds")
    yield case("date", record(field("day", logical("int", "date"))), {"day": datetime.date(1600, 2, 29)})
    for text in ("0.00", "-0.01", "1.28", "-1.28", "9999999999.99", "-9999999999.99"):
        yield case(f"decimal {text}", record(field("price", price), field("fixed", fixed_price)), {"price": decimal.Decimal(text), "fixed": decimal.Decimal(text)})
    yield case("uuid", record(field("id", logical("string", "uuid"))), {"id": uuid.UUID(int=7)})
    yield case("a record that holds itself", inner, {"next": {"next": {"next": None, "n": 3}, "n": 2}, "n": 1})
    yield case("a map of lists of unions", record(field("m", {"type": "map", "values": {"type": "array", "items": ["null", "long", "string"]}})), {"m": {"ä": [None, 5, "x"], "": []}})
    yield case("a field is left out", record(one, field("b", {"type": "array", "items": inner}), field("c", "string")), {"a": 1, "b": [{"next": None, "n": 4}], "c": "x"}, record(field("c", "string"), one))
    yield case("a field is new", record(one), {"a": 1}, record(one, field("b", "string", default="none"), field("c", ["null", "long"], default=None), field("d", {"type": "array", "items": "int"}, default=[1, 2]), field("e", {"type": "map", "values": "double"}, default={"x": 1.5}), field("g", "boolean", default=True)))
    yield case("a new field without default", record(one), {"a": 1}, record(one, field("b", "string")))
    yield case("a new record by its default", record(one), {"a": 1}, record(one, field("r", record(field("x", "int"), field("y", "string", default="q"), name="R"), default={"x": 3, "y": "z"})))
    yield case("an alias", record(field("old", "int")), {"old": 4}, record(field("new", "int", aliases=["old"])))
    for narrow, wide, value in (("int", "long", 7), ("int", "double", -7), ("long", "double", 2**40), ("float", "double", 0.5), ("string", "bytes", "ä"), ("bytes", "string", "ä".encode())):
        yield case(f"{narrow} as {wide}", record(field("a", narrow)), {"a": value}, record(field("a", wide)))
    yield case("long as int", record(field("a", "long")), {"a": 1}, record(field("a", "int")))
    yield case("string as int", record(field("a", "string")), {"a": "1"}, record(field("a", "int")))
    yield case("a value becomes a union", record(field("a", "int")), {"a": 5}, record(field("a", ["null", "string", "long"])))
    yield case("a union becomes a value", record(field("a", ["null", "int"])), {"a": 5}, record(field("a", "long")))
    yield case("null where a value is declared", record(field("a", ["null", "int"])), {"a": None}, record(field("a", "long")))
    yield case("a union grows and turns", record(field("a", ["null", "int"])), {"a": 5}, record(field("a", ["string", "long", "null"])))
    yield case("a symbol that is known", record(field("c", colours)), {"c": "BLUE"}, record(field("c", fewer)))
    yield case("a symbol that is not known", record(field("c", colours)), {"c": "GREEN"}, record(field("c", fewer)))
    yield case("a symbol by default", record(field("c", colours)), {"c": "GREEN"}, record(field("c", {**fewer, "default": "RED"})))
    yield case("a recursive record grows", inner, {"next": {"next": None, "n": 2}, "n": 1}, record(field("next", ["null", "Node"], default=None), field("n", "long"), field("tag", "string", default="t"), name="Node"))
    yield case("a fixed of another size", record(field("f", {"type": "fixed", "name": "F", "size": 2})), {"f": b"ab"}, record(field("f", {"type": "fixed", "name": "F", "size": 3})))


def any_type(rng, depth, names):
    simple = ["boolean", "int", "long", "double", "string", "bytes"]
    kind = rng.choice(simple if depth == 0 else [*simple, "array", "map", "union", "record", "enum"])
    if kind == "array":
        return {"type": "array", "items": any_type(rng, depth - 1, names)}
    if kind == "map":
        return {"type": "map", "values": any_type(rng, depth - 1, names)}
    if kind == "union":
        return ["null", rng.choice(["int", "string", "double"])]
    if kind == "enum":
        return {"type": "enum", "name": f"E{next(names)}", "symbols": ["A", "B", "C"]}
    if kind == "record":
        return {"type": "record", "name": f"R{next(names)}", "fields": fields_of(rng, depth - 1, names)}
    return kind


def fields_of(rng, depth, names):
    return [field(f"f{at}", any_type(rng, depth, names)) for at in range(rng.randint(1, 4))]


def any_value(rng, kind):
    if isinstance(kind, list):
        return any_value(rng, rng.choice(kind))
    if isinstance(kind, dict):
        inner = kind["type"]
        if inner == "array":
            return [any_value(rng, kind["items"]) for _ in range(rng.randint(0, 3))]
        if inner == "map":
            return {rng.choice("abcä") * rng.randint(1, 3): any_value(rng, kind["values"]) for _ in range(rng.randint(0, 3))}
        if inner == "enum":
            return rng.choice(kind["symbols"])
        return {one["name"]: any_value(rng, one["type"]) for one in kind["fields"]}
    return {
        "null": lambda: None,
        "boolean": lambda: rng.random() < 0.5,
        "int": lambda: rng.choice([0, -1, rng.randint(-(2**31), 2**31 - 1)]),
        "long": lambda: rng.choice([0, -64, rng.randint(-(2**53) + 1, 2**53 - 1)]),
        "double": lambda: rng.choice([0.0, rng.uniform(-1e9, 1e9)]),
        "string": lambda: rng.choice(["", "x", "Zürich", "\U0001f701 \"\\\n"]),
        "bytes": lambda: bytes(rng.randrange(256) for _ in range(rng.randint(0, 5))),
    }[kind]()


WIDER = {"int": ["long", "double"], "long": ["double"], "string": ["bytes"]}


def evolved(rng, schema):
    """Fields turned, left out, added, widened or made optional."""
    fields = [one for one in schema["fields"] if rng.random() < 0.8] or list(schema["fields"])
    turned = []
    for one in fields:
        kind = one["type"]
        if isinstance(kind, dict) and kind["type"] == "record":
            kind = evolved(rng, kind)
        elif isinstance(kind, str) and kind in WIDER and rng.random() < 0.5:
            kind = rng.choice(WIDER[kind])
        elif isinstance(kind, str) and rng.random() < 0.3:
            kind = ["null", kind]
        turned.append({**one, "type": kind})
    rng.shuffle(turned)
    more = [field(f"new{at}", *rng.choice([("int",), ("string",)])) for at in range(rng.randint(0, 2))]
    return {**schema, "fields": [*turned, *({**one, "default": 3 if one["type"] == "int" else "d"} for one in more)]}


def by_chance():
    rng = random.Random(20261130)
    for number in range(CASES_RANDOM):
        names = iter(range(1_000))
        writer = {"type": "record", "name": "Row", "fields": fields_of(rng, 3, names)}
        yield case(f"by chance {number}", writer, any_value(rng, writer), evolved(rng, writer) if number % 2 else None)


def main():
    cases = [*by_hand(), *by_chance()]
    text = json.dumps({"versions": {"fastavro": fastavro.__version__}, "cases": cases}, ensure_ascii=False, sort_keys=True)
    if "--write" in sys.argv:
        FILE.write_text(text + "\n")
        print(f"{len(cases)} cases, {sum('refused' in one for one in cases)} of them refused")
        return 0
    same = FILE.exists() and json.loads(FILE.read_text())["cases"] == json.loads(text)["cases"]
    print(f"{len(cases)} cases, {'the same' if same else 'another file'}")
    return 0 if same else 1


sys.exit(main())
