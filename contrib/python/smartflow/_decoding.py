"""Messages read from protocol buffers' wire format. Unknown fields are skipped, as they must be."""

import struct
from typing import Any, Callable, Dict, List, Tuple, Type, TypeVar

from ._fields import Spec, plan_of
from ._limits import MESSAGE_DEPTH

Message = TypeVar("Message")


class DecodeError(ValueError):
    """The bytes are not the message that they should be."""


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
    plan = plan_of(cls)
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
