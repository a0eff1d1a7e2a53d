"""Why a call has no answer."""

from typing import Any, Dict, List, Mapping, Optional, Sequence, Type, TypeVar

from ._fields import OpenEnum
from ._status import BadRequest, ErrorInfo, FieldViolation, ResourceInfo, RetryInfo, Status

Detail = TypeVar("Detail")


class Code(OpenEnum):
    """gRPC's codes; a server may know more of them."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class SmartFlowError(Exception):
    """Why a call has no answer: what the server said, or what came between.

    Codes, reasons and metadata are for programs and never change; messages are for people and may.
    """

    def __init__(self, code: int, message: str, details: Sequence[Any] = (), is_transport: bool = False) -> None:
        super().__init__(code, message, details, is_transport)
        # What kind of failure it is.
        self.code = Code(code)
        # One sentence for people.
        self.message = message
        # Facts for programs, each as its own class: ErrorInfo, BadRequest, …; an AnyMessage where none is known.
        self.details: List[Any] = list(details)
        # Whether it came from the way to the server rather than from the server.
        self.is_transport = is_transport

    def __str__(self) -> str:
        return f"{self.code.name}: {self.message}"

    def detail(self, cls: Type[Detail]) -> Optional[Detail]:
        """The first detail of a class."""
        return next((one for one in self.details if isinstance(one, cls)), None)

    @property
    def reason(self) -> str:
        """Why, for programs: "UNKNOWN_PROPERTY"; empty where the code says it all."""
        info = self.detail(ErrorInfo)
        return info.reason if info is not None else ""

    @property
    def metadata(self) -> Mapping[str, str]:
        """The reason's facts: `path`, `expression`, `property`, …"""
        info = self.detail(ErrorInfo)
        return info.metadata if info is not None else {}

    @property
    def violations(self) -> List[FieldViolation]:
        """What is wrong with the request, field by field."""
        found = self.detail(BadRequest)
        return found.field_violations if found is not None else []

    @property
    def resource(self) -> Optional[ResourceInfo]:
        """What was not found, or is in the way."""
        return self.detail(ResourceInfo)

    @property
    def retry_delay(self) -> Optional[float]:
        """Seconds after which the server would be asked again."""
        found = self.detail(RetryInfo)
        if found is None or found.retry_delay is None:
            return None
        return found.retry_delay.total_seconds()


class Cancelled(SmartFlowError):
    """The client was closed."""


class InvalidArgument(SmartFlowError):
    """The request is wrong; `violations` says where."""


class DeadlineExceeded(SmartFlowError, TimeoutError):
    """The deadline passed."""


class NotFound(SmartFlowError):
    """There is no such thing."""


class AlreadyExists(SmartFlowError):
    """What was to be new is there already."""


class PermissionDenied(SmartFlowError):
    """The caller may not."""


class ResourceExhausted(SmartFlowError):
    """A limit is exhausted; `reason` says which."""


class FailedPrecondition(SmartFlowError):
    """The tree can not be decided for this context."""


class Aborted(SmartFlowError):
    """Somebody else was faster; look how it stands now."""


class Unimplemented(SmartFlowError):
    """There is no such service, method or option."""


class Internal(SmartFlowError):
    """A fault of the server, or of this library."""


class Unavailable(SmartFlowError):
    """Nobody is there, or not for long enough."""


class ConnectionLost(Unavailable):
    """The connection ended before the answer came; what the call did is not known."""


_CLASSES: Dict[int, Type[SmartFlowError]] = {
    Code.CANCELLED: Cancelled,
    Code.INVALID_ARGUMENT: InvalidArgument,
    Code.DEADLINE_EXCEEDED: DeadlineExceeded,
    Code.NOT_FOUND: NotFound,
    Code.ALREADY_EXISTS: AlreadyExists,
    Code.PERMISSION_DENIED: PermissionDenied,
    Code.RESOURCE_EXHAUSTED: ResourceExhausted,
    Code.FAILED_PRECONDITION: FailedPrecondition,
    Code.ABORTED: Aborted,
    Code.UNIMPLEMENTED: Unimplemented,
    Code.INTERNAL: Internal,
    Code.UNAVAILABLE: Unavailable,
}


def error_of(status: Status) -> SmartFlowError:
    """What a server said, as an exception."""
    return _CLASSES.get(status.code, SmartFlowError)(status.code, status.message, status.unpacked())


def own_error(code: Code, message: str, *details: Any, cls: Optional[Type[SmartFlowError]] = None) -> SmartFlowError:
    """A failure on the way to the server."""
    return (cls or _CLASSES[code])(code, message, details, True)
