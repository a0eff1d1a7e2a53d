"""google.rpc's statuses and their details, and the two well-known types of time."""

import datetime
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Union

from ._decoding import DecodeError, decode
from ._fields import SLOTS, data, integer, nested, text, text_map


@dataclass(**SLOTS)
class Timestamp:
    """An instant, in UTC."""

    seconds: int = integer(1, "int64")
    # From 0 up to 999,999,999, also before 1970.
    nanos: int = integer(2, "int32")

    @classmethod
    def of(cls, instant: Union["Timestamp", datetime.datetime]) -> "Timestamp":
        """Makes one of a datetime, which must know its time zone."""
        if isinstance(instant, Timestamp):
            return instant
        if instant.tzinfo is None:
            raise ValueError("the datetime has no time zone; datetime.now(timezone.utc) has one")
        length = instant - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return cls(length.days * 86_400 + length.seconds, length.microseconds * 1000)

    def to_datetime(self) -> datetime.datetime:
        """As a datetime, to the microsecond."""
        start = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return start + datetime.timedelta(seconds=self.seconds, microseconds=self.nanos // 1000)


@dataclass(**SLOTS)
class Duration:
    """A length of time."""

    seconds: int = integer(1, "int64")
    # Of the same sign as the seconds.
    nanos: int = integer(2, "int32")

    def total_seconds(self) -> float:
        """In seconds."""
        return self.seconds + self.nanos / 1e9

    def to_timedelta(self) -> datetime.timedelta:
        """As a timedelta, to the microsecond."""
        return datetime.timedelta(seconds=self.seconds, microseconds=self.nanos / 1000)


@dataclass(**SLOTS)
class AnyMessage:
    """A message with the name of its type: google.protobuf.Any."""

    type_url: str = text(1)
    value: bytes = data(2)


@dataclass(**SLOTS)
class ErrorInfo:
    """Why, for programs: reason and metadata's keys never change."""

    # "OUT_OF_FUEL".
    reason: str = text(1)
    # "smartflow".
    domain: str = text(2)
    metadata: Dict[str, str] = text_map(3)


@dataclass(**SLOTS)
class RetryInfo:
    """When it is worth trying again."""

    retry_delay: Optional[Duration] = nested(1, lambda: Duration)


@dataclass(**SLOTS)
class FieldViolation:
    """What is wrong with one field of a request."""

    # "tree/trueAction/parameters/expression".
    field: str = text(1)
    # The place and the remedy.
    description: str = text(2)
    reason: str = text(3)


@dataclass(**SLOTS)
class BadRequest:
    """What is wrong with a request, field by field."""

    field_violations: List[FieldViolation] = nested(1, lambda: FieldViolation, repeated=True)


@dataclass(**SLOTS)
class ResourceInfo:
    """What was not found, or is in the way."""

    resource_type: str = text(1)
    resource_name: str = text(2)
    owner: str = text(3)
    description: str = text(4)


@dataclass(**SLOTS)
class Status:
    """google.rpc.Status: a code, a sentence for people, and facts for programs."""

    code: int = integer(1, "int32")
    message: str = text(2)
    details: List[AnyMessage] = nested(3, lambda: AnyMessage, repeated=True)

    def unpacked(self) -> List[Any]:
        """The details, each as its own class; those of a type that is not known here as they came."""
        return [unpack(one) for one in self.details]


# What a detail may be, by the name of its type; further modules add theirs.
DETAILS: Dict[str, Any] = {
    "google.rpc.BadRequest": BadRequest,
    "google.rpc.ErrorInfo": ErrorInfo,
    "google.rpc.ResourceInfo": ResourceInfo,
    "google.rpc.RetryInfo": RetryInfo,
}


def unpack(packed: AnyMessage) -> Any:
    """A packed message as its own class; as it came where its type is not known here, or it does not parse."""
    cls = DETAILS.get(packed.type_url.rpartition("/")[2])
    if cls is None:
        return packed
    try:
        return decode(cls, packed.value)
    except DecodeError:
        # An error is reported all the same, with what can be read of it.
        return packed
