"""Which method a request is for, and what it is answered."""

from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

Response = TypeVar("Response")


class Method(NamedTuple):
    """A method of a service."""

    # "smartflow.v1.ExecutionService".
    service: str
    # "ExecuteTree".
    name: str
    # The response's class.
    response: Any
    # Whether it may always be sent again.
    is_safe: bool = False


class Request(Generic[Response]):
    """A request that knows its method."""

    __slots__ = ()
    METHOD: ClassVar[Method]
