"""Messages written in protocol buffers' wire format."""

import math
import struct
from typing import Any, Mapping

from ._buffer import Buffer, put_bytes, put_varint
from ._fields import Spec, plan_of
from ._limits import MESSAGE_DEPTH


def put_struct(out: Buffer, members: Mapping[str, Any], depth: int) -> None:
    """The fields of a google.protobuf.Struct."""
    if depth > MESSAGE_DEPTH:
        raise ValueError("a value is nested too deep, or within itself")
    for key, value in members.items():
        if not isinstance(key, str):
            raise TypeError(f"a member's name is {type(key).__name__} and must be str")
        entry = Buffer()
        entry.append(0x0A)
        put_bytes(entry, key.encode())
        inner = Buffer()
        _put_value(inner, value, depth + 2)
        entry.append(0x12)
        put_bytes(entry, inner)
        out.append(0x0A)
        put_bytes(out, entry)


def _put_value(out: Buffer, value: Any, depth: int) -> None:
    if value is None:
        out += b"\x08\x00"
    elif isinstance(value, bool):
        out += b"\x20\x01" if value else b"\x20\x00"
    elif isinstance(value, (int, float)):
        out.append(0x11)
        out += struct.pack("<d", value)
    elif isinstance(value, str):
        out.append(0x1A)
        put_bytes(out, value.encode())
    elif isinstance(value, Mapping):
        inner = Buffer()
        put_struct(inner, value, depth + 1)
        out.append(0x2A)
        put_bytes(out, inner)
    elif isinstance(value, (list, tuple)):
        if depth > MESSAGE_DEPTH:
            raise ValueError("a value is nested too deep, or within itself")
        inner = Buffer()
        for element in value:
            one = Buffer()
            _put_value(one, element, depth + 2)
            inner.append(0x0A)
            put_bytes(inner, one)
        out.append(0x32)
        put_bytes(out, inner)
    else:
        raise TypeError(f"{type(value).__name__} is no value of JSON; write it as text or number")


_RANGES = {
    "int32": (-(1 << 31), (1 << 31) - 1),
    "enum": (-(1 << 31), (1 << 31) - 1),
    "int64": (-(1 << 63), (1 << 63) - 1),
    "uint32": (0, (1 << 32) - 1),
    "uint64": (0, (1 << 64) - 1),
}


def _put_one(out: Buffer, spec: Spec, tag: bytes, value: Any, depth: int) -> None:
    kind = spec.kind
    out += tag
    if kind == "bytes":
        put_bytes(out, value)
    elif kind == "text":
        put_bytes(out, value.encode())
    elif kind == "message":
        inner = Buffer()
        put_message(inner, value, depth + 1)
        put_bytes(out, inner)
    elif kind == "bool":
        out.append(1 if value else 0)
    elif kind == "double":
        out += struct.pack("<d", value)
    elif kind == "struct":
        inner = Buffer()
        put_struct(inner, value, depth + 1)
        put_bytes(out, inner)
    else:
        least, most = _RANGES[kind]
        if not least <= value <= most:
            raise ValueError(f"{value} is no {kind}")
        put_varint(out, value & 0xFFFF_FFFF_FFFF_FFFF)


def _put_entry(out: Buffer, spec: Spec, tag: bytes, key: str, value: Any, depth: int) -> None:
    entry = Buffer()
    entry.append(0x0A)
    put_bytes(entry, key.encode())
    if spec.kind == "text map":
        entry.append(0x12)
        put_bytes(entry, value.encode())
    else:
        inner = Buffer()
        put_message(inner, value, depth + 2)
        entry.append(0x12)
        put_bytes(entry, inner)
    out += tag
    put_bytes(out, entry)


def put_message(out: Buffer, message: Any, depth: int = 0) -> None:
    """All fields of a message that are not at their default."""
    if depth > MESSAGE_DEPTH:
        raise ValueError("a message is nested too deep, or within itself")
    for name, spec, tag in plan_of(type(message)).fields:
        value = getattr(message, name)
        if spec.repeated:
            for element in value:
                _put_one(out, spec, tag, element, depth)
        elif spec.kind.endswith("map"):
            for key, element in value.items():
                _put_entry(out, spec, tag, key, element, depth)
        elif spec.optional:
            if value is not None:
                _put_one(out, spec, tag, value, depth)
        elif value or spec.kind == "double" and math.copysign(1, value) < 0:
            _put_one(out, spec, tag, value, depth)


def encode(message: Any) -> bytes:
    """A message's bytes.

    Raises ValueError or TypeError where a field holds what its kind can't say.
    """
    out = Buffer()
    put_message(out, message)
    return bytes(out)
