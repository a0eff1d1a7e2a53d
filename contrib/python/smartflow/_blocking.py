"""The client for programs of threads."""

import os
import select
import threading
import time
from types import TracebackType
from typing import Dict, Iterable, List, Optional, Type, TypeVar

from ._call import Call, checked_timeout
from ._encoding import encode
from ._endpoint import parse_endpoint, standard_endpoint
from ._errors import Code, own_error
from ._exchange import Exchange
from ._execution import BatchItem, BatchResult, Execution, HealthCheckRequest, ServingStatus, ValidateTreeResponse
from ._limits import STREAMS_IN_FLIGHT
from ._link import Link
from ._method import Request
from ._requests import (
    Context,
    Instant,
    MetadataArgument,
    Tree,
    answer_of,
    batch_request,
    execute_request,
    execution_of,
    is_safe_to_resend,
    metadata_pairs,
    validate_request,
)

Response = TypeVar("Response")


class Client:
    """A client of a SmartFlow daemon whose methods block; any number of threads may call at once.

    All calls share one connection, which the first one makes and which is made anew, with backoff, when it is lost.
    The client has no thread of its own: of the threads that wait for an answer one reads for all of them, and hands
    that over when its own has come. Close it when it is done with, or use it in a `with`.

    endpoint: `unix:///run/x.sock`, `unix:relative.sock`, `unix-abstract:name` or a path; by default what
    SMARTFLOW_ENDPOINT says, else the standard place.
    timeout: seconds that a call may take which does not say it itself.
    streams_in_flight: calls that are on the connection at once, at most; more of them wait for their turn.
    """

    def __init__(
        self, endpoint: Optional[str] = None, *, timeout: float = 1.0, streams_in_flight: int = STREAMS_IN_FLIGHT
    ) -> None:
        self._endpoint = standard_endpoint(endpoint)
        self._address = parse_endpoint(self._endpoint)
        self._timeout = timeout
        self._streams = streams_in_flight
        self._is_closed = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._exchange = Exchange(self._endpoint, self._streams)
        self._link = Link(self._exchange, self._address, self._close_poller)
        self._poller: Optional[select.epoll] = None
        self._is_watching_room = False
        # Whether a thread is reading for all.
        self._is_driven = False
        # Those that wait for it, each with what wakes it.
        self._followers: Dict[Call, threading.Condition] = {}

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the client: calls that are under way fail with CANCELLED, and so do all that come after."""
        self._mind_forks()
        with self._lock:
            self._is_closed = True
            self._exchange.close()
            self._link.break_off("the client is closed")
            if not self._is_driven:
                self._link.hang_up()

    def call_by_name(
        self, service: str, method: str, payload: bytes, *, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, safe_to_resend: bool = False,
        grace: float = 0.0, waits_for_server: bool = True,
    ) -> bytes:
        """Calls a method by its names, and gives the answer's bytes; see `call`."""
        total = checked_timeout(self._timeout if timeout is None else timeout, grace)
        call = Call(
            service, method, payload, metadata_pairs(metadata), time.monotonic() + total, grace, safe_to_resend,
            waits_for_server, self._wake)
        self._mind_forks()
        with self._lock:
            if self._is_closed:
                raise own_error(Code.CANCELLED, "the client is closed")
            try:
                self._exchange.begin(call)
                self._see_to(call)
            except BaseException:
                # An interrupt: nobody waits for the answer any more.
                self._exchange.give_up(call, own_error(Code.CANCELLED, "the call was interrupted"))
                raise
            finally:
                self._followers.pop(call, None)
                self._hand_over()
        return call.result()

    # --- With the lock held

    def _wake(self, call: Call) -> None:
        condition = self._followers.get(call)
        if condition is not None:
            condition.notify()

    def _see_to(self, call: Call) -> None:
        """Waits until a call is over, and reads for all while nobody else does."""
        while not call.is_over:
            self._go_on()
            now = time.monotonic()
            if call.is_over:
                return
            if now >= call.deadline:
                self._exchange.expire(call)
            elif self._link.socket is None:
                self._follow(call, max(0.0, min(call.deadline, self._exchange.next_dial) - now))
            elif self._is_driven:
                self._follow(call, call.deadline - now)
            else:
                self._drive(call.deadline - now)

    def _go_on(self) -> None:
        """Dials where that is due, and sends what can be sent."""
        if self._exchange.wants_connection and time.monotonic() >= self._exchange.next_dial and self._link.dial():
            assert self._link.socket is not None
            self._poller = select.epoll(1)
            self._is_watching_room = False
            self._poller.register(self._link.socket, select.EPOLLIN)
        if self._link.socket is None or self._poller is None:
            return
        has_more = self._link.send()
        if has_more != self._is_watching_room:
            self._is_watching_room = has_more
            # Holds at once, also for a thread that waits on it.
            self._poller.modify(self._link.socket, select.EPOLLIN | (select.EPOLLOUT if has_more else 0))

    def _follow(self, call: Call, seconds: float) -> None:
        condition = self._followers.get(call)
        if condition is None:
            condition = self._followers[call] = threading.Condition(self._lock)
        condition.wait(seconds)

    def _drive(self, seconds: float) -> None:
        poller = self._poller
        assert poller is not None
        self._is_driven = True
        self._lock.release()
        try:
            events = poller.poll(seconds, 1)
        finally:
            self._lock.acquire()
            self._is_driven = False
            if self._is_closed:
                self._link.hang_up()
        if any(event & ~select.EPOLLOUT for _, event in events):
            self._link.read()

    def _hand_over(self) -> None:
        """Wakes one that waits, so that it reads for the others."""
        if not self._is_driven:
            condition = next(iter(self._followers.values()), None)
            if condition is not None:
                condition.notify()

    def _close_poller(self) -> None:
        if self._poller is not None:
            self._poller.close()
            self._poller = None

    # --- Without

    def _mind_forks(self) -> None:
        """A process that was forked makes a connection of its own; the calls under way are its parent's."""
        if self._process != os.getpid():
            self._link.hang_up()
            self._begin_anew()

    # --- Methods

    def call(
        self, request: Request[Response], *, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, safe_to_resend: bool = False,
        grace: float = 0.0, waits_for_server: bool = True,
    ) -> Response:
        """Calls the method that a request is for.

        timeout: seconds for all of it, dialling, writing and waiting; the server is told what is left of it. By
        default the client's own.
        metadata: what goes with the call, such as `traceparent`, `tracestate`, `x-request-id`.
        safe_to_resend: whether it may be sent again when the connection was lost after it had been written. Dry runs
        and executions with an idempotency key are safe by themselves.
        grace: seconds to wait longer than the server is told, so that its own DEADLINE_EXCEEDED arrives with all that
        it says.
        waits_for_server: whether the call waits for a server that is not there, dialling again and again; otherwise
        it fails with UNAVAILABLE at the first dial that finds nobody.

        Raises SmartFlowError; ValueError or TypeError where a field holds what its kind can't say.
        """
        method = request.METHOD
        answer = self.call_by_name(
            method.service, method.name, encode(request), timeout=timeout, metadata=metadata,
            safe_to_resend=safe_to_resend or method.is_safe or is_safe_to_resend(request),
            grace=grace, waits_for_server=waits_for_server)
        return answer_of(request, answer)

    def execute(
        self, tree: Optional[Tree] = None, context: Optional[Context] = None, *, player_id: str = "",
        dry_run: bool = False, trace: bool = False, idempotency_key: str = "", locale: str = "",
        now: Optional[Instant] = None, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, grace: float = 0.0,
    ) -> Execution:
        """Decides for one player, has the actions that follow recorded, and says which they are.

        tree: its JSON as dict, text or bytes, a TreeReference, or a Node. A dict is written anew at each call: keep
        the bytes of a large one, or publish it.
        context: a dict of None, bool, int, float, str, list and dict, or JSON as text or bytes.
        """
        request = execute_request(tree, context, player_id, dry_run, trace, idempotency_key, locale, now)
        return execution_of(self.call(request, timeout=timeout, metadata=metadata, grace=grace))

    def execute_batch(
        self, tree: Tree, items: Iterable[BatchItem], *, dry_run: bool = False, trace: bool = False,
        locale: str = "", now: Optional[Instant] = None, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, grace: float = 0.0,
    ) -> List[BatchResult]:
        """One tree for many players, each answered on its own, in their order; `batch_item` makes an item."""
        request = batch_request(tree, items, dry_run, trace, locale, now)
        return self.call(request, timeout=timeout, metadata=metadata, grace=grace).results

    def validate(
        self, tree: Tree, *, context_schema: Optional[Context] = None, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, grace: float = 0.0,
    ) -> ValidateTreeResponse:
        """Says whether a tree is sound, and what is wrong with it; never executes."""
        request = validate_request(tree, context_schema)
        return self.call(request, timeout=timeout, metadata=metadata, grace=grace)

    def health(
        self, service: str = "", *, timeout: Optional[float] = None, waits_for_server: bool = True
    ) -> ServingStatus:
        """Whether a service, or the whole server, serves."""
        request = HealthCheckRequest(service)
        return self.call(request, timeout=timeout, waits_for_server=waits_for_server).status
