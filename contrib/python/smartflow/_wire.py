"""Protocol buffers' wire format, as far as proto/ uses it: written from and read into dataclasses.

A message is a dataclass whose fields say their number and kind by the functions at the end of this file. What the
functions do not offer (packed numbers, groups, extensions) no message here has; a test holds every class against
proto/smartflow.descriptors. Unknown fields are skipped, as they must be.
"""

import dataclasses
import enum
import math
import struct
import sys
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple, Type, TypeVar, Union

from ._limits import MESSAGE_DEPTH

Message = TypeVar("Message")
Buffer = bytearray

# Dataclasses have slots from Python 3.10 on.
SLOTS: Mapping[str, Any] = {"slots": True} if sys.version_info >= (3, 10) else {}


class DecodeError(ValueError):
    """The bytes are not the message that they should be."""


class OpenEnum(enum.IntEnum):
    """An enum of proto3: a number that nobody knows yet is a member all the same."""

    @classmethod
    def _missing_(cls, value: object) -> Optional["OpenEnum"]:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member


class Spec(NamedTuple):
    """What a dataclass's field is on the wire."""

    number: int
    kind: str
    # The message's or the enum's class, where it is one; a function, since classes may name themselves.
    of: Optional[Callable[[], Any]] = None
    repeated: bool = False
    # Absent is another thing than the kind's zero: None.
    optional: bool = False
    # Of the fields with the same name here at most one is set.
    oneof: Optional[str] = None


# --- Writing


def put_varint(out: Buffer, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def put_bytes(out: Buffer, value: Union[bytes, Buffer]) -> None:
    length = len(value)
    if length < 0x80:
        out.append(length)
    else:
        put_varint(out, length)
    out += value


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
    for name, spec, tag in _plan(type(message)).fields:
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


# --- Reading


def _varint(data: bytes, at: int) -> Tuple[int, int]:
    """The number at a place, of 64 bits, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7
        if shift > 63:
            raise DecodeError("a number is longer than ten bytes")


def _field(data: bytes, at: int, end: int) -> Tuple[int, int, int]:
    """The tag at a place, and where the field's content begins and ends; the content of a number is the number's."""
    tag = data[at]
    at += 1
    if tag > 0x7F:
        tag, at = _varint(data, at - 1)
        if tag > 0xFFFF_FFFF:
            raise DecodeError("a field's number is too large")
    if tag < 8:
        raise DecodeError("a field has the number 0")
    wire = tag & 7
    if wire == 2:
        length = data[at]
        at += 1
        if length > 0x7F:
            length, at = _varint(data, at - 1)
        stop = at + length
    elif wire == 0:
        stop = at + 1
        if data[at] > 0x7F:
            stop = _varint(data, at)[1]
    elif wire == 1:
        stop = at + 8
    elif wire == 5:
        stop = at + 4
    elif wire == 3:
        stop = _group_end(data, at, end, tag >> 3)
    else:
        raise DecodeError(f"there is no wire type {wire}" if wire > 5 else "a group ends that did not begin")
    if stop > end:
        raise DecodeError("a field is cut short")
    return tag, at, stop


def _group_end(data: bytes, at: int, end: int, number: int) -> int:
    """Where a group ends; groups inside it are counted rather than gone into."""
    open_groups = [number]
    while open_groups:
        if at >= end:
            raise DecodeError("a group is cut short")
        tag, after = _varint(data, at)
        wire = tag & 7
        if wire == 3 and tag > 7:
            open_groups.append(tag >> 3)
            if len(open_groups) > MESSAGE_DEPTH:
                raise DecodeError("groups are nested too deep")
            at = after
        elif wire == 4:
            if open_groups.pop() != tag >> 3:
                raise DecodeError("a group ends that did not begin")
            at = after
        else:
            _, _, at = _field(data, at, end)
    return at


def _text(data: bytes, start: int, stop: int) -> str:
    return str(data[start:stop], "utf-8")


def get_struct(data: bytes, at: int, end: int, depth: int) -> Dict[str, Any]:
    """A google.protobuf.Struct as a dict."""
    if depth > MESSAGE_DEPTH:
        raise DecodeError("a value is nested too deep")
    members: Dict[str, Any] = {}
    while at < end:
        tag, start, at = _field(data, at, end)
        if tag != 0x0A:
            continue
        key, parts = "", []
        inner = start
        while inner < at:
            tag, first, inner = _field(data, inner, at)
            if tag == 0x0A:
                key = _text(data, first, inner)
            elif tag == 0x12:
                # Twice, they are one message in two parts.
                parts.append(data[first:inner])
        raw = b"".join(parts)
        members[key] = _get_value(raw, 0, len(raw), depth + 2)
    return members


def _get_value(data: bytes, at: int, end: int, depth: int) -> Any:
    if depth > MESSAGE_DEPTH:
        raise DecodeError("a value is nested too deep")
    kind = 0
    value: Any = None
    parts: List[bytes] = []
    while at < end:
        tag, start, at = _field(data, at, end)
        if tag == 0x1A:
            value = _text(data, start, at)
        elif tag == 0x11:
            value = struct.unpack_from("<d", data, start)[0]
        elif tag == 0x20:
            value = _varint(data, start)[0] != 0
        elif tag == 0x08:
            value = None
        elif tag == 0x2A or tag == 0x32:
            if kind != tag:
                parts = []
            parts.append(data[start:at])
        else:
            continue
        kind = tag
    if kind == 0x2A or kind == 0x32:
        raw = b"".join(parts)
        return get_struct(raw, 0, len(raw), depth + 1) if kind == 0x2A else _get_list(raw, depth + 1)
    return value


def _get_list(data: bytes, depth: int) -> List[Any]:
    at, end, elements = 0, len(data), []
    while at < end:
        tag, start, at = _field(data, at, end)
        if tag == 0x0A:
            elements.append(_get_value(data, start, at, depth + 1))
    return elements


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


_NUMBERS: Dict[str, Callable[[int], Any]] = {
    "bool": bool,
    "int32": lambda value: _signed(value, 32),
    "int64": lambda value: _signed(value, 64),
    "uint32": lambda value: value & 0xFFFF_FFFF,
    "uint64": lambda value: value,
}


def _get_one(spec: Spec, data: bytes, start: int, stop: int, depth: int) -> Any:
    kind = spec.kind
    if kind == "text":
        return str(data[start:stop], "utf-8")
    if kind == "message":
        assert spec.of is not None
        return get_message(spec.of(), data, start, stop, depth + 1)
    if kind == "bytes":
        return data[start:stop]
    if kind == "struct":
        return get_struct(data, start, stop, depth + 1)
    if kind == "double":
        return struct.unpack_from("<d", data, start)[0]
    number = data[start]
    if number > 0x7F:
        number = _varint(data, start)[0]
    if kind == "enum":
        assert spec.of is not None
        return spec.of()(_signed(number, 32))
    return _NUMBERS[kind](number)


def _get_entry(spec: Spec, data: bytes, at: int, end: int, depth: int) -> Tuple[str, Any]:
    key, text = "", ""
    parts: List[bytes] = []
    while at < end:
        tag, start, at = _field(data, at, end)
        if tag == 0x0A:
            key = _text(data, start, at)
        elif tag == 0x12 and spec.kind == "text map":
            text = _text(data, start, at)
        elif tag == 0x12:
            parts.append(data[start:at])
    if spec.kind == "text map":
        return key, text
    assert spec.of is not None
    raw = b"".join(parts)
    return key, get_message(spec.of(), raw, 0, len(raw), depth + 2)


def get_message(cls: Type[Message], data: bytes, at: int, end: int, depth: int = 0) -> Message:
    """A message out of a part of some bytes."""
    if depth > MESSAGE_DEPTH:
        raise DecodeError("a message is nested too deep")
    plan = _plan(cls)
    by_tag = plan.by_tag
    values: Dict[str, Any] = {}
    # What one message came in: mostly one part, and more of them are one message all the same.
    parts: Dict[str, List[Tuple[int, int]]] = {}
    while at < end:
        tag, start, at = _field(data, at, end)
        found = by_tag.get(tag)
        if found is None:
            continue
        name, spec, rivals = found
        if spec.repeated:
            values.setdefault(name, []).append(_get_one(spec, data, start, at, depth))
            continue
        if spec.kind.endswith("map"):
            key, value = _get_entry(spec, data, start, at, depth)
            values.setdefault(name, {})[key] = value
            continue
        for rival in rivals:
            values.pop(rival, None)
            parts.pop(rival, None)
        if spec.kind == "message" or spec.kind == "struct":
            parts.setdefault(name, []).append((start, at))
        else:
            values[name] = _get_one(spec, data, start, at, depth)
    for name, places in parts.items():
        spec = plan.by_name[name]
        if len(places) == 1:
            values[name] = _get_one(spec, data, *places[0], depth)
        else:
            whole = b"".join([data[start:stop] for start, stop in places])
            values[name] = _get_one(spec, whole, 0, len(whole), depth)
    return cls(**values)


def decode(cls: Type[Message], data: bytes) -> Message:
    """Reads a message.

    Raises DecodeError where the bytes are none.
    """
    try:
        return get_message(cls, data, 0, len(data))
    except IndexError:
        raise DecodeError("the message is cut short") from None
    except UnicodeDecodeError as error:
        raise DecodeError(f"a text is not UTF-8: {error.reason}") from None


# --- Declaring


class Plan(NamedTuple):
    """A class's fields in the order of their numbers, and by the tags that they are read from."""

    fields: Tuple[Tuple[str, Spec, bytes], ...]
    by_tag: Dict[int, Tuple[str, Spec, Tuple[str, ...]]]
    by_name: Dict[str, Spec]


_PLANS: Dict[type, Plan] = {}
_WIRE_TYPES = {"double": 1, "bool": 0, "int32": 0, "int64": 0, "uint32": 0, "uint64": 0, "enum": 0}


def _plan(cls: type) -> Plan:
    plan = _PLANS.get(cls)
    if plan is None:
        plan = _PLANS[cls] = _make_plan(cls)
    return plan


def specs(cls: type) -> Dict[str, Spec]:
    """A message's fields by their names."""
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is no message")
    return {one.name: one.metadata["wire"] for one in dataclasses.fields(cls) if "wire" in one.metadata}


def _make_plan(cls: type) -> Plan:
    all_specs = specs(cls)
    fields, by_tag = [], {}
    for name, spec in sorted(all_specs.items(), key=lambda pair: pair[1].number):
        tag = spec.number << 3 | _WIRE_TYPES.get(spec.kind, 2)
        out = Buffer()
        put_varint(out, tag)
        fields.append((name, spec, bytes(out)))
        rivals = tuple(
            other for other, its in all_specs.items()
            if spec.oneof is not None and its.oneof == spec.oneof and other != name)
        by_tag[tag] = (name, spec, rivals)
    return Plan(tuple(fields), by_tag, all_specs)


def _declare(spec: Spec, default: Any) -> Any:
    if spec.repeated:
        return dataclasses.field(default_factory=list, metadata={"wire": spec})
    if spec.kind.endswith("map"):
        return dataclasses.field(default_factory=dict, metadata={"wire": spec})
    return dataclasses.field(default=None if spec.optional else default, metadata={"wire": spec})


def text(number: int, oneof: Optional[str] = None, repeated: bool = False) -> Any:
    return _declare(Spec(number, "text", None, repeated, oneof is not None, oneof), "")


def data(number: int, oneof: Optional[str] = None) -> Any:
    return _declare(Spec(number, "bytes", None, False, oneof is not None, oneof), b"")


def flag(number: int) -> Any:
    return _declare(Spec(number, "bool"), False)


def double(number: int) -> Any:
    return _declare(Spec(number, "double"), 0.0)


def integer(number: int, kind: str) -> Any:
    return _declare(Spec(number, kind), 0)


def choice(number: int, of: Type[OpenEnum]) -> Any:
    return _declare(Spec(number, "enum", lambda: of), of(0))


def nested(number: int, of: Callable[[], Any], oneof: Optional[str] = None, repeated: bool = False) -> Any:
    return _declare(Spec(number, "message", of, repeated, True, oneof), None)


def members(number: int, oneof: Optional[str] = None) -> Any:
    return _declare(Spec(number, "struct", None, False, True, oneof), None)


def text_map(number: int) -> Any:
    return _declare(Spec(number, "text map"), None)


def message_map(number: int, of: Callable[[], Any]) -> Any:
    return _declare(Spec(number, "message map", of), None)
