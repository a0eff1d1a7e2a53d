"""How messages are declared: dataclasses whose fields say their number and kind by the functions at this file's end.

What the functions do not offer (packed numbers, groups, extensions) no message here has; a test holds every class
against proto/smartflow.descriptors.
"""

import dataclasses
import enum
import sys
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Tuple, Type

from ._buffer import Buffer, put_varint

# Dataclasses have slots from Python 3.10 on.
SLOTS: Mapping[str, Any] = {"slots": True} if sys.version_info >= (3, 10) else {}


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


class Plan(NamedTuple):
    """A class's fields in the order of their numbers, and by the tags that they are read from."""

    fields: Tuple[Tuple[str, Spec, bytes], ...]
    by_tag: Dict[int, Tuple[str, Spec, Tuple[str, ...]]]
    by_name: Dict[str, Spec]


_PLANS: Dict[type, Plan] = {}
_WIRE_TYPES = {"double": 1, "bool": 0, "int32": 0, "int64": 0, "uint32": 0, "uint64": 0, "enum": 0}


def plan_of(cls: type) -> Plan:
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
