"""All message classes of the client, by their names in proto/, and random ones of each."""

import dataclasses
import math
import string

from smartflow import _admin, _exchange, _execution, _status, _trees
from smartflow._fields import OpenEnum, specs

NAMES = {"AnyMessage": "Any", "FieldViolation": "BadRequest.FieldViolation"}
PACKAGES = {_admin: "smartflow.v1", _execution: "smartflow.v1", _trees: "smartflow.v1", _status: "google.rpc"}
WELL_KNOWN = {"Any", "Duration", "Timestamp"}


def all_messages():
    """Full name to class."""
    found = {"ttrpc.Response": _exchange.Response}
    for module, package in PACKAGES.items():
        for cls in vars(module).values():
            if dataclasses.is_dataclass(cls) and cls.__module__ == module.__name__:
                name = NAMES.get(cls.__name__, cls.__name__)
                if name in WELL_KNOWN:
                    package_of_it = "google.protobuf"
                elif name.startswith("Health"):
                    package_of_it = "grpc.health.v1"
                else:
                    package_of_it = package
                found[f"{package_of_it}.{name}"] = cls
    return found


def random_text(random):
    letters = string.ascii_letters + "äß€🎰\0\"\\"
    return "".join(random.choice(letters) for _ in range(random.choice([0, 1, 5, 200])))


def random_double(random):
    return random.choice([0.0, -0.0, 1.5, -1e300, 5e-324, math.inf, random.uniform(-1e6, 1e6)])


def random_value(random, depth=3):
    kind = random.randrange(7 if depth else 5)
    if kind == 5:
        return [random_value(random, depth - 1) for _ in range(random.randrange(4))]
    if kind == 6:
        return random_struct(random, depth - 1)
    return [None, True, False, random_text(random), random_double(random)][kind]


def random_struct(random, depth=3):
    return {random_text(random): random_value(random, depth) for _ in range(random.randrange(4))}


BOUNDS = {
    "int32": (-(1 << 31), (1 << 31) - 1), "int64": (-(1 << 63), (1 << 63) - 1), "uint32": (0, (1 << 32) - 1),
    "uint64": (0, (1 << 64) - 1)}


def random_one(random, spec, depth):
    if spec.kind == "text":
        return random_text(random)
    if spec.kind == "bytes":
        return random.getrandbits(8 * 20).to_bytes(20, "big")[:random.choice([0, 1, 20])] * random.choice([1, 20])
    if spec.kind == "bool":
        return random.random() < 0.5
    if spec.kind == "double":
        return random_double(random)
    if spec.kind == "struct":
        return random_struct(random)
    if spec.kind == "enum":
        return spec.of()(random.choice([0, 1, 2, 3, 77, -5]))
    if spec.kind == "message":
        return random_message(random, spec.of(), depth - 1)
    least, most = BOUNDS[spec.kind]
    return random.choice([least, most, 0, 1, 127, 128, random.randint(least, most)])


def random_message(random, cls, depth=4):
    """One with any of its fields set, of each oneof at most one."""
    values, taken = {}, set()
    names = list(specs(cls).items())
    random.shuffle(names)
    for name, spec in names:
        is_nested = spec.kind in ("message", "message map")
        if random.random() < 0.4 or is_nested and depth == 0 or spec.oneof in taken:
            continue
        if spec.oneof is not None:
            taken.add(spec.oneof)
        if spec.repeated:
            values[name] = [random_one(random, spec, depth) for _ in range(random.randrange(4))]
        elif spec.kind == "text map":
            values[name] = {random_text(random): random_text(random) for _ in range(random.randrange(4))}
        elif spec.kind == "message map":
            values[name] = {
                random_text(random): random_message(random, spec.of(), depth - 1) for _ in range(random.randrange(4))}
        else:
            values[name] = random_one(random, spec, depth)
    return cls(**values)


__all__ = ["OpenEnum", "all_messages", "random_message", "random_struct"]
