"""The protocol's client side as a machine: calls and bytes in, bytes and ended calls out.

It touches no socket and reads no clock, so that both clients drive the same one.
"""

import random
import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import Dict, List, Optional, Union

from ._buffer import Buffer
from ._call import Call, put_envelope
from ._decoding import DecodeError, decode
from ._errors import Code, ConnectionLost, SmartFlowError, error_of, own_error
from ._fields import SLOTS, data, nested
from ._limits import CALLS_WAITING, FIRST_PAUSE, LONGEST_PAUSE, MESSAGE_BYTES, OUTPUT_BYTES, RESENDS, STREAMS_IN_FLIGHT
from ._status import ErrorInfo, Status

HEADER = struct.Struct(">IIBB")
REQUEST, RESPONSE = 1, 2
_LAST_STREAM = 0xFFFF_FFFF


@dataclass(**SLOTS)
class Response:
    """ttrpc.Response."""

    status: Optional[Status] = nested(1, lambda: Status)
    payload: bytes = data(2)


class Exchange:
    """The calls of one client, and the state of its connection."""

    def __init__(self, endpoint: str, streams: int = STREAMS_IN_FLIGHT) -> None:
        self._endpoint = endpoint
        self._streams = streams
        # Calls that no connection has taken yet, in order; one can be taken out of the middle.
        self.waiting: "OrderedDict[Call, None]" = OrderedDict()
        # By stream; None stands for one that was given up, which the server counts until it has answered it.
        self.in_flight: Dict[int, Optional[Call]] = {}
        self._given_up = 0
        self._next_stream = 1
        self._output = Buffer()
        # Bytes put into the output of this connection, and those of them that were sent.
        self._total_put = 0
        self._total_sent = 0
        self._input = Buffer()
        self._bytes_to_skip = 0
        self.is_connected = False
        # When to dial next, at the earliest.
        self.next_dial = 0.0
        self._failed_dials = 0
        # Why nobody could be reached; None while somebody can.
        self._dial_failure: Optional[OSError] = None

    # --- Calls

    def begin(self, call: Call) -> None:
        """Takes a call in, or ends it where too many wait already."""
        if len(self.waiting) >= CALLS_WAITING:
            call.finish(own_error(Code.RESOURCE_EXHAUSTED, f"{CALLS_WAITING} calls wait already"))
        elif len(call.payload) > MESSAGE_BYTES:
            call.finish(_too_large(f"a request of {len(call.payload)} bytes"))
        else:
            self.waiting[call] = None

    def expire(self, call: Call) -> None:
        """Ends a call whose deadline has come."""
        if call.is_over:
            return
        if call.stream == 0 and self._dial_failure is not None:
            error = self._absent(self._dial_failure)
        else:
            place = "before it could be sent" if call.stream == 0 else "before an answer came"
            error = own_error(Code.DEADLINE_EXCEEDED, f"the deadline passed {place}")
        self.give_up(call, error)

    def give_up(self, call: Call, error: SmartFlowError) -> None:
        """Ends a call; its answer, should it come, is skipped."""
        if call.is_over:
            return
        if call.stream:
            self.in_flight[call.stream] = None
            self._given_up += 1
        else:
            del self.waiting[call]
        call.finish(error)

    def close(self) -> None:
        """Ends all calls."""
        calls = [call for call in self.in_flight.values() if call is not None]
        calls += self.waiting
        self.waiting.clear()
        self._forget_connection()
        for call in calls:
            call.finish(own_error(Code.CANCELLED, "the client is closed"))

    @property
    def wants_connection(self) -> bool:
        """Whether there is something to dial for."""
        return not self.is_connected and bool(self.waiting)

    @property
    def is_stuck(self) -> bool:
        """Whether all that is in flight was given up, with no room for more: nobody answers on this connection."""
        return self._given_up >= self._streams and bool(self.waiting)

    # --- The connection

    def connected(self) -> None:
        """A connection was made."""
        self._forget_connection()
        self.is_connected = True
        self._dial_failure = None

    def dial_failed(self, error: OSError, now: float) -> None:
        """Nobody could be reached; most calls wait until their deadline all the same."""
        self._back_off(now)
        self._dial_failure = error
        is_refused = isinstance(error, PermissionError)
        failed = [call for call in self.waiting if is_refused or not call.waits_for_server]
        for call in failed:
            self.give_up(call, self._absent(error))

    def lost(self, reason: str, now: float) -> None:
        """Gives the connection up: what is safe goes back to wait, the rest fails."""
        self._back_off(now)
        again: List[Call] = []
        failed: List[Call] = []
        for call in self.in_flight.values():
            if call is None:
                continue
            # Half a frame is no request: what was not written to its end nobody has read.
            was_written = call.end <= self._total_sent
            if not was_written or call.is_safe and call.resends < RESENDS:
                call.resends += was_written
                call.stream = 0
                again.append(call)
            else:
                failed.append(call)
        self._forget_connection()
        for call in reversed(again):
            self.waiting[call] = None
            self.waiting.move_to_end(call, last=False)
        for call in failed:
            call.finish(own_error(Code.UNAVAILABLE, reason, cls=ConnectionLost))

    def output(self, now: float) -> Buffer:
        """What is to be sent; waiting calls are put on the connection as long as it takes them."""
        while self.waiting and len(self.in_flight) < self._streams and len(self._output) < OUTPUT_BYTES:
            if self._next_stream > _LAST_STREAM:
                # All stream IDs are used up: what is in flight is waited for, and a new connection begun.
                break
            call, _ = self.waiting.popitem(last=False)
            try:
                self._put(call, now)
            except ValueError as error:
                # A text of the metadata that is none.
                call.finish(own_error(Code.INVALID_ARGUMENT, f"the request can't be written: {error}"))
        return self._output

    @property
    def is_used_up(self) -> bool:
        """Whether the connection can take no further call, and none is in flight."""
        return self._next_stream > _LAST_STREAM and not self.in_flight

    def _put(self, call: Call, now: float) -> None:
        frame = Buffer(HEADER.size)
        left = max(1, int((call.deadline - call.grace - now) * 1e9))
        put_envelope(frame, call.service, call.method, call.payload, left, call.metadata)
        size = len(frame) - HEADER.size
        if size > MESSAGE_BYTES:
            call.finish(_too_large(f"a request of {size} bytes"))
            return
        stream = self._next_stream
        self._next_stream += 2
        HEADER.pack_into(frame, 0, size, stream, REQUEST, 0)
        self._output += frame
        self._total_put += len(frame)
        call.stream = stream
        call.end = self._total_put
        self.in_flight[stream] = call

    def sent(self, count: int) -> None:
        """So many bytes of the output are gone."""
        self._total_sent += count
        del self._output[:count]

    def received(self, chunk: bytes) -> None:
        """Takes bytes in, and ends the calls whose answers are whole."""
        buffer: Union[bytes, Buffer] = chunk
        if self._input:
            buffer = self._input
            buffer += chunk
        at, end = 0, len(buffer)
        while True:
            if self._bytes_to_skip:
                count = min(self._bytes_to_skip, end - at)
                at += count
                self._bytes_to_skip -= count
            if end - at < HEADER.size:
                break
            size, stream, kind, _ = HEADER.unpack_from(buffer, at)
            is_ours = kind == RESPONSE and stream in self.in_flight
            call = self.in_flight[stream] if is_ours else None
            if call is None or size > MESSAGE_BYTES:
                # Late, unknown or too long: thrown away as it arrives.
                at += HEADER.size
                self._bytes_to_skip = size
                if is_ours:
                    self._answered(stream)
                if call is not None:
                    call.finish(_too_large(f"the answer of {size} bytes"))
                continue
            start = at + HEADER.size
            if end - start < size:
                break
            at = start + size
            self._answered(stream)
            call.finish(_answer(bytes(buffer[start:at])))
        if buffer is chunk:
            self._input = Buffer(chunk[at:])
        else:
            del self._input[:at]

    def _answered(self, stream: int) -> None:
        # Only now is it known that somebody is there who answers.
        self._failed_dials = 0
        if self.in_flight.pop(stream) is None:
            self._given_up -= 1

    def _forget_connection(self) -> None:
        self.is_connected = False
        self.in_flight = {}
        self._given_up = 0
        self._next_stream = 1
        self._output = Buffer()
        self._total_put = self._total_sent = 0
        self._input = Buffer()
        self._bytes_to_skip = 0

    def _back_off(self, now: float) -> None:
        """Twice as long after each failure, and half of it by chance, lest a thousand clients come back at once."""
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failed_dials, 10))
        self._failed_dials += 1
        self.next_dial = now + longest * random.uniform(0.5, 1)

    def _absent(self, error: OSError) -> SmartFlowError:
        if isinstance(error, PermissionError):
            return own_error(Code.PERMISSION_DENIED, f"this user may not connect to {self._endpoint}: {error}")
        return own_error(Code.UNAVAILABLE, f"nobody answers at {self._endpoint}: {error}")


def _too_large(what: str) -> SmartFlowError:
    return own_error(
        Code.RESOURCE_EXHAUSTED, f"{what} is over the protocol's limit of {MESSAGE_BYTES}",
        ErrorInfo("MESSAGE_TOO_LARGE", "smartflow", {}))


def _answer(message: bytes) -> Union[bytes, SmartFlowError]:
    try:
        response = decode(Response, message)
    except DecodeError as error:
        return own_error(Code.INTERNAL, f"the server's answer does not parse: {error}")
    if response.status is not None and response.status.code != Code.OK:
        return error_of(response.status)
    return response.payload
