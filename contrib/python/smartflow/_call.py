"""One call on its way."""

from typing import Callable, Optional, Sequence, Tuple, Union

from ._buffer import Buffer, put_bytes, put_varint
from ._errors import Code, SmartFlowError, own_error
from ._limits import LONGEST_TIMEOUT

Metadata = Sequence[Tuple[str, str]]


class Call:
    """A call and what became of it; whoever holds the connection's lock may touch it."""

    __slots__ = (
        "service", "method", "payload", "metadata", "deadline", "grace", "is_safe", "waits_for_server", "done",
        "stream", "end", "resends", "is_over", "answer", "error")

    def __init__(
        self, service: str, method: str, payload: bytes, metadata: Metadata, deadline: float, grace: float,
        is_safe: bool, waits_for_server: bool, done: Callable[["Call"], None],
    ) -> None:
        self.service = service
        self.method = method
        self.payload = payload
        self.metadata = metadata
        # On the monotonic clock, in seconds.
        self.deadline = deadline
        # How long before the deadline the server is to give up, in seconds.
        self.grace = grace
        # Whether it may be sent again after all of it was written.
        self.is_safe = is_safe
        # Whether it waits for a server that is not there.
        self.waits_for_server = waits_for_server
        # Whom to tell that it is over.
        self.done = done
        # While it waits for an answer.
        self.stream = 0
        # Where its frame ends in all that was ever put into the connection's output.
        self.end = 0
        # How often it was sent again after all of it had been sent.
        self.resends = 0
        self.is_over = False
        self.answer = b""
        self.error: Optional[SmartFlowError] = None

    def finish(self, result: Union[bytes, SmartFlowError]) -> None:
        """Ends it, once."""
        if self.is_over:
            return
        self.is_over = True
        if isinstance(result, bytes):
            self.answer = result
        else:
            self.error = result
        self.done(self)

    def result(self) -> bytes:
        """The answer's message; raises what came instead."""
        if self.error is not None:
            raise self.error
        return self.answer


def checked_timeout(seconds: float, grace: float) -> float:
    """How long a call may take in all; raises where that is nothing."""
    if not seconds > 0:
        raise own_error(Code.DEADLINE_EXCEEDED, "the timeout is not positive")
    if not grace >= 0:
        raise own_error(Code.INVALID_ARGUMENT, "the grace is negative")
    return min(seconds, LONGEST_TIMEOUT) + min(grace, LONGEST_TIMEOUT)


def put_envelope(
    out: Buffer, service: str, method: str, payload: bytes, timeout_nanoseconds: int, metadata: Metadata
) -> None:
    """The fields of a ttrpc.Request, by hand, since every call has one."""
    out.append(0x0A)
    put_bytes(out, service.encode())
    out.append(0x12)
    put_bytes(out, method.encode())
    if payload:
        out.append(0x1A)
        put_bytes(out, payload)
    if timeout_nanoseconds:
        out.append(0x20)
        put_varint(out, timeout_nanoseconds & 0xFFFF_FFFF_FFFF_FFFF)
    for key, value in metadata:
        pair = Buffer(b"\x0a")
        put_bytes(pair, key.encode())
        pair.append(0x12)
        put_bytes(pair, value.encode())
        out.append(0x2A)
        put_bytes(out, pair)
